"""Who is asking. `acting_as(viewer)` is the only way to reach a row about a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, transaction

from samhandla.trust import crypto
from samhandla.trust.permissions import Permission
from samhandla.trust.roles import ROLES

VIEWER_SETTING = "app.viewer"


@dataclass(frozen=True)
class DutyAt:
    """One role at one unit, as the register has it today."""

    role: str
    unit_id: int


@dataclass(frozen=True)
class Viewer:
    """One person (or service) at work in one authority. Built once per request by `people`."""

    actor_id: int
    authority_id: int
    kind: str
    name: str = ""
    duties: tuple[DutyAt, ...] = ()
    extra_roles: frozenset[str] = field(default_factory=frozenset)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(d.role for d in self.duties) | self.extra_roles

    @property
    def permissions(self) -> frozenset[Permission]:
        return frozenset(p for role in self.roles for p in ROLES[role].permissions)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def may_any(self, *roles: str) -> bool:
        """Tell whether the viewer holds any of these roles anywhere in the authority."""
        return bool(self.roles & set(roles))

    def units_as(self, *roles: str) -> tuple[int, ...]:
        """Return the units where the viewer holds any of these roles."""
        return tuple(sorted({d.unit_id for d in self.duties if d.role in roles}))


class NoViewer(Exception):
    """Something asked for rows about people without saying who asks."""


_current: ContextVar[Viewer | None] = ContextVar("viewer", default=None)


def current_viewer() -> Viewer | None:
    return _current.get()


def token_of(viewer: Viewer) -> str:
    """Return the signed token by which the database knows a viewer."""
    return crypto.sign_viewer(settings.SAMHANDLA_SECRET, viewer.actor_id, viewer.authority_id)


def viewer_token() -> str:
    """Return the signed token of the current viewer, empty when nobody asks."""
    viewer = _current.get()
    return "" if viewer is None else token_of(viewer)


def _tell_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config(%s, %s, true)", [VIEWER_SETTING, viewer_token()])


@contextmanager
def acting_as(viewer: Viewer | None) -> Iterator[None]:
    """Run a block in one transaction in which the database knows who asks.

    Nested use is a savepoint; the outer viewer is restored after it, also when the block fails
    (PostgreSQL itself restores the setting when the savepoint is rolled back).
    """
    reset = _current.set(viewer)
    try:
        with transaction.atomic():
            _tell_database()
            yield
    finally:
        _current.reset(reset)
        if connection.in_atomic_block and not connection.needs_rollback:
            _tell_database()
