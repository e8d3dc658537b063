"""What somebody logged in tries with a request: forged fields, numbers and headers, and what is left behind.

Which attack is tried where stands in docs/threat-model.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from tests.detect.conftest import found
from tests.sweeps.test_children import (  # noqa: F401 - fixtures
    EVERY,
    OPEN,
    _about_children,
    _named,
    _path,
    _reached,
    _sample,
    _signed_in,
    objects,
    standing,
    town,
)
from tests.sweeps.test_urls import CLOSED

from samhandla.detect.actions.runs import take_in
from samhandla.people.models import Child, Duty, Enrolment
from samhandla.people.queries import today
from samhandla.secrecy.actions.emi import write_emi_note
from samhandla.trust.roles import ROLES
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
SOURCE = Path(__file__).resolve().parents[2] / "src/samhandla"
FORGED_TARGET = {
    "HX-Request": "true", "HX-Boosted": "true", "HX-Target": "alla-elever", "HX-Trigger": "alla-elever",
    "HX-Current-URL": "https://ont.example//ont.example/", "X-Requested-With": "XMLHttpRequest",
    "X-HTTP-Method-Override": "DELETE", "X-Original-URL": "/registret/elever/",
    "X-Forwarded-Host": "ont.example",
}  # fmt: skip
# What a row has and nobody types: who made it, whose it is, where it belongs, what somebody may do.
NEVER_TYPED = {
    "id", "pk", "child_id", "domain", "authority", "authority_id", "actor", "actor_id", "account", "by",
    "is_staff", "is_superuser", "is_active", "permissions", "roles", "unit_id", "child_key", "unit_key",
    "created_at", "made_at", "approved", "approved_on", "approved_by", "sealed", "blind_index",
}  # fmt: skip


def _holders(clients: dict[str, Client], pattern) -> list[str]:
    return [role for role in clients if pattern.callback.permission in ROLES[role].permissions]


def _told(answer) -> str:
    """Return an answer's text without the marks that are new each time."""
    return re.sub(r'value="\w{64}"|[\w-]{22,}==?', "", answer.content.decode("utf-8", "replace"))


def test_no_answer_to_somebody_logged_in_is_kept(cast, objects, standing):  # noqa: F811 - fixtures
    """Neither pages nor files, refusals nor what is not there: going back after logout shows nothing."""
    clients = _signed_in(cast)
    for number, (route, pattern) in enumerate([*CLOSED, *OPEN]):
        if pattern.name == "account_logout":
            continue
        closed = (route, pattern) in CLOSED
        roles = _holders(clients, pattern) if closed else [*clients]
        role = roles[number % len(roles)]
        path = _path(pattern, "own", objects) if closed else _sample(pattern, route)
        answer = clients[role].get(path)
        assert "no-store" in answer.headers.get("Cache-Control", ""), f"{role} {path}: {answer.status_code}"
    assert "no-store" in clients["principal"].get("/finns-inte/").headers["Cache-Control"]


def test_a_locked_session_leaves_nothing_in_the_cache(cast, client):
    cast.login(client, "principal").get("/bekrafta/?las=1&next=/")
    answer = client.get(reverse("pupil", args=[cast.child["alma"].ref]))
    assert answer.status_code in (302, 303)
    assert "no-store" in answer.headers["Cache-Control"]


def test_every_form_wants_its_mark(cast, objects, standing):  # noqa: F811 - fixtures
    """A page elsewhere can send no form in the name of whoever reads it."""
    clients = _signed_in(cast)
    for client in clients.values():
        client.handler.enforce_csrf_checks = True
    for number, (route, pattern) in enumerate(CLOSED):
        roles = _holders(clients, pattern)
        role = roles[number % len(roles)]
        answer = clients[role].post(_path(pattern, "own", objects), {"text": "x"})
        assert answer.status_code == 403, f"{role} {route}: {answer.status_code}"


