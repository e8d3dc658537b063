"""Makes and updates an installation: the database's tables, and a municipality's first login."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg

from samhandla.lib.command import BadArguments, Refusal
from samhandla.project.doctor import connect, own_pads, stored_pads

BRANCHES = ("school", "preschool", "after_school", "pupil_health", "emi")
# What the installation's secret has sealed: with another secret it could never be read again.
SEALED = (
    ("people_childidentity", "sealed is not null"),
    ("integrations_source", "sealed_credentials is not null"),
    ("integrations_batchchange", "sealed is not null"),
    ("mfa_authenticator", "type = 'totp'"),
)


def migrate() -> dict[str, Any]:
    """Bring the database up to date as its owner; safe to run again.

    Returns: the migrations that were applied now, and what became of the signing key: made, unchanged,
        or renewed (another secret, and nothing sealed with the earlier one).
    Raises:
        Refusal: the secret is another one than the database was made with, and there are sealed rows.
    """
    from django.core.management import call_command

    with connect("maint") as maint:
        key = _key_state(maint)
        before = _applied(maint)
    call_command("migrate", interactive=False, verbosity=0)
    with connect("maint") as maint:
        applied = sorted(_applied(maint) - before)
    return {"applied": [f"{app}.{name}" for app, name in applied], "signing_key": key}


def refuse_another_secret() -> None:
    """Hold the same guard for Django's own migrate command, on the connection that it will use.

    Raises:
        Refusal: the secret is another one than the database was made with, and there are sealed rows.
    """
    from django.conf import settings
    from django.db import connection, transaction

    if settings.DATABASE_ROLE != "owner":
        return
    with transaction.atomic(), connection.cursor() as cursor:
        # The owner itself reads no row of a protected table.
        cursor.execute("set local role samhandla_maint")
        _key_state(connection.connection)


def _key_state(maint: psycopg.Connection[tuple[Any, ...]]) -> str:
    stored = stored_pads(maint)
    if stored is None:
        return "made"
    if stored == own_pads():
        return "unchanged"
    sealed = sum(_count(maint, table, condition) for table, condition in SEALED)
    if sealed:
        raise Refusal(
            f"Installationens hemlighet är ändrad, och {sealed} uppgifter är förseglade med den tidigare. "
            "De skulle aldrig kunna läsas igen. Återställ filen secret (eller SAMHANDLA_SECRET) och kör igen."
        )
    return "renewed"


def _count(maint: psycopg.Connection[tuple[Any, ...]], table: str, condition: str) -> int:
    if maint.execute("select to_regclass(%s)", [table]).fetchone() == (None,):
        return 0
    row = maint.execute(f"select count(*) from {table} where {condition}").fetchone()
    return int(row[0]) if row else 0


def _applied(maint: psycopg.Connection[tuple[Any, ...]]) -> set[tuple[str, str]]:
    if maint.execute("select to_regclass('django_migrations')").fetchone() == (None,):
        return set()
    return {(app, name) for app, name in maint.execute("select app, name from django_migrations").fetchall()}


@dataclass(frozen=True)
class FirstLogin:
    """Whose first login it is; without password one is made and told once."""

    username: str
    given_name: str
    family_name: str
    email: str = ""
    password: str | None = None


def set_up(*, name: str, kind: str, municipality_code: str, first: FirstLogin, today: date) -> dict[str, Any]:
    """Found a responsible authority with its first data administrator, all or nothing.

    Raises:
        BadArguments: the password is too weak.
        Refusal: the authority or the user name exists already.
    """
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from samhandla.trust.models import Account, Authority

    password = first.password or secrets.token_urlsafe(15)
    try:
        validate_password(password)
    except ValidationError as error:
        raise BadArguments("Lösenordet duger inte: " + " ".join(error.messages)) from error
    with transaction.atomic():
        if Authority.objects.filter(name=name).exists():
            raise Refusal(f"{name} finns redan. Logga in i stället, eller ange ett annat namn.")
        if Account.objects.filter(username=first.username).exists():
            raise Refusal(f"Användarnamnet {first.username} finns redan. Välj ett annat.")
        result = _found(name, kind, municipality_code, first, password, today)
    return result | ({} if first.password else {"password": password})


def _found(
    name: str, kind: str, municipality_code: str, first: FirstLogin, password: str, today: date
) -> dict[str, Any]:
    from samhandla.people import actions
    from samhandla.people.queries import service_viewer

    authority = actions.found_authority(
        by=None, name=name, kind=kind, branches=BRANCHES, municipality_code=municipality_code
    )
    by = service_viewer(authority.pk)
    organisation = actions.save_organisation(
        by=by, name=name, kind="board" if kind == "board" else "huvudman"
    )
    staff = actions.register_staff(
        by=by, given_name=first.given_name, family_name=first.family_name, email=first.email
    )
    actions.give_duty(by=by, staff=staff, unit=organisation, role="data_administrator", valid_from=today)
    account = actions.open_account(
        by=None, actors=[staff.actor], username=first.username, password=password, email=first.email
    )
    return {
        "authority": authority.pk,
        "organisation": organisation.pk,
        "actor": staff.actor_id,
        "username": account.username,
    }
