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
COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.S)


def _texts() -> list[tuple[str, str]]:
    pages = [(p, COMMENT.sub("", p.read_text())) for p in SOURCE.rglob("*.html")]
    marked = re.compile(r"""(?:N_|gettext|_|gettext_lazy)\(\s*((?:f?"[^"]*"\s*)+)""")
    code = [
        (p, " ".join(marked.findall(p.read_text())))
        for p in SOURCE.rglob("*.py")
        if "migrations" not in p.parts
    ]
    return [(str(p.relative_to(SOURCE)), text) for p, text in pages + code]


@pytest.mark.parametrize("word", AVOID)
def test_harmful_words_are_not_used(word):
    pattern = re.compile(rf"(?<![\wåäö]){re.escape(word)}(?![\wåäö])", re.I)
    assert [name for name, text in _texts() if pattern.search(text)] == []


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
    )
    found = [
        n for n, text in _texts() if re.search(r"\bbeslut", text, re.I) and not any(a in n for a in allowed)
    ]
    assert found == []


def test_glossary_holds_the_word_list():
    reference = ROOT.parent / "shared/reference/terms.md"
    glossary = (ROOT / "GLOSSARY.md").read_text().lower()
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|", reference.read_text(), re.M)[1:]
    english = [e.strip() for e, _ in rows if not set(e) <= {"-", " "}]
    missing = [e for e in english if e.split(";")[0].split("/")[0].strip().lower() not in glossary]
    assert len(english) > 80
    assert missing == []
