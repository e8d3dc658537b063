"""Reads of the room: demands, emergency accounts, one's own sessions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.utils.functional import Promise

from samhandla.login.models import Demand, EmergencyUse
from samhandla.login.rules import Level, level_needed
from samhandla.login.words import ADVISED, PARTS
from samhandla.trust.models import Account
from samhandla.trust.roles import ROLES
from samhandla.trust.viewer import Viewer

NO_PERSON = {"service"}


@dataclass(frozen=True)
class DemandRow:
    """One role or part with the level that it needs, and the one that we advise."""

    what: str
    name: str | Promise
    level: int
    advised: int


def demands_of(authority_id: int) -> dict[str, int]:
    """Return the levels that an authority demands, by role and by part. Queries: one."""
    return dict(Demand.objects.filter(authority_id=authority_id).values_list("what", "level"))


def level_needed_by(viewer: Viewer, part: str = "") -> Level:
    """Return the level that the viewer needs, for a part or for the roles alone. Queries: one."""
    return level_needed(demands_of(viewer.authority_id), viewer.roles, part)


def list_demands_for(viewer: Viewer) -> tuple[list[DemandRow], list[DemandRow]]:
    """Return roles and parts, each with what is demanded. Queries: one."""
    held = demands_of(viewer.authority_id)
    roles = [(code, role.name) for code, role in ROLES.items() if role.permissions and code not in NO_PERSON]
    return _rows(roles, held), _rows(PARTS.items(), held)


def _rows(named: Iterable[tuple[str, str | Promise]], held: dict[str, int]) -> list[DemandRow]:
    return [
        DemandRow(str(what), name, held.get(what, Level.PASSWORD), int(ADVISED.get(what, Level.PASSWORD)))
        for what, name in named
    ]


def known(what: str) -> bool:
    """Tell whether a level can be demanded for something."""
    return (what in ROLES and what not in NO_PERSON) or what in PARTS


def is_emergency(account_id: int) -> bool:
    """Tell whether an account is kept for when the municipality's login is down. Queries: one."""
    return Account.objects.filter(pk=account_id, emergency__isnull=False).exists()


def emergency_uses_for(viewer: Viewer) -> list[EmergencyUse]:
    """Return the logins with the emergency accounts of the viewer's authority, newest first."""
    uses = EmergencyUse.objects.filter(account__actors__authority_id=viewer.authority_id)
    return list(uses.select_related("account", "seen_by").order_by("-at").distinct()[:50])


def own_sessions(account_id: int) -> list[UserSession]:
    """Return the open sessions of an account, newest first; what has ended is forgotten."""
    rows = UserSession.objects.purge_and_list(Account.objects.get(pk=account_id))
    return sorted(rows, key=lambda row: row.created_at, reverse=True)
