"""Sentences made outside Django and read in another language later, also after they have been stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

TEXT, WITH, MOMENT = "text", "with", "moment"
MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip


def N_(text: str) -> str:  # noqa: N802 - the name Babel looks for
    """Return the text as it is; the reader's language is chosen where it is shown."""
    return text


class Said(str):
    """A Swedish sentence that still knows how it was made, so that it can be said in another language.

    It is an ordinary string for all who only want the Swedish, also as the message of an exception.
    """

    __slots__ = ("parts", "template")
    template: str
    parts: dict[str, Any]

    def __str__(self) -> str:
        return self


class Moment(str):
    """A date and time in Swedish that still knows itself, so that it can be written as others write it."""

    __slots__ = ("value",)
    value: datetime

    def __str__(self) -> str:
        return self


def moment(value: datetime) -> Moment:
    """Return a local date and time as a part of a sentence.

    >>> moment(datetime(2026, 3, 9, 8, 5))
    '9 mars 2026 08:05'
    """
    made = Moment(f"{value.day} {MONTHS[value.month - 1]} {value.year} {value:%H:%M}")
    made.value = value
    return made


def say(template: str, **parts: Any) -> Said:
    """Return a sentence with its parts filled in.

    Args:
        parts: numbers and names, kept as they are; a word to be translated is made with `say` too.

    >>> say("Rad {row} saknar {what}.", row=3, what=say("{n} tecken", n=2))
    'Rad 3 saknar 2 tecken.'
    """
    said = Said(template.format(**parts))
    said.template, said.parts = template, parts
    return said


def also(sentence: str, **parts: Any) -> Said:
    """Return a sentence, made or not, with more of its parts filled in."""
    if isinstance(sentence, Said):
        return say(sentence.template, **{**sentence.parts, **parts})
    return say(sentence, **parts)


def join(sentences: list[str]) -> Said:
    """Return sentences after each other, each still knowing how it was made."""
    names = [f"s{place}" for place in range(len(sentences))]
    return say(" ".join(f"{{{name}}}" for name in names), **dict(zip(names, sentences, strict=True)))


def storable(text: Any) -> Any:
    """Return a sentence as JSON can hold it: a plain one as text, a made one with its parts.

    >>> storable(say("{n} rader", n=2))
    {'text': '{n} rader', 'with': {'n': 2}}
    """
    if isinstance(text, Said):
        return {TEXT: text.template, WITH: {name: storable(part) for name, part in text.parts.items()}}
    if isinstance(text, Moment):
        return {MOMENT: text.value.isoformat()}
    return text if isinstance(text, dict | int | float | str | None) else str(text)


def worded(stored: Any, translate: Callable[[str], str], write: Callable[[datetime], str] = moment) -> str:
    """Return a stored sentence in the reader's language.

    Args:
        write: how the reader's language writes a date and time.

    >>> worded({"text": "{n} rader", "with": {"n": 2}}, {"{n} rader": "{n} rows"}.get)
    '2 rows'
    """
    if isinstance(stored, dict) and MOMENT in stored:
        return write(datetime.fromisoformat(stored[MOMENT]))
    if isinstance(stored, dict):
        parts = {
            name: worded(part, translate, write) if isinstance(part, dict) else part
            for name, part in stored[WITH].items()
        }
        return translate(stored[TEXT]).format(**parts)
    return translate(stored) if stored else ""