def test_missing_costs_and_says_the_same_as_forbidden(cast, objects, standing):  # noqa: F811 - fixtures
    """Text, headers and number of queries are those of what never was: neither words nor time tell."""
    clients, compared = _signed_in(cast), 0
    for number, (route, pattern) in enumerate(_about_children()):
        holders = _holders(clients, pattern)
        role = holders[number % len(holders)]
        clients[role].get(_path(pattern, "none", objects))  # what only a session's first request costs
        seen: dict[str, tuple] = {}
        for kind in EVERY:
            if kind in _reached(pattern, role):
                continue
            with CaptureQueriesContext(
                connection,
            ) as asked:
                answer = clients[role].get(_path(pattern, kind, objects))
            seen[kind] = (answer.status_code, len(asked), tuple(answer.headers), len(_told(answer)))
        compared += len(seen) - 1
        assert len(set(seen.values())) <= 1, f"{role} {route}: {seen}"
    assert compared > 100


def test_forged_headers_of_htmx_give_nothing_more(cast, objects, standing):  # noqa: F811 - fixtures
    clients = _signed_in(cast)
    for number, (route, pattern) in enumerate(CLOSED):
        roles = _holders(clients, pattern)
        role = roles[number % len(roles)]
        path = _path(pattern, "own", objects)
        plain = clients[role].get(path)
        forged = clients[role].get(path, headers=FORGED_TARGET)
        assert forged.status_code < 500, f"{role} {route}"
        assert _named(forged) <= _named(plain), f"{role} {route}"
        for where in ("Location", "HX-Redirect", "HX-Location", "HX-Push-Url"):
            led = forged.headers.get(where, "/")
            assert re.match(r"/(?![/\\])", led), f"{role} {route}: {where} {led}"


def _polluted(cast, objects) -> Iterator[str]:  # noqa: F811 - fixtures
    """Yield queries in which a page is asked for one's own and another's at once, in both orders."""
    own, other = cast.unit["berga"].pk, cast.unit["lunda"].pk
    refs = objects["ref"]
    for first, second in ((own, other), (other, own), (own, cast.unit["fria"].pk)):
        yield f"?enhet={first}&enhet={second}&unit={first}&unit={second}"
    yield f"?enhet[]={other}&enhet={own}&enhet%00={other}&child={refs['elsewhere']}&ref={refs['stranger']}"
    yield f"?namn=Alma&namn=Nora&elev={refs['elsewhere']}&sida=1&sida=2&page=1&page=-1"
    yield "?sort=given_name&order=-protection&ordering=child__family_name&o=1.-2&q=' or 1=1 --"


def test_parameters_twice_or_of_anothers_show_nothing_more(cast, objects, standing):  # noqa: F811 - fixtures
    clients = _signed_in(cast)
    for role in ("mentor", "principal", "school_administrator", "guardian"):
        for route, pattern in CLOSED:
            if pattern.pattern.converters or role not in _holders(clients, pattern):
                continue
            for query in _polluted(cast, objects):
                answer = clients[role].get(f"/{route}{query}")
                assert answer.status_code < 500, f"{role} {route}{query}"
                beyond = _named(answer) & {"elsewhere", "stranger"}
                assert not beyond, f"{role} {route}{query} visar {beyond}"


