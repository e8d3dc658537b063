"""The gate of every path: open, anonymous, without the right, with it."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from samhandla.trust.gate import OPEN, page
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import DutyAt, Viewer

MENTOR = Viewer(1, 1, "staff", duties=(DutyAt("mentor", 7),))
TEACHER = Viewer(2, 1, "staff", duties=(DutyAt("teacher", 7),))


def a_view(request, *args, **kwargs):
    return HttpResponse(f"reached {kwargs}")


def ask(permission, viewer, **kwargs):
    request = RequestFactory().get("/elev/7/?sida=2")
    if viewer is not False:
        request.viewer = viewer
    return page("elev/<int:pk>/", a_view, name="x", permission=permission).callback(request, **kwargs)


def test_an_open_page_is_reached_by_anybody():
    assert ask(OPEN, None).status_code == 200
    assert ask(OPEN, False).content == b"reached {}"


def test_anonymous_is_sent_to_login_and_back():
    for viewer in (None, False):
        answer = ask(Permission.CHILD_READ, viewer, pk=7)
        assert answer.status_code == 302
        assert answer["Location"].endswith("?next=/elev/7/%3Fsida%3D2")


def test_the_right_opens_the_page():
    assert ask(Permission.CHILD_READ, MENTOR, pk=7).content == b"reached {'pk': 7}"


def test_without_the_right_it_is_refused():
    with pytest.raises(PermissionDenied):
        ask(Permission.CHILD_READ, TEACHER, pk=7)


def test_the_path_tells_its_permission():
    pattern = page("x/", a_view, name="x", permission=Permission.CHILD_READ)
    assert (pattern.callback.permission, pattern.name) == (Permission.CHILD_READ, "x")
    assert page("x/", a_view, name="x", permission=OPEN).callback.permission is None


def test_what_a_viewer_may_follows_from_its_roles():
    both = Viewer(3, 1, "staff", duties=(DutyAt("mentor", 7), DutyAt("principal", 8), DutyAt("principal", 6)))
    assert both.may(Permission.UNIT_OVERSEE)
    assert not MENTOR.may(Permission.UNIT_OVERSEE)
    assert both.units_as("principal") == (6, 8)
    assert both.may_any("mentor", "x")
    assert not TEACHER.may_any("mentor", "principal")
