"""One door for events. A write and its event live or die together."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

from samhandla.trust.events import EventKind
from samhandla.trust.models import Event
from samhandla.trust.rls import key_of
from samhandla.trust.viewer import Viewer, acting_as

DEED_SETTING = "app.deed"
_recorded: ContextVar[int] = ContextVar("recorded", default=0)
_deed: ContextVar[uuid.UUID | None] = ContextVar("deed", default=None)

Params = ParamSpec("Params")
Result = TypeVar("Result")

ACTIONS: dict[str, Callable[..., Any]] = {}


class UnrecordedAction(AssertionError):
    """An action changed something without an event: a defect of the action."""


def record(
    event: EventKind,
    *,
    by: Viewer | None,
    child_id: int | None = None,
    unit_id: int | None = None,
    domain_id: int | None = None,
    about: object = None,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> Event:
    """Write one event in the running transaction.

    Args:
        child_id, unit_id, domain_id: whose row it is; with them the event is read as that row is.
        details: figures and codes only, never free text about a person.
    """
    row = Event(
        event=event,
        deed=_deed.get(),
        actor_id=by.actor_id if by else None,
        authority_id=by.authority_id if by else None,
        child_key=key_of(child_id, domain_id) if child_id and domain_id else None,
        unit_key=key_of(unit_id, domain_id) if unit_id and domain_id else None,
        about=about._meta.label_lower if about is not None else "",  # type: ignore[attr-defined]
        about_id=str(about.pk) if about is not None else "",  # type: ignore[attr-defined]
        reason=reason,
        details=details or {},
    )
    row.save(force_insert=True)
    _recorded.set(_recorded.get() + 1)
    return row


@contextmanager
def _one_deed() -> Iterator[None]:
    """Give the outermost action a number, by which its events and the history of its rows are joined."""
    if _deed.get() is not None:
        yield
        return
    number = uuid.uuid4()
    reset = _deed.set(number)
    try:
        _tell_deed(str(number))
        yield
        _tell_deed("")  # an action that fails takes its setting back with its savepoint
    finally:
        _deed.reset(reset)


def _tell_deed(number: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config(%s, %s, true)", [DEED_SETTING, number])


def action(function: Callable[Params, Result]) -> Callable[Params, Result]:
    """Mark a write: one transaction as the acting viewer (`by=`), and at least one event.

    Raises:
        UnrecordedAction: the function returned without having recorded an event.
    """

    @wraps(function)
    def run(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        by = kwargs.get("by")
        before = _recorded.get()
        with acting_as(by) if isinstance(by, Viewer) else transaction.atomic(), _one_deed():
            result = function(*args, **kwargs)
            if _recorded.get() == before:
                raise UnrecordedAction(f"{function.__module__}.{function.__name__} skrev ingen händelse")
        return result

    ACTIONS[f"{function.__module__}.{function.__name__}"] = run
    return run
