"""Opening the name of somebody with protected identity is a sensitive act, on whichever page it is done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from samhandla.people.models import Child
from samhandla.people.queries import may_read_name
from samhandla.trust.gate import checked
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


def confirm_protected(request: HttpRequest, child: Child) -> HttpResponse | None:
    """Return what to answer instead, when a protected child's name is opened without a late confirmation.

    None for every other child, and for whoever does not see the name anyway.
    Queries: one for a protected child.
    """
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # the middleware puts it there
    if not child.is_masked or not may_read_name(viewer, child):
        return None
    return checked(request, Permission.CHILD_READ, confirm=True)
