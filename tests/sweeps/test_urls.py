"""Every path names a permission, sends the anonymous away and refuses the wrong role."""

from __future__ import annotations

import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from samhandla.trust.permissions import Permission
from samhandla.trust.roles import ROLES

pytestmark = pytest.mark.django_db
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


def _role_without(permission: Permission) -> str | None:
    names = {"mentor": "mentor_7b", "controller": "controller", "data_administrator": "data_administrator"}
    for role, name in names.items():
        if permission not in ROLES[role].permissions:
            return name
    return None


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_wrong_role_is_refused(client, cast, method):
    tried = 0
    for route, pattern in CLOSED:
        name = _role_without(pattern.callback.permission)
        if name is None:
            continue
        cast.login(client, name)
        answer = getattr(client, method)(_path(pattern, route))
        # A page that is forbidden looks like one that does not exist.
        assert answer.status_code == 404, f"{route} svarade {answer.status_code} för {name}"
        tried += 1
    assert tried >= len([1 for _, p in CLOSED if p.callback.permission != Permission.START]) > 0


def test_every_permission_belongs_to_a_role():
    held = {p for role in ROLES.values() for p in role.permissions}
    assert held == set(Permission)
