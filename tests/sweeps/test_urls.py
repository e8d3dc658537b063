"""Every path names a permission, sends the anonymous away and refuses the wrong role."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from samhandla.people import actions as people
from samhandla.trust.permissions import Permission
from samhandla.trust.roles import ROLES
from samhandla.trust.viewer import Viewer

pytestmark = pytest.mark.django_db
FAMILY = ("guardian", "child")  # by a guardianship, or oneself
FOREIGN = ("allauth", "django")  # their views are declared open or closed by their own settings
SAMPLE = {"int": 999999, "uuid": uuid.UUID(int=1), "str": "x", "slug": "x", "path": "x"}


def _patterns(resolver: URLResolver | None = None, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for item in (resolver or get_resolver()).url_patterns:
        if isinstance(item, URLResolver):
            found += _patterns(item, prefix + str(item.pattern))
        else:
            found.append((prefix + str(item.pattern), item))
    return found


OURS = [
    (route, p)
    for route, p in _patterns()
    if not (getattr(p.callback, "__module__", "") or "").startswith(FOREIGN)
    or hasattr(p.callback, "permission")
]
CLOSED = [(route, p) for route, p in OURS if getattr(p.callback, "permission", None) is not None]


def _path(pattern: URLPattern, route: str) -> str:
    path = route
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        for written in (f"<{kind}:{name}>", f"<{name}>"):
            path = path.replace(written, str(SAMPLE[kind]))
    return "/" + path


@pytest.mark.parametrize(("route", "pattern"), OURS, ids=[r for r, _ in OURS])
def test_every_path_names_a_permission(route, pattern):
    assert hasattr(pattern.callback, "permission"), f"/{route}: använd trust.gate.page"


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_anonymous_are_sent_to_login(client, method):
    for route, pattern in CLOSED:
        answer = getattr(client, method)(_path(pattern, route))
        assert answer.status_code in (302, 303, 405), route
        if answer.status_code != 405:
            assert "/logga-in/" in answer["Location"] or "login" in answer["Location"], route


def _of_the_family(cast, kind: str) -> Client:
    by, client = cast.service(), Client()
    actor = people.open_actor(by=by, authority_id=by.authority_id, kind=kind, name="Eva Prov")
    client.force_login(people.open_account(by=None, actors=[actor], username=kind, password=None))
    return client


def _clients(cast) -> dict[frozenset[Permission], tuple[str, Client]]:
    """Return a logged-in client for each set of permissions that some role of a person has."""
    found: dict[frozenset[Permission], tuple[str, Client]] = {}
    for code, role in ROLES.items():
        if code == "service" or role.permissions in found or Permission.START not in role.permissions:
            continue
        if code in FAMILY:
            found[role.permissions] = (code, _of_the_family(cast, code))
            continue
        if code in ("mentor", "class_teacher"):  # by their group, not by a duty
            found[role.permissions] = (code, cast.login(Client(), "mentor_7b"))
        else:
            cast._duty("board", f"sweep_{code}", code, "berga")
            found[role.permissions] = (code, cast.login(Client(), f"sweep_{code}"))
    return found


def _viewer_of(client: Client) -> Viewer:
    """Return the viewer that a page sees, as the whole chain of middlewares makes it."""
    return client.get("/").wsgi_request.viewer


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_wrong_role_is_refused(cast, method):
    """Each role that lacks a path's permission meets what somebody meets who asks for what is not there.

    Every path is asked by every such role, at the guard that the path resolves to, which must refuse before
    the page is reached; and once through the whole chain, by the roles in turn.
    """
    clients = _clients(cast)
    viewers = {permissions: _viewer_of(client) for permissions, (_role, client) in clients.items()}
    tried = dict.fromkeys(Permission, 0)
    asked = dict.fromkeys((role for role, _ in clients.values()), 0)
    for route, pattern in CLOSED:
        permission, path = pattern.callback.permission, _path(pattern, route)
        wrong = [permissions for permissions in clients if permission not in permissions]
        for permissions in wrong:
            request = getattr(RequestFactory(), method)(path)
            request.viewer = viewers[permissions]
            match = resolve(path)
            with pytest.raises(PermissionDenied):
                match.func(request, *match.args, **match.kwargs)
            tried[permission] += 1
        # Through the whole chain whoever has been asked least.
        for role, client in sorted((clients[p] for p in wrong), key=lambda one: asked[one[0]])[:2]:
            answer = getattr(client, method)(path)
            assert answer.status_code == 404, f"{route} svarade {answer.status_code} för {role}"
            asked[role] += 1
    used = {p.callback.permission for _, p in CLOSED} - {Permission.START}
    assert all(tried[permission] for permission in used)
    assert len(clients) > 8
    assert all(asked.values())
    assert set(FAMILY) & {role for role, _ in clients.values()}


def test_every_permission_belongs_to_a_role():
    held = {p for role in ROLES.values() for p in role.permissions}
    assert held == set(Permission)
