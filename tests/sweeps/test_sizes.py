"""Small and plain: files, functions, classes, templates and scripts within their gates."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Generated or declared code only, each with its reason.
ALLOWED_LONG = {"migrations": "skrivs av Django"}
GATES = {"file": 500, "function": 50, "class": 300, "template": 200, "script": 100, "test": 40, "adr": 60}


def _python(folder: str) -> list[Path]:
    return [p for p in (ROOT / folder).rglob("*.py") if not ALLOWED_LONG.keys() & set(p.parts)]


def _length(node: ast.FunctionDef | ast.ClassDef) -> int:
    """Return the lines of a definition without its docstring."""
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        length -= (first.end_lineno or first.lineno) - first.lineno + 1
    return length


def _too_long(folder: str, function_gate: int) -> list[str]:
    found = []
    for path in _python(folder):
        text = path.read_text()
        name = path.relative_to(ROOT)
        if (lines := text.count("\n")) > GATES["file"]:
            found.append(f"{name}: {lines} rader")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > function_gate:
                found.append(f"{name}:{node.lineno} {node.name}: {_length(node)} rader")
            if isinstance(node, ast.ClassDef) and _length(node) > GATES["class"]:
                found.append(f"{name}:{node.lineno} {node.name}: {_length(node)} rader")
    return found


def test_source_is_small():
    assert _too_long("src", GATES["function"]) == []


def test_tests_are_small():
    assert _too_long("tests", GATES["test"]) == []


def test_templates_and_scripts_are_small():
    sources = ROOT / "src/samhandla"
    found = [
        f"{p.relative_to(ROOT)}: {n} rader"
        for pattern, gate in (("*.html", GATES["template"]), ("*.js", GATES["script"]))
        for p in sources.rglob(pattern)
        if "vendor" not in p.parts and (n := p.read_text().count("\n")) > gate
    ]
    assert found == []


def test_decisions_are_short():
    found = [p.name for p in (ROOT / "docs/adr").glob("*.md") if p.read_text().count("\n") > GATES["adr"]]
    assert found == []


def test_the_sweep_counts_without_the_docstring():
    node = ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    return 1\n').body[0]
    assert _length(node) == 2
