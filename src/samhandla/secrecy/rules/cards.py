"""Asking for advice without identity: what in a text could tell who it is about. No Django, no clock.

Two strengths. What is in the register about this very child, or is a number or address of somebody, must go.
What only makes a person easier to recognise (a day, a rare attribute, a small class) is pointed out, and the
writer decides word by word whether it is needed.
Sources: GDPR recital 26 (all the means reasonably likely to be used); under 10 is small, as in Skolverket's
tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from samhandla.people.rules import age_on

SMALL = 10
# Upper age in whole years, and what the card says instead of an age.
STAGES = ((5, "preschool"), (9, "lower"), (12, "middle"), (15, "upper"), (19, "secondary"))
UNKNOWN_STAGE, ADULT_STAGE = "unknown", "adult"

# Beginnings of words for what few have. The house's own list, not a law's: what singles somebody out in a
# school, among it examples of every group of article 9.
RARE = (
    "adhd", "adopter", "anorexi", "arabisk", "asperger", "autis", "bisexuell", "blind", "bulimi",
    "cancer", "cp-skada", "diabet", "down", "döv", "elitidrott", "ensamkommande", "epilep", "eritre",
    "familjehem", "flykting", "fosterhem", "gravid", "hedersrelatera", "hijab", "homosexuell",
    "hörselskad", "irak", "iransk", "jehova", "judisk", "kurd", "leukemi", "lesbisk", "muslim",
    "nyanländ", "ortodox", "palestin", "papperslös", "persisk", "pingst", "rom", "rullstol", "ryss",
    "same", "samisk", "självskad", "slöja", "somal", "synskad", "syrien", "syrisk", "tourette",
    "transperson", "trilling", "turkisk", "tvilling", "ukrain",
)  # fmt: skip
WHOLE = frozenset({"rom", "down", "same", "blind"})  # as whole words, or half the language begins so

_MONTHS = (
    "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december|jan|feb|mar|apr|jun"
    "|jul|aug|sep|sept|okt|nov|dec"
)
PATTERNS = (
    ("number", True, r"\b(?:\d{2})?\d{6}[-+ ]?\d{4}\b"),
    ("contact", True, r"[\w.+-]+@[\w-]+\.\w+|\b0\d{1,3}[- ]?\d{2,3}(?:[ ]?\d{2,3}){1,3}\b"),
    ("address", True, r"\b[\wåäöÅÄÖ]+(?:gatan|vägen|gränd|stigen|torget|allén)\s+\d+\b"),
    ("date", False, r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}/\d{1,2}\b"),
    ("date", False, rf"\b\d{{1,2}}\s+(?:{_MONTHS})\b"),
    ("age", False, r"\b\d{1,2}\s*(?:år\b|-åring\w*|åring\w*)"),
    ("year", False, r"\b(?:årskurs|åk|klass)\s*\d\w?\b"),
)
NAME = re.compile(r"(?<=[a-zåäö,;:)] )[A-ZÅÄÖ][a-zåäöé]+(?:-[A-ZÅÄÖ][a-zåäöé]+)?\b")


@dataclass(frozen=True)
class Known:
    """What the register says about the child that would tell who it is.

    Args:
        persons: given and family names: the child's, its family's, its mentors'.
        places: names of its school, classes and areas.
        small: how many go in its class when fewer than `SMALL`, else None.
    """

    persons: frozenset[str]
    places: frozenset[str]
    small: int | None = None


@dataclass(frozen=True)
class Trap:
    """One place in a text that could tell who it is. `must_go`: the card is not made while it stands."""

    kind: str
    piece: str
    must_go: bool


def stage_of(born: date | None, day: date) -> str:
    """Return the code of the rough age that a card says.

    >>> stage_of(date(2012, 5, 1), date(2026, 3, 1)), stage_of(None, date(2026, 3, 1))
    ('upper', 'unknown')
    """
    if born is None:
        return UNKNOWN_STAGE
    age = age_on(born, day)
    return next((code for last, code in STAGES if age <= last), ADULT_STAGE)


def traps_in(text: str, known: Known) -> list[Trap]:
    """Return what in a text could tell who it is about, each word once, what must go first."""
    found = {trap.piece.lower(): trap for trap in _loose(text)}
    found |= {trap.piece.lower(): trap for trap in _of_register(text, known)}
    return sorted(found.values(), key=lambda trap: (not trap.must_go, trap.piece.lower()))


def _of_register(text: str, known: Known) -> Iterator[Trap]:
    for kind, names in (("person", known.persons), ("place", known.places)):
        for name in sorted(names):
            if len(name.strip()) > 1:
                yield from (Trap(kind, one, True) for one in _whole(name.strip(), text))


def _whole(name: str, text: str) -> Iterable[str]:
    """Find a name as a whole word, also in the genitive; a name of two letters only with its capital."""
    flags = 0 if name.isalpha() and len(name) <= 2 else re.IGNORECASE
    return (one[0] for one in re.finditer(rf"(?<!\w){re.escape(name)}s?(?!\w)", text, flags))


def _loose(text: str) -> Iterator[Trap]:
    yield from (Trap("name", one[0], False) for one in NAME.finditer(text))
    for word in re.findall(r"[\wåäöÅÄÖ-]+", text):
        low = word.lower()
        if any(low == one if one in WHOLE else low.startswith(one) for one in RARE):
            yield Trap("rare", word, False)
    for kind, must_go, pattern in PATTERNS:
        yield from (Trap(kind, one[0], must_go) for one in re.finditer(pattern, text, re.IGNORECASE))


def card_problems(traps: Iterable[Trap], kept: Iterable[str], known: Known, *, small_seen: bool) -> list[str]:
    """Return why a card is not made: `must_go`, `undecided`, `small`; empty when it can be.

    Args:
        kept: words of traps that the writer has read and keeps.
        small_seen: the writer has read that the class is small.
    """
    found, said = list(traps), {word.lower() for word in kept}
    problems = ["must_go"] if any(trap.must_go for trap in found) else []
    if any(not trap.must_go and trap.piece.lower() not in said for trap in found):
        problems.append("undecided")
    if known.small is not None and not small_seen:
        problems.append("small")
    return problems
