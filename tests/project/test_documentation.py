"""The documentation says what is there: generated pages, the handbook, the requirements."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.urls import Resolver404, resolve

from samhandla.project import documentation
from samhandla.project.documentation_pictures import MAX_BYTES, PICTURES
from samhandla.trust.roles import ROLES

ROOT = Path(__file__).resolve().parents[2]
HANDBOOK = ROOT / "docs/handbook"
REQUIREMENTS = (ROOT / "docs/requirements.md").read_text(encoding="utf-8")
PAGES = [
    *sorted(HANDBOOK.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted(ROOT.glob("*.md")),
]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.M)
SAMPLE = {"<id>": "1", "<grupp>": "1", "<mentor>": "1", "<ref>": "00000000-0000-0000-0000-000000000001"}


def _rows() -> list[list[str]]:
    """The cells of each requirement: number, words, part, page, tests."""
    lines = [line for line in REQUIREMENTS.splitlines() if re.match(r"\| R\d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _anchors(path: Path) -> set[str]:
    """The names that a page's headings get where the handbook is read."""
    text = path.read_text(encoding="utf-8")
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in HEADING.findall(text)}


def _broken(page: Path) -> list[str]:
    broken = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (anchor and anchor not in _anchors(path)):
            broken.append(target)
    return broken


@pytest.mark.parametrize("name", documentation.PAGES)
def test_generated_page_is_up_to_date(name):
    path = documentation.GENERATED / f"{name}.md"
    assert path.read_text(encoding="utf-8") == documentation.PAGES[name](), (
        "Kör: python -m samhandla.project.documentation --pages"
    )


def test_generated_pages_name_every_role_and_path():
    assert [r.name for r in ROLES.values() if f"| {r.name} |" not in documentation.roles_page()] == []
    assert "| /signal/<int:signal_id>/ | `detect:signal:answer` | mentor" in documentation.permissions_page()
    assert "`personnummer`" not in documentation.fields_page()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_pictures_lead_somewhere(page):
    assert _broken(page) == []


def test_a_broken_link_is_seen(tmp_path):
    page = tmp_path / "a.md"
    page.write_text("# Rubrik ett\n[a](b.md) [c](#rubrik-ett) [d](#rubrik-två) [e](https://x.se)")
    assert _broken(page) == ["b.md", "#rubrik-två"]


def test_every_picture_is_taken_used_and_small():
    files = {path.stem: path for path in documentation.PICTURES.glob("*.png")}
    used = {
        Path(target).stem
        for page in HANDBOOK.glob("*.md")
        for target in LINK.findall(page.read_text())
        if ".png" in target
    }
    assert set(files) == {picture.name for picture in PICTURES} == used
    assert [name for name, path in files.items() if path.stat().st_size > MAX_BYTES] == []


def test_the_handbook_starts_with_every_page():
    first = set(LINK.findall((HANDBOOK / "README.md").read_text(encoding="utf-8")))
    assert {page.name for page in HANDBOOK.glob("*.md")} - {"README.md"} <= first


def test_every_requirement_has_one_row():
    assert [row[0] for row in _rows()] == [f"R{n:03}" for n in range(1, 288)]


def test_a_filled_requirement_has_both_page_and_test():
    half = [name for name, _, _, page, tests in _rows() if bool(page) != bool(tests)]
    assert half == []


@cache
def _tests_in(name: str) -> frozenset[str]:
    path = ROOT / name
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_named_test_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", REQUIREMENTS)
    assert len(named) > 100
    assert [f"{file}::{test}" for file, test in named if test not in _tests_in(file)] == []


def test_every_named_path_exists():
    missing = []
    for path in re.findall(r"`(/[^`\s]*/)`", REQUIREMENTS):
        whole = re.sub(r"<\w+>", lambda part: SAMPLE[part[0]], path)
        try:
            resolve(whole)
        except Resolver404:
            missing.append(path)
    assert missing == []
