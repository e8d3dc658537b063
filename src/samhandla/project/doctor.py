"""`samhandla doctor`: is this installation sound? Every check says what is wrong and what to do."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from samhandla.project.database import URL_OF_ROLE, database_settings

FREE_BYTES = 1_000_000_000
SOURCE_CHECK_DAYS = 30
READ_BYTES = 1 << 20
CERTIFICATE_DAYS = 30


@dataclass(frozen=True)
class Finding:
    """One check: its code, what it looked at in words, and what is wrong (nothing when all is well)."""

    code: str
    title: str
    faults: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.faults

    def as_dict(self) -> dict[str, Any]:
        return {"check": self.code, "ok": self.ok, "title": self.title, "faults": list(self.faults)}


Check = Callable[[], Iterable[str]]


def examine() -> list[Finding]:
    """Run every check of the installation that the settings name; the later ones need the database."""
    reachable = Finding("database", "Databasen svarar för varje roll", tuple(unreachable_roles()))
    beside: list[tuple[str, str, Check]] = [
        ("secret", "Hemligheten kan bara läsas av installationens konto", loose_secret),
        ("disk", "Det finns plats på disken", full_disk),
        ("static", "Stilmallarna är utlagda", missing_static),
        ("login", "Kommunens inloggning svarar och dess certifikat gäller", silent_providers),
    ]
    inside: list[tuple[str, str, Check]] = [
        ("migrations", "Databasen är uppdaterad", unapplied_migrations),
        ("row_security", "Radskyddet är på och tvingande i varje tabell om barn", open_tables),
        ("roles", "Databasens roller har bara de rättigheter de ska ha", excess_rights),
        ("signing_key", "Databasen känner igen installationens hemlighet", foreign_key),
        ("lake", "Närvarofilerna finns och är oförändrade", broken_lake_files),
        ("sources", "Källorna är kontrollerade", unchecked_sources),
    ]
    checks = beside + (inside if reachable.ok else [])
    return [reachable, *(Finding(code, title, tuple(check())) for code, title, check in checks)]


def connect(role: str) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect as one of the roles, outside Django."""
    from django.conf import settings

    words = database_settings(role, settings.VAR_DIR)
    return psycopg.connect(
        dbname=words["NAME"],
        user=words["USER"],
        password=words["PASSWORD"],
        host=words["HOST"],
        port=words["PORT"] or None,
        connect_timeout=10,
    )


def unreachable_roles() -> Iterable[str]:
    for role in URL_OF_ROLE:
        try:
            with connect(role) as connection:
                connection.execute("select 1")
        except psycopg.OperationalError as error:
            first = str(error).strip().splitlines()[0]
            yield f"Rollen {role} når inte databasen ({first}). Se över {URL_OF_ROLE[role]}."


def loose_secret() -> Iterable[str]:
    """Tell when others than the account that runs us can read the secret's file."""
    from django.conf import settings

    path = Path(settings.VAR_DIR) / "secret"
    if os.environ.get("SAMHANDLA_SECRET") or not path.exists():
        return
    found = path.stat()
    if stat.S_IMODE(found.st_mode) & 0o077:
        yield f"{path} kan läsas av andra. Kör: chmod 600 {path}"
    if found.st_uid != os.geteuid():
        yield f"{path} ägs av ett annat konto än det som kör Samhandla."


def full_disk() -> Iterable[str]:
    from django.conf import settings

    free = shutil.disk_usage(settings.VAR_DIR).free
    if free < FREE_BYTES:
        yield f"Bara {free // 1_000_000} MB är lediga vid {settings.VAR_DIR}. Frigör utrymme."


def missing_static() -> Iterable[str]:
    from django.conf import settings

    wanted = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not settings.WHITENOISE_USE_FINDERS and not wanted.exists():
        yield f"{wanted} saknas. Kör: python -m samhandla.project.manage collectstatic --no-input"


