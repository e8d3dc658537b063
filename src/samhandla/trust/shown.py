"""Which children an answer has shown so far: names are noted where they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_shown: ContextVar[set[int] | None] = ContextVar("shown", default=None)


def note_shown(child_ids: Iterable[int]) -> None:
    """Note that something about these children is put into the answer; nothing happens outside a request.

    A child's name properties do it by themselves. A query that reads names as bare columns must call this,
    and a sweep finds the one that forgets.
    """
    noted = _shown.get()
    if noted is not None:
        noted.update(child_ids)


@contextmanager
def collecting() -> Iterator[set[int]]:
    """Collect what is shown while the block runs, into the set that is given."""
    noted: set[int] = set()
    reset = _shown.set(noted)
    try:
        yield noted
    finally:
        _shown.reset(reset)
