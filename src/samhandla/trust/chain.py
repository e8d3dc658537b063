"""The chain of hashes over the logs: sealing what came since last time, and finding the first broken row."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from samhandla.trust.models import Chained, Event, ReadEntry

LOGS: dict[str, type[Chained]] = {"write": Event, "read": ReadEntry}


@dataclass(frozen=True)
class Link:
    """The last sealed row of one log. Written down elsewhere, it proves later that nothing is gone."""

    number: int
    hash: str


@dataclass(frozen=True)
class Verdict:
    """What the chain of one log says.

    `broken` is the number of the first row at which it does not hold, and `why` is gone, changed or anchor.
    `waiting` rows are not sealed yet.
    """

    last: Link
    waiting: int
    broken: int | None = None
    why: str = ""


START = Link(0, "")


def seal_logs() -> dict[str, int]:
    """Seal the rows of each log that came since last time. Returns: how many, by log."""
    sealed = {}
    with connection.cursor() as cursor:
        for name, log in LOGS.items():
            cursor.execute("select trust_seal(%s::regclass)", [log._meta.db_table])
            sealed[name] = int(cursor.fetchone()[0])
    return sealed


def verify(log: str, anchor: Link = START) -> Verdict:
    """Go through a whole log, in the database, and say where its chain first breaks.

    Args:
        log: a name in LOGS.
        anchor: a link that was written down earlier; a log that no longer has it is broken there.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select last_number, last_hash, waiting, broken, why from trust_verify(%s::regclass, %s, %s)",
            [LOGS[log]._meta.db_table, anchor.number, bytes.fromhex(anchor.hash)],
        )
        number, last_hash, waiting, broken, why = cursor.fetchone()
    return Verdict(Link(number, last_hash), waiting, broken, why or "")
