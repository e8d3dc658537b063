"""The interface uses the words of the field, and none of those that do harm."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src/samhandla"
# From the reference word list: the column "avoid", as far as a word alone is wrong wherever it stands.
AVOID = (
    "hemmasittare", "skolk", "skolkar", "larm", "larmet", "flagga", "flaggad", "deadline", "backup",
    "eskalera",
    "eskalerad", "algoritm", "elevvårdskonferens", "skolhälsovård", "konsekvenstrappa", "frånvarotrappa",
    "orosanteckning", "bekymmersanmälan", "case manager", "koordinator", "återfall", "KPI", "ärendelista",
    "kontaktperson", "riskpoäng", "riskelev",
)  # fmt: skip
# Words of the list's own column that have a right place in the interface beside the wrong one: why each.
RIGHT_ELSEWHERE = {
    "orsak": "a cause in the inquiry",
    "beslut": "of the principal and the board; see the test below",
    "klar": "a job or a form that is done",
    "insats": "an effort in the law's sense",
    "utredning": "the formal inquiry of 7 kap. 19 a §",
    "problem": "in names of values, and of what went wrong with a file",
    "ärende": "a matter in the sense of the law of secrecy and of registering",
    "aktivitet": "an activity of SS 12000",
    "review": "in names of pages",
    "dela": "to split a file",
    "rättslig grund": "that of GDPR, which is what it means",
    "hemlig": "a word that is read in files",
    "spara": "to save a form",
}


def _column() -> list[str]:
    """Return every word of the column "avoid", bare of notes in brackets and of when it is wrong."""
    reference = (ROOT.parent / "shared/reference/terms.md").read_text()
    rows = [row.strip() for row in re.findall(r"^\|[^|]+\|[^|]+\|([^|]*)\|", reference, re.M)[2:]]
    bare = (re.sub(r"\s*\([^)]*\)| for the same thing", "", row) for row in rows)
    return [word.strip(" *") for row in bare for word in row.split(",") if word.strip(" *")]


def _hits(word: str) -> list[str]:
    pattern = re.compile(rf"(?<![\wåäö]){re.escape(word)}(?![\wåäö])", re.I)
    return [name for name, text in _texts() if pattern.search(text)]


COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.S)


def _texts() -> list[tuple[str, str]]:
    written = [*SOURCE.rglob("*.html"), *SOURCE.rglob("templates/**/*.txt")]
    pages = [(p, COMMENT.sub("", p.read_text())) for p in written]
    marked = re.compile(r"""(?:N_|gettext|_|gettext_lazy)\(\s*((?:f?"[^"]*"\s*)+)""")
    code = [
        (p, " ".join(marked.findall(p.read_text())))
        for p in SOURCE.rglob("*.py")
        if "migrations" not in p.parts
    ]
    return [(str(p.relative_to(SOURCE)), text) for p, text in pages + code]


@pytest.mark.parametrize("word", sorted({*AVOID, *_column()} - RIGHT_ELSEWHERE.keys()))
def test_harmful_words_are_not_used(word):
    assert _hits(word) == []


def test_the_column_is_read_and_no_exception_is_idle():
    assert {"larm", "varning", "risk", "anpassat schema", "radera"} <= set(_column())
    assert RIGHT_ELSEWHERE.keys() <= set(_column())
    assert [word for word in RIGHT_ELSEWHERE if not _hits(word)] == []


def test_the_plain_texts_of_letters_are_read():
    assert "detect/templates/detect/notice_text.txt" in {name for name, _text in _texts()}


def test_a_mentors_answer_is_never_called_a_decision():
    """*Beslut* is public and can be appealed; only pages of the principal and the board may say it."""
    allowed = (
        "inquir",
        "principal",
        "notice",
        "board",
        "govern/",
        "events",
        "roles",
        "models/ladder",
        "default_ladder",  # its last step is the principal's formal decision
        "web/about",
        "records/",  # of the board about retention, and the formal decision not to release
        "rights/",  # answers to requests: decisions that can be appealed (7 kap. 2 § dataskyddslagen)
        "secrecy/",  # decisions in the sense of the law: which of them are public
    )
    found = [
        n for n, text in _texts() if re.search(r"\bbeslut", text, re.I) and not any(a in n for a in allowed)
    ]
    assert found == []


# Concepts of later parts, by the English of the word list: the interface has no page for them yet. A word
# that reaches the interface leaves this list, so that from then on it must be the word of the list.
LATER = frozenset({
    "problematic absence", "reinforced pupil-health team", "extra adaptations; special support",
    "action programme; measure in it", "concern note", "duty to report",
    "degrading treatment", "detector arena; detector", "cause; hypothesis",
    "wheel; sector", "protective factor", "child's own words", "ecomap", "sociogram",
    "scaling question; exception", "shared plan", "plan step", "named person",
    "hand-over (role)", "transition, school change", "evaluation; value verification", "effort",
    "catalogue", "referral; accepted", "airlock place",
    "try-out in school time", "club, provider; session", "background check", "transfer",
    "legal opening", "secrecy assessment; harm",
    "GDPR legal basis; controller", "access; access log; log check",
    "minutes", "dissent",
    "interim report; annual report", "assignment; directive", "boundary question",
    "learning circle; year wheel",
})  # fmt: skip
# What the interface puts together, or says of a narrower thing, where the list has the whole phrase.
COMPOSED = {
    "notice to principal organiser": ["anmälan till", "huvudmannen"],
    "rehearsal": ["provkörning", "läsår"],
    "escalate": ["lyft", "rektor"],
    "pupil-health team; meeting": ["elevhälsoteam"],
    "board goal; target; outcome; indicator": ["nämndmål", "målvärde", "utfall"],
}


def _rows() -> dict[str, str]:
    """Return the word list: English → Swedish, as it stands."""
    reference = (ROOT.parent / "shared/reference/terms.md").read_text()
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|", reference, re.M)[1:]
    return {e.strip(): s.strip() for e, s in rows if not set(e) <= {"-", " "}}


def _words(swedish: str) -> list[list[str]]:
    """Return the words of a row, each with what may stand instead of it; notes in brackets are left out.

    >>> _words("vem kan se – och varför"), _words("regel; gränsvärde (lokalt)"), _words("a / b")
    ([['vem kan se – och varför']], [['regel'], ['gränsvärde']], [['a', 'b']])
    """
    bare = re.sub(r"\s*\([^)]*\)", "", swedish).lower()
    return [[way.strip(" …") for way in word.split("/") if way.strip(" …")] for word in bare.split(";")]


def _unsaid(words: list[list[str]], text: str) -> list[list[str]]:
    return [ways for ways in words if not any(way in text for way in ways)]


def _interface() -> str:
    return re.sub(r"\s+", " ", " ".join(text for _name, text in _texts()).lower())


def test_the_swedish_words_of_the_list_are_those_of_the_interface():
    text, rows = _interface(), _rows()
    assert COMPOSED.keys() | LATER <= rows.keys()
    for english, swedish in rows.items():
        words = [[part] for part in COMPOSED[english]] if english in COMPOSED else _words(swedish)
        assert bool(_unsaid(words, text)) == (english in LATER), (english, _unsaid(words, text))


def test_another_word_in_the_place_of_one_of_the_list_is_found():
    text = _interface().replace("ställningstagande", "beslutsunderlag")
    assert _unsaid(_words(_rows()["answer/decision on a signal"]), text) == [["ställningstagande"]]


def test_glossary_has_the_lists_swedish_words():
    """Row by row: the same English, and after it the Swedish of the list."""
    glossary = {
        e.split(";")[0].split("(")[0].strip().lower(): s.lower()
        for e, s in re.findall(r"^\| ([^|]+) \| ([^|]+) \|", (ROOT / "GLOSSARY.md").read_text(), re.M)
    }
    for english, swedish in _rows().items():
        name = english.split(";")[0].split("(")[0].strip().lower()
        if name == "signal":
            continue  # stands among the names in code, as itself
        assert name in glossary, english
        assert _unsaid(_words(swedish), re.sub(r"\s*\([^)]*\)", "", glossary[name])) == [], english


def test_glossary_holds_the_word_list():
    reference = ROOT.parent / "shared/reference/terms.md"
    glossary = (ROOT / "GLOSSARY.md").read_text().lower()
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|", reference.read_text(), re.M)[1:]
    english = [e.strip() for e, _ in rows if not set(e) <= {"-", " "}]
    missing = [e for e in english if e.split(";")[0].split("/")[0].strip().lower() not in glossary]
    assert len(english) > 80
    assert missing == []
