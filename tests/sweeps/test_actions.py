"""Writes stand in actions; each action records an event; each event has a sentence."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from samhandla.trust.audit import ACTIONS, UnrecordedAction, action
from samhandla.trust.events import SENTENCES, EventKind

SOURCE = Path(__file__).resolve().parents[2] / "src/samhandla"
WRITES = {"create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "save", "delete"}
# `update` is also a dict's word: it counts when it follows a queryset's filter or objects.
ALLOWED = ("actions", "migrations", "demo_build.py", "trust/models.py", "trust/audit.py", "trust/apps.py")


def _writes(tree: ast.AST) -> list[int]:
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            text = ast.unparse(node.func)
            manager = ".objects" in text
            if manager and node.func.attr in WRITES | {"update"}:
                lines.append(node.lineno)
    return lines


def test_nothing_is_written_but_in_actions():
    wrong = []
    for path in SOURCE.rglob("*.py"):
        relative = str(path.relative_to(SOURCE))
        if any(part in relative for part in ALLOWED):
            continue
        wrong += [f"{relative}:{line}" for line in _writes(ast.parse(path.read_text()))]
    assert not wrong, wrong


def test_the_sweep_sees_a_write():
    assert _writes(ast.parse("Child.objects.filter(pk=1).update(x=1)")) == [1]
    assert _writes(ast.parse("{}.update(x=1)")) == []


def test_every_event_has_a_sentence():
    assert set(SENTENCES) == set(EventKind)
    assert [e.name for e in EventKind] == sorted(e.name for e in EventKind)


@pytest.mark.django_db
def test_an_action_without_event_is_a_defect():
    @action
    def forgetful(*, by):
        return 1

    try:
        with pytest.raises(UnrecordedAction):
            forgetful(by=None)
    finally:
        ACTIONS.pop(f"{forgetful.__module__}.{forgetful.__wrapped__.__name__}", None)


def test_every_public_function_of_actions_is_an_action():
    """A function in actions that writes and is imported from outside carries `@action`."""
    wrong = []
    for path in [*SOURCE.glob("*/actions.py"), *SOURCE.glob("*/actions/*.py")]:
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            marked = any("action" in ast.unparse(d) for d in node.decorator_list)
            if not marked and _writes(node):
                wrong.append(f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}")
    assert not wrong, wrong
