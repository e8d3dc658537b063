"""What a restore does with the withdrawals that came after the backup."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from samhandla.lib.command import Refusal
from samhandla.trust.journal import BrokenJournal, Withdrawal, read

TABLES = ("secrecy_waiver", "secrecy_consent")


def place() -> Path:
    """Return where this installation keeps its list."""
    from django.conf import settings

    return Path(settings.SAMHANDLA_WITHDRAWALS)


def withdrawals_for(manifest: dict[str, Any], given: Path | None, without: str) -> list[Withdrawal]:
    """Return what is to be taken back again after a restore.

    A backup with no question in it has nothing that could have been taken back since.

    Args:
        given: the list that whoever restores points to, else the one in the installation's place.
        without: why no list is used; told in so many words, it lets the restore go on.
    Raises:
        Refusal: no list, one that is not whole, or one that ends before the backup was made.
    """
    from django.conf import settings

    if without.strip() or not any(manifest["rows"].get(table) for table in TABLES):
        return []
    path = given or place()
    if not path.is_file():
        raise Refusal(
            f"Kopian är tagen {manifest['made_at']}. Samtycken kan ha återkallats sedan dess, och listan "
            f"över återkallelser saknas ({path}). Ange den med --withdrawals FIL. Finns den inte kvar: skriv "
            "varför med --without-withdrawals SKÄL, och gå igenom alla samtycken innan någon loggar in. "
            "Inget har ändrats."
        )
    try:
        rows = list(read(path, settings.SAMHANDLA_SECRET))
    except BrokenJournal as error:
        raise Refusal(
            f"Rad {error.line} i {path} är ändrad eller hör inte hit. Inget har ändrats."
        ) from error
    last = manifest.get("withdrawals", "")
    if last and last not in {seal for _, seal in rows}:
        raise Refusal(f"{path} är äldre än kopian, eller en annan installations. Inget har ändrats.")
    return [one for one, _ in rows]


def replay(maint: psycopg.Connection[tuple[Any, ...]], rows: list[Withdrawal]) -> int:
    """Take back again what had been taken back; what came after the backup is not there and is passed over.

    Returns: how many were taken back now.
    """
    done = 0
    for one in rows:
        if one.table not in TABLES:
            continue
        statement = sql.SQL(
            "update {} set withdrawn_at = %s, withdrawn_by_id = %s where id = %s and withdrawn_at is null"
        ).format(sql.Identifier(one.table))
        done += maint.execute(statement, [one.at, one.actor, one.number]).rowcount
    return done


def keep(given: Path | None) -> None:
    """Go on with the list that was used, so that the next line follows its last."""
    if given is not None and given.resolve() != place().resolve():
        place().parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(given, place())
        place().chmod(0o600)
