"""Masking: which parts of a text are hidden, and the text without them.

A mask is (first, last, paragraph): the places of its first character and the one after its last. What is
hidden is replaced by its paragraph before anything is made of the text, so that no file ever holds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Mask = tuple[int, int, str]

# As far as a stop before a space, or to the end of the line.
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?]+(?=\s|$)|(?=\n)|$)[ \t]*")
# Ways to reach somebody: never handed to another guardian, nor about somebody with protected identity.
_CONTACT = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"(?<![\d/])(?:\+46|0)[\s-]?\d{1,3}(?:[\s-]?\d{2,3}){2,4}(?!\d)"),
    re.compile(r"(?<!\d)(?:19|20)?\d{6}[-+ ]?\d{4}(?!\d)"),
    re.compile(
        r"\b[A-ZÅÄÖ][\wåäöÅÄÖé-]*(?:\s[A-ZÅÄÖ][\wåäöé-]*)?\s?"
        r"(?:gatan|vägen|gränd|stigen|torget|allén|backen|gata|väg)\s?\d+\s?[A-Za-z]?\b"
    ),
    re.compile(r"\b[A-ZÅÄÖ][\wåäö-]*(?:gatan|vägen|gränd|stigen|torget|allén|backen)\s?\d+\s?[A-Za-z]?\b"),
    re.compile(r"(?<!\d)\d{3}\s\d{2}\s+[A-ZÅÄÖ][a-zåäö]+"),
)


@dataclass(frozen=True)
class Piece:
    """A part of a text: shown as it is, or hidden (`paragraph` says why and `text` is then empty)."""

    text: str
    paragraph: str = ""


@dataclass(frozen=True)
class Sentence:
    """A sentence of a text that can be masked by itself."""

    first: int
    last: int
    text: str


def sentences(text: str) -> list[Sentence]:
    """Return a text in sentences, with their places; together they are all of it but empty lines.

    >>> [s.text for s in sentences("Hon är sjuk. Mor ringde kl. 8.30.\\nSlut")]
    ['Hon är sjuk. ', 'Mor ringde kl. ', '8.30.', 'Slut']
    """
    found = (Sentence(m.start(), m.end(), m.group()) for m in _SENTENCE.finditer(text))
    return [one for one in found if one.text.strip()]


def joined(masks: Iterable[Mask]) -> list[Mask]:
    """Return masks in order, those that overlap made one; the first one's paragraph stands.

    >>> joined([(5, 9, "b"), (0, 6, "a"), (12, 14, "c")])
    [(0, 9, 'a'), (12, 14, 'c')]
    """
    done: list[Mask] = []
    for first, last, paragraph in sorted(masks):
        if done and first < done[-1][1]:
            before = done[-1]
            done[-1] = (before[0], max(before[1], last), before[2])
        else:
            done.append((first, last, paragraph))
    return done


def pieces(text: str, masks: Iterable[Mask]) -> list[Piece]:
    """Return a text in pieces, those under a mask without their words.

    >>> pieces("Alma är sjuk.", [(0, 4, "p")])
    [Piece(text='', paragraph='p'), Piece(text=' är sjuk.', paragraph='')]
    """
    made, at = [], 0
    for first, last, paragraph in joined(masks):
        if first > at:
            made.append(Piece(text[at:first]))
        made.append(Piece("", paragraph))
        at = last
    if at < len(text):
        made.append(Piece(text[at:]))
    return made


def places_of(text: str, words: str) -> list[tuple[int, int]]:
    """Return where some words stand in a text, whatever the case; whole words only.

    >>> places_of("Alma och almar, ALMA", "alma")
    [(0, 4), (16, 20)]
    """
    if not words.strip():
        return []
    found = re.compile(rf"(?<!\w){re.escape(words.strip())}(?!\w)", re.IGNORECASE)
    return [(m.start(), m.end()) for m in found.finditer(text)]


def contact_places(text: str) -> list[tuple[int, int]]:
    """Return where e-mail addresses, telephone numbers, personal numbers and addresses stand.

    >>> text = "Ring 070-123 45 67 eller a@b.se, Björkgatan 3 A."
    >>> [text[a:b] for a, b in contact_places(text)]
    ['070-123 45 67', 'a@b.se', 'Björkgatan 3 A']
    """
    found = [(m.start(), m.end(), "") for pattern in _CONTACT for m in pattern.finditer(text)]
    return [(first, last) for first, last, _none in joined(found)]


def mask_problem(text: str, mask: Mask, grounds: Sequence[str]) -> str:
    """Return the code of what is wrong with a mask; empty when nothing is."""
    first, last, paragraph = mask
    if not 0 <= first < last <= len(text):
        return "place"
    return "" if paragraph in grounds else "paragraph"
