"""What stands about rights and corrections beside an earlier room's page about a child."""

from __future__ import annotations

from samhandla.people.models import Child, ProcessingLimit
from samhandla.people.queries import limits_of_child
from samhandla.rights.queries.correctable import list_corrections_for
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


def beside_child_for(viewer: Viewer, child: Child) -> dict[str, object]:
    """Return what the pupil's page says of limits and corrections; empty when there is nothing to say.

    Queries: two, and some for each correction that waits for the school register.
    """
    limits = [row for row in limits_of_child(child.pk) if row.kind == ProcessingLimit.Kind.OBJECTION]
    corrections = list_corrections_for(viewer, child.pk)
    leads = viewer.may(Permission.RIGHTS_RECEIVE)
    if not (limits or corrections or leads):
        return {}
    return {"child": child, "limits": limits, "corrections": corrections, "leads": leads}


def corrections_for(viewer: Viewer, child: Child) -> dict[str, object]:
    """Return the corrections alone, for a document; empty when there is none. Queries: as above, less one."""
    corrections = list_corrections_for(viewer, child.pk)
    return {"child": child, "corrections": corrections} if corrections else {}
