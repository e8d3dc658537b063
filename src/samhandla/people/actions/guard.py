"""Who may change what in the register. The database guards the rows; this guards the deeds."""

from __future__ import annotations

from samhandla.people.errors import NotAllowed, NotYours
from samhandla.people.models import Organisation, Staff
from samhandla.people.queries import organisations_for
from samhandla.trust.models import Actor
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


def is_service(by: Viewer) -> bool:
    return by.kind == Actor.Kind.SERVICE


def require_keeper(by: Viewer) -> None:
    """Let through the jobs (imports) and whoever keeps the register.

    Raises:
        NotAllowed: everybody else, also of a child that they see.
    """
    if not is_service(by) and not by.may(Permission.REGISTER_READ):
        raise NotAllowed


def require_reach(by: Viewer, organisation_id: int, permission: Permission) -> Organisation:
    """Return an organisation that the viewer's role with a permission reaches.

    Raises:
        NotYours: it is out of reach, or another authority's, or is not there.
    """
    for one in organisations_for(by, permission):
        if one.pk == organisation_id:
            return one
    raise NotYours


def require_colleagues(by: Viewer, *staff: Staff) -> None:
    """Let through when all work in the viewer's own authority.

    Raises:
        NotYours: somebody works elsewhere.
    """
    wanted = {one.pk for one in staff}
    known = Staff.objects.filter(pk__in=wanted, authority_id=by.authority_id).count()
    if known != len(wanted):
        raise NotYours