def silent_providers() -> Iterable[str]:
    """Tell which identity provider does not answer, or has a certificate that has ended or soon will."""
    from django.conf import settings

    for kind, several in settings.SOCIALACCOUNT_PROVIDERS.items():
        for app in several["APPS"]:
            check = _oidc_fault if kind == "openid_connect" else _saml_fault
            fault = check(app["settings"])
            if fault:
                yield f"Inloggningen {app['provider_id']}: {fault}"


def _oidc_fault(own: dict[str, Any]) -> str:
    import httpx

    address = own["server_url"].rstrip("/") + "/.well-known/openid-configuration"
    try:
        told = httpx.get(address, timeout=10).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        return f"{address} svarar inte som det ska ({type(error).__name__}). Kontrollera server i filen."
    missing = {"authorization_endpoint", "token_endpoint", "jwks_uri", "issuer"} - set(told)
    return f"{address} saknar {', '.join(sorted(missing))}." if missing else ""


def _saml_fault(own: dict[str, Any]) -> str:
    from cryptography import x509

    text = own["idp"]["x509cert"]
    if "BEGIN" not in text:
        text = f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"
    try:
        ends = x509.load_pem_x509_certificate(text.encode()).not_valid_after_utc
    except ValueError:
        return "certifikatet går inte att läsa. Hämta det på nytt."
    left = (ends - datetime.now(UTC)).days
    return f"certifikatet slutar gälla om {left} dagar. Hämta det nya." if left < CERTIFICATE_DAYS else ""


def unapplied_migrations() -> Iterable[str]:
    from django.db.migrations.loader import MigrationLoader

    with connect("owner") as owner:
        if owner.execute("select to_regclass('django_migrations')").fetchone() == (None,):
            yield "Databasen är tom. Kör: samhandla migrate"
            return
        applied = set(owner.execute("select app, name from django_migrations").fetchall())
    missing = sorted(set(MigrationLoader(None).disk_migrations or {}) - applied)
    if missing:
        first = ".".join(missing[0])
        yield f"{len(missing)} ändringar väntar, först {first}. Kör: samhandla migrate"


def open_tables() -> Iterable[str]:
    """Tell of each table with persons whose rows somebody could reach past a policy."""
    from django.apps import apps

    from samhandla.trust.rls import protected_models

    with connect("maint") as maint:
        for model in protected_models(apps.get_models()):
            table = model._meta.db_table
            row = maint.execute(IS_GUARDED, [table]).fetchone()
            if row != (True, True):
                yield f"Tabellen {table} saknar tvingande radskydd. Kör: samhandla migrate"
        for (name,) in maint.execute(LOOSE_FUNCTIONS).fetchall():
            yield f"Funktionen {name} har fel ägare eller saknar fast sökväg. Kör: samhandla migrate"


IS_GUARDED = """
    select relrowsecurity and relforcerowsecurity, exists (select 1 from pg_policy where polrelid = c.oid)
    from pg_class c where c.oid = to_regclass(%s)
"""
LOOSE_FUNCTIONS = """
    select proname from pg_proc p join pg_roles r on r.oid = p.proowner
    where prosecdef and pronamespace = 'public'::regnamespace and proname !~ '^procrastinate'
    and (
        rolname <> case when proname ~ '^pgtrigger_' then 'samhandla_owner' else 'samhandla_maint' end
        or not coalesce(proconfig::text like '%search_path=pg_catalog%', false)
    )
    order by 1
"""

