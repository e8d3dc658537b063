"""What of an extract waits for a person's decision, and what is given. No Django, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from samhandla.secrecy.rules.cards import Known, traps_in

# What in a text may be about somebody else, or where somebody is. Days and rare words tell only of oneself.
ABOUT_OTHERS = frozenset({"person", "name", "number", "contact", "address"})
# Texts in these tables are always decided one by one: they are about what has gone to somebody else.
ALWAYS = frozenset({"secrecy.transfer", "secrecy.emergency", "secrecy.waiver"})
PROTECTED = "protected"


@dataclass(frozen=True)
class Column:
    """One field of a table in an extract. `free`: somebody's own words; `place`: where the child is found."""

    name: str
    label: str
    free: bool = False
    place: bool = False


@dataclass(frozen=True)
class Decision:
    """What a person has decided about one piece; `ground` is empty when it is given."""

    given: bool
    ground: str = ""


@dataclass(frozen=True)
class Open:
    """A piece that somebody must read: why it was pointed out, and what was decided, if anything."""

    key: str
    heading: str
    label: str
    text: str
    because: tuple[str, ...]
    decision: Decision | None


def piece_key(table: str, row: str, name: str) -> str:
    """Return how one piece is named in the register of decisions.

    >>> piece_key("detect.contactnote", "12", "words")
    'detect.contactnote:12:words'
    """
    return f"{table}:{row}:{name}"


def pointed_out(table: str, text: str, others: Iterable[str]) -> tuple[str, ...]:
    """Return why a text must be decided by itself, as codes; empty when reading it is enough.

    >>> pointed_out("detect.contactnote", "Ring mamma på 070-123 45 67", ())
    ('contact',)
    >>> pointed_out("detect.contactnote", "Vi pratade om mattelektionerna.", ())
    ()
    """
    found = {trap.kind for trap in traps_in(text, Known(frozenset(others), frozenset()))}
    codes = sorted(found & ABOUT_OTHERS)
    return ("handed_over", *codes) if table in ALWAYS else tuple(codes)


def texts_of(sections: Iterable[Mapping[str, Any]], decisions: Mapping[str, Decision]) -> list[Open]:
    """Return every free text of an extract with what was pointed out and decided, in its order."""
    return [
        Open(
            key=(key := piece_key(section["table"], row["row"], column["name"])),
            heading=section["heading"],
            label=column["label"],
            text=row["text"][column["name"]],
            because=tuple(row["because"].get(column["name"], ())),
            decision=decisions.get(key),
        )
        for section in sections
        for column in section["columns"]
        if column["free"]
        for row in section["rows"]
        if row["text"].get(column["name"])
    ]


def undecided(texts: Iterable[Open]) -> list[Open]:
    """Return the texts that were pointed out and that nobody has decided about."""
    return [one for one in texts if one.because and one.decision is None]


def given_of(
    sections: Iterable[Mapping[str, Any]], decisions: Mapping[str, Decision], *, hide_places: bool
) -> list[dict[str, Any]]:
    """Return an extract as it is handed out: withheld pieces are empty, with the ground in their place.

    Args:
        hide_places: the child has protected identity and somebody else than the child asks.
    """
    return [
        {**section, "rows": [_given(section, row, decisions, hide_places) for row in section["rows"]]}
        for section in sections
    ]


def _given(
    section: Mapping[str, Any], row: Mapping[str, Any], decisions: Mapping[str, Decision], hide_places: bool
) -> dict[str, Any]:
    values, texts, withheld = dict(row["values"]), dict(row["text"]), {}
    for column in section["columns"]:
        name = column["name"]
        decision = decisions.get(piece_key(section["table"], row["row"], name))
        if hide_places and column["place"]:
            withheld[name] = PROTECTED
        elif decision is not None and not decision.given:
            withheld[name] = decision.ground
    for name in withheld:
        values[name], texts[name] = None, ""
    return {"row": row["row"], "values": values, "text": texts, "withheld": withheld}
