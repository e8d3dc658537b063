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
ALLOWED = (
    "actions",
    "migrations",
    "demo_build.py",
    "trust/models.py",
    "trust/audit.py",
    "trust/apps.py",
    "login/purging.py",
)  # fmt: skip - the last is called by the action that changes a marking

# Where a row in hand could be saved as well: `.save(` and `.delete(` count there whatever they follow.
ROOMS_OF_READING = ("views", "queries", "forms", "jobs")
NOT_A_ROW = {
    "login/views/provider.py": {"waiting.save", "waiting.delete"},  # the short-lived session of a SAML answer
}


def _row_writes(tree: ast.AST) -> list[tuple[str, int]]:
    """Return each call that saves or deletes what it is called on: the call as written, and its line."""
    calls = (n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute))
    return [(ast.unparse(n.func), n.lineno) for n in calls if n.func.attr in ("save", "delete")]


def _reads_only(path: Path) -> bool:
    return any(part.removesuffix(".py") in ROOMS_OF_READING for part in path.relative_to(SOURCE).parts)


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


def test_views_queries_forms_and_jobs_save_and_delete_no_row():
    read = {str(p.relative_to(SOURCE)): p for p in SOURCE.rglob("*.py") if _reads_only(p)}
    found = {name: _row_writes(ast.parse(path.read_text())) for name, path in read.items()}
    wrong = [
        f"{name}:{line} {call}"
        for name, calls in found.items()
        for call, line in calls
        if call not in NOT_A_ROW.get(name, ())
    ]
    assert not wrong, wrong
    assert len(read) > 50
    idle = {name: calls - {call for call, _line in found[name]} for name, calls in NOT_A_ROW.items()}
    assert not any(idle.values()), idle


def test_the_sweep_sees_a_row_saved_or_deleted():
    tree = ast.parse("child.save(update_fields=['name'])\nrows[0].unit.delete()\nform.is_valid()")
    assert _row_writes(tree) == [("child.save", 1), ("rows[0].unit.delete", 2)]
    assert _reads_only(SOURCE / "detect/views/pupil.py")
    assert _reads_only(SOURCE / "detect/jobs.py")
    assert not _reads_only(SOURCE / "detect/actions/answers.py")


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