# Each gives one row per right that the running role must not have.
EXCESS = {
    "är superanvändare, går förbi radskyddet eller får göra roller": """
        select 1 from pg_roles
        where rolname = current_user and (rolsuper or rolbypassrls or rolcreaterole)""",
    "kan bli en annan roll": """
        select 1 from pg_roles where rolname in ('samhandla_owner', 'samhandla_maint')
        and pg_has_role(current_user, oid, 'member')""",
    "äger tabeller": "select 1 from pg_tables where tableowner = current_user",
    "får läsa eller skriva tabellen över åtkomst eller signeringsnyckeln": """
        select 1 from unnest(array['trust_access', 'trust_signingkey']) t
        where has_table_privilege(t, 'select, insert, update, delete')""",
    "får ändra eller ta bort händelser": """
        select 1 where has_table_privilege('trust_event', 'update, delete')""",
    "får skriva i historiken": """
        select 1 from pg_tables where schemaname = 'public' and tablename like '%history'
        and has_table_privilege(format('%I.%I', schemaname, tablename), 'insert, update, delete')""",
    "får tömma tabeller": """
        select 1 from pg_tables where schemaname = 'public'
        and has_table_privilege(format('%I.%I', schemaname, tablename), 'truncate')""",
    "får göra tabeller": "select 1 where has_schema_privilege('public', 'create')",
}
ROLE_RIGHTS = "select rolbypassrls, rolsuper from pg_roles where rolname = current_user"


def excess_rights() -> Iterable[str]:
    with connect("app") as app:
        for words, question in EXCESS.items():
            if app.execute(question).fetchone():
                yield f"Databasrollen app {words}. Dra in rättigheten."
    with connect("maint") as maint:
        row = maint.execute(ROLE_RIGHTS).fetchone()
    if row != (True, False):
        yield "Databasrollen maint ska gå förbi radskyddet (BYPASSRLS) utan att vara superanvändare."
    with connect("owner") as owner:
        row = owner.execute(ROLE_RIGHTS).fetchone()
    if row != (False, False):
        yield "Databasrollen owner får varken gå förbi radskyddet eller vara superanvändare."


def foreign_key() -> Iterable[str]:
    """Tell when the database would refuse every viewer that this installation signs."""
    with connect("maint") as maint:
        if stored_pads(maint) != own_pads():
            yield (
                "Hemligheten är inte den som databasen gjordes med: ingen kan se något. Återställ "
                "filen secret (eller SAMHANDLA_SECRET)."
            )


def stored_pads(connection: psycopg.Connection[tuple[Any, ...]]) -> tuple[bytes, bytes] | None:
    """Return the pads in the database, None before the first migration."""
    if connection.execute("select to_regclass('trust_signingkey')").fetchone() == (None,):
        return None
    row = connection.execute("select inner_pad, outer_pad from trust_signingkey where id = 1").fetchone()
    return (bytes(row[0]), bytes(row[1])) if row else None


def own_pads() -> tuple[bytes, bytes]:
    """Return the pads that follow from the installation's secret."""
    from django.conf import settings

    from samhandla.trust import crypto

    return crypto.hmac_pads(crypto.derive_key(settings.SAMHANDLA_SECRET, "viewer"))


def broken_lake_files() -> Iterable[str]:
    from django.conf import settings

    with connect("maint") as maint:
        rows = maint.execute("select path, sha256, live from analytics_lakefile order by path").fetchall()
    for name, digest, live in rows:
        path = Path(settings.LAKE_DIR) / name
        if not path.is_file():
            if live:
                yield f"Närvarofilen {path} saknas. Läs in den från säkerhetskopian."
        elif sha256_of(path) != digest:
            yield f"Närvarofilen {path} har ändrats. Läs in den från säkerhetskopian."


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256, read piece by piece."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def unchecked_sources() -> Iterable[str]:
    """Tell of sources in use whose settings and connection nobody has tried lately."""
    limit = datetime.now(UTC) - timedelta(days=SOURCE_CHECK_DAYS)
    with connect("maint") as maint:
        rows = maint.execute(
            "select name, checked_at from integrations_source where active and (checked_at is null or"
            " checked_at < %s) order by name",
            [limit],
        ).fetchall()
    for name, checked in rows:
        when = f"senast {checked:%Y-%m-%d}" if checked else "aldrig"
        yield f"Källan {name} är kontrollerad {when}. Öppna källans sida och kontrollera den."
