"""What in the log of reading a reviewer should look at: open rules, and a sample by chance. No Django.

Nothing here says that somebody has done wrong. A reviewer looks, asks, and signs.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from samhandla.lib.i18n import N_

REFUSED_A_DAY = 5
MANY_CHILDREN = 40  # different children, each on a page of its own, in one day
NIGHT_FROM, NIGHT_TO = 22, 6  # o'clock
SAMPLE = 20
MOST = 100

# Code → the words of the page. The order is that of the list.
ODD = {
    "emergency": N_("nödåtkomst"),
    "no_reason": N_("ingen egen behörighet till eleven"),
    "kin": N_("samma efternamn som eleven"),
    "protected": N_("elev med skyddade personuppgifter"),
    "many": N_("ovanligt många elever på en dag"),
    "refused": N_("nekades många gånger på en dag"),
    "night": N_("mellan klockan 22 och 6"),
}


@dataclass(frozen=True)
class Read:
    """One entry of the log.

    Args:
        at: local time.
        children: how many the answer showed; `child` is the one when it showed only one.
        reasons: by what right, as "reason:role".
        kin: the one child has the reader's family name.
        protected: the one child has protected identity.
    """

    entry: UUID
    at: datetime
    actor: int
    page: str
    refused: bool
    children: int
    child: int | None
    reasons: tuple[str, ...]
    kin: bool
    protected: bool


@dataclass(frozen=True)
class Finding:
    """What one reader did on one day: the first of the entries, how many, and why it is shown.

    Without codes it was drawn by chance.
    """

    first: Read
    times: int
    codes: tuple[str, ...]


def look_through(reads: Sequence[Read], *, seed: int) -> list[Finding]:
    """Return what is odd, one line for each reader, day and reason, and a sample by chance of the rest.

    Args:
        seed: of the sample; the same entries and seed give the same sample.
    """
    by_day: dict[tuple[int, date], list[Read]] = defaultdict(list)
    for read in sorted(reads, key=lambda r: (r.at, str(r.entry))):
        by_day[read.actor, read.at.date()].append(read)
    found: list[Finding] = []
    seen: set[UUID] = set()
    for rows in by_day.values():
        for code in ODD:
            odd = _odd(code, rows)
            if odd:
                found.append(Finding(odd[0], len(odd), (code,)))
                seen |= {read.entry for read in odd}
    order = list(ODD)
    found.sort(key=lambda f: (order.index(f.codes[0]), f.first.at, f.first.actor))
    rest = [r for r in reads if r.entry not in seen and r.children and not r.refused]
    rest.sort(key=lambda r: (r.at, str(r.entry)))
    drawn = random.Random(seed).sample(rest, min(SAMPLE, len(rest)))  # noqa: S311 - a sample, no secret
    return [*found[:MOST], *(Finding(read, 1, ()) for read in sorted(drawn, key=lambda r: r.at))]


def _odd(code: str, rows: Sequence[Read]) -> list[Read]:
    """Return the entries of one reader and day for which a reason holds."""
    shown = [r for r in rows if not r.refused and r.children]
    if code == "refused":
        refused = [r for r in rows if r.refused]
        return refused if len(refused) >= REFUSED_A_DAY else []
    if code == "many":
        different = {r.child for r in shown if r.child is not None}
        return shown if len(different) > MANY_CHILDREN else []
    return [r for r in shown if _holds(code, r)]


def _holds(code: str, read: Read) -> bool:
    if code == "night":
        return read.at.hour >= NIGHT_FROM or read.at.hour < NIGHT_TO
    if code == "no_reason":
        return not read.reasons
    if code == "emergency":
        return _by(read.reasons, "emergency")
    return read.kin if code == "kin" else read.protected


def _by(reasons: Iterable[str], kind: str) -> bool:
    return any(reason.partition(":")[0] == kind for reason in reasons)
