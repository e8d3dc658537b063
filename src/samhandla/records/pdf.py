"""PDF files of documents: tagged, in Swedish, for screen readers (PDF/UA-1) and for the archive (PDF/A-2a).

What is masked is replaced before this is called, so that no word of it ever reaches the file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

import typst
from django.utils import translation
from django.utils.translation import gettext

from samhandla.records.rules.masking import Piece
from samhandla.records.rules.paragraphs import PARAGRAPHS

# The text comes as data and is never read as markup.
_PAGE = b"""
#let said = json(bytes(sys.inputs.said))
#set document(
  title: said.title, author: (),
  date: datetime(year: said.day.at(0), month: said.day.at(1), day: said.day.at(2))
)
#set text(lang: "sv", region: "SE", size: 11pt)
#set par(leading: 0.75em)
#set page(paper: "a4", margin: 2.3cm, numbering: "1 (1)")
= #said.title
#for fact in said.facts [ #strong(fact.at(0) + ":") #fact.at(1) #linebreak() ]
#v(0.6em)
#for block in said.blocks [
  #par(for piece in block {
    if piece.at(1) { highlight(fill: luma(215), extent: 2pt)[#piece.at(0)] } else { text(piece.at(0)) }
  })
]
"""


def masked_words(paragraph: str) -> str:
    """Return what stands in the place of masked words."""
    return gettext("[maskat: %(place)s]") % {"place": gettext(PARAGRAPHS[paragraph].place)}


def make_pdf(title: str, facts: Sequence[tuple[str, str]], pieces: Sequence[Piece], *, on: date) -> bytes:
    """Return a PDF file.

    Args:
        facts: label and value of the lines under the title.
        pieces: the text, masked parts without their words.
        on: the day that stands in the file's properties; nothing else stands there but the title.
    """
    with translation.override("sv"):
        said = {
            "title": title, "facts": [list(fact) for fact in facts], "day": [on.year, on.month, on.day],
            "blocks": _blocks(pieces),
        }  # fmt: skip
    made = typst.compile(
        _PAGE, format="pdf", sys_inputs={"said": json.dumps(said)}, pdf_standards=["a-2a", "ua-1"],
        ignore_system_fonts=True,
    )  # fmt: skip
    return bytes(made)


def _blocks(pieces: Sequence[Piece]) -> list[list[list[str | bool]]]:
    """Return the text line by line, each as pieces of words and whether they stand for something masked."""
    lines: list[list[list[str | bool]]] = [[]]
    for piece in pieces:
        if piece.paragraph:
            lines[-1].append([masked_words(piece.paragraph), True])
            continue
        first, *rest = piece.text.split("\n")
        lines[-1].append([first, False])
        lines += [[[line, False]] for line in rest]
    return [line for line in lines if any(str(words).strip() for words, _masked in line)]