def _subclasses(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from _subclasses(one)


def test_no_form_has_a_field_that_nobody_types():
    """Beside its fields nothing is read: see the test of what is sent beside them."""
    ours = [one for one in _subclasses(forms.BaseForm) if one.__module__.startswith("samhandla.")]
    assert len(ours) > 30
    for one in ours:
        typed = set(getattr(one, "base_fields", {})) & NEVER_TYPED
        assert not typed, f"{one.__module__}.{one.__name__}: {typed}"


def _foreign(cast) -> list[object]:
    """Return what is stored of children whom nobody at Bergaskolan may touch, and which duties there are."""
    far, told = [cast.child[name].pk for name in ("nora", "elin")], []
    for by in map(cast.service, ("board", "independent")):
        with acting_as(by):
            told.append(list(Child.objects.filter(pk__in=far).order_by("pk").values()))
            told.append(list(Enrolment.objects.filter(child__in=far).order_by("pk").values()))
            told.append(list(Duty.objects.order_by("pk").values("staff", "unit", "role", "valid_to")))
    return told


def test_what_is_sent_beside_a_forms_fields_is_never_stored(cast, objects, standing):  # noqa: F811 - fixtures
    """Each form of each role gets fields that nobody types, pointing at children and powers out of reach."""
    clients = _signed_in(cast)
    before, nora = _foreign(cast), cast.child["nora"]
    forged = dict.fromkeys(NEVER_TYPED, "1") | {
        "child": nora.pk, "child_id": nora.pk, "ref": str(nora.ref), "unit": cast.unit["lunda"].pk,
        "id": nora.pk, "pk": nora.pk, "role": "principal", "protection": "none", "given_name": "Kapad",
        "text": "Kapad", "kind": "own", "domain": "school", "name": "Kapad",
    }  # fmt: skip
    for number, (route, pattern) in enumerate(CLOSED):
        roles = _holders(clients, pattern)
        role = roles[number % len(roles)]
        answer = clients[role].post(_path(pattern, "own", objects), forged)
        assert answer.status_code < 500, f"{role} {route}"
    assert _foreign(cast) == before


def test_another_childs_row_by_way_of_ones_own_child_is_not_there(cast, objects, standing):  # noqa: F811
    """The reference in the path is a child within reach; the number is of another's row."""
    clients, omar, tried = _signed_in(cast), cast.child["omar"].ref, 0
    for route, pattern in _about_children():
        names = set(pattern.pattern.converters) - {"ref", "receiver_id"}  # a receiver is no child's
        if "ref" not in pattern.pattern.converters or not names:
            continue
        values = {name: objects.get(name, {}).get("own") for name in names}
        if None in values.values():
            continue
        for role in set(_holders(clients, pattern)) & {"principal", "counsellor", "guardian"}:
            for method in ("get", "post"):
                path = reverse(pattern.name, kwargs={"ref": omar, **values})
                status = getattr(clients[role], method)(path, {"answer": "yes"}).status_code
                assert status in (404, 405), f"{role} {method} {route}: {status}"
                tried += 1
    assert tried >= 4


@pytest.mark.parametrize("role", ["mentor", "school_nurse", "guardian", "school_administrator"])
def test_what_happens_out_of_reach_changes_no_figure(cast, role):
    """A pupil more at another school, with a signal, moves no number on any page."""
    client = _signed_in(cast)[role]
    routes = [
        f"/{route}"
        for route, p in CLOSED
        if not p.pattern.converters and p.callback.permission in ROLES[role].permissions
    ]
    before = {route: _told(client.get(route)) for route in routes}
    by = cast.service()
    cast._children("board", "lunda", "8C", "ytterligare")
    for name in ("nora", "ytterligare"):
        more = [found(cast.child[name])]
        take_in(by=by, found=more, as_of=today(), data_to=today(), started=timezone.now())
    assert {route for route in routes if before[route] != _told(client.get(route))} == set()


HOSTILE = "{{ 7*7 }}{% now 'Y' %}<script>alert(1)</script><img src=x onerror=y>'; drop table people_child; --"


def test_what_somebody_wrote_is_shown_and_never_run(cast, client):
    write_emi_note(by=cast.viewer("nurse"), child=cast.child["alma"], kind="request", text=HOSTILE)
    text = cast.login(client, "nurse").get(reverse("emi-child", args=[cast.child["alma"].ref])).text
    assert escape(HOSTILE) in text
    assert "<script>alert" not in text


def test_no_template_is_made_of_text_and_nothing_is_let_past_the_escaping():
    """Help texts are the house's own sentences; nothing else is marked as safe."""
    told = [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html")]
    loose = re.compile(r"from_string|\bTemplate\(|mark_safe|autoescape off|(?<!help_text)\|safe\b")
    assert [path.name for path in told if loose.search(path.read_text("utf-8"))] == []
