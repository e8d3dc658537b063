"""Every path about a child, as every role: own, another's, another school's, another authority's, none.

The paths come from the URL configuration, so that a new one cannot be forgotten: one whose parameter is not
in `ABOUT` or `NOT_ABOUT` fails here. What each role reaches stands in one table, `REACHES`.
"""

from __future__ import annotations

import uuid
from functools import cache

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import LONG_AGO
from tests.detect.conftest import found
from tests.detect.duty_officer import signed
from tests.secrecy.conftest import town  # noqa: F401 - the social board beside the school board
from tests.secrecy.test_consents import ask
from tests.sweeps.test_urls import CLOSED, OURS, _patterns
from tests.sweeps.test_urls import _path as _sample

from samhandla.detect.actions.runs import take_in
from samhandla.detect.models import Notice, Signal
from samhandla.people import actions as people
from samhandla.people import middleware
from samhandla.people.actions import withheld
from samhandla.people.models import Child
from samhandla.people.queries import today
from samhandla.records.models import Document
from samhandla.rights.actions.extracts import make_extract
from samhandla.rights.actions.requests import Wish, receive_request
from samhandla.secrecy.actions.emi import write_emi_note
from samhandla.trust.models import Actor
from samhandla.trust.permissions import Permission
from samhandla.trust.roles import ROLES
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db

# Child of the cast → what it is to somebody who works with 7B at Bergaskolan.
KINDS = {
    "alma": "own", "hugo": "beside", "nora": "elsewhere", "tove": "protected", "elin": "stranger",
}  # fmt: skip
EVERY = (*KINDS.values(), "none")
# Which children a role sees, by its reach; the one table of expected answers.
REACHES: dict[str, frozenset[str]] = {
    "group": frozenset({"own", "protected"}),
    "unit": frozenset({"own", "beside", "protected"}),
    "emi": frozenset({"own", "beside", "protected"}),
    "guardianship": frozenset({"own"}),
    "self": frozenset({"own"}),
    "none": frozenset(),
    "notice": frozenset(),
    "authority": frozenset(),
}
# Protected identity: a role that is not the principal's sees the child only when named, and here nobody is.
OPEN_TO_ALL = frozenset(KINDS.values()) - {"protected"}
# A notice has gone to the authority's own function; whoever works there reads it, and nothing else.
OF_THE_AUTHORITY = frozenset({"own", "beside", "elsewhere", "protected"})
# They read that a document is registered, and what it says only when somebody has asked for it.
KEEP_THE_REGISTER = ("registrar", "archivist")
# Parameter → the paths it stands in are about that object of a child's.
ABOUT = (
    "ref",
    "signal_id",
    "inquiry_id",
    "notice_id",
    "delivered_id",
    "waiver_id",
    "transfer_id",
    "consent_id",
    "receiver_id",
    "naming_id",
    "conflict_id",
    "note_id",
    "document_id",
    "request_id",
)
# Parameters about no child; other tests hold what they open.
NOT_ABOUT = {
    "group_id", "unit_id", "staff_id", "duty_id", "assignment_id", "substitution_id", "term_id", "break_id",
    "review_id", "opening_id", "step_id", "mentor_id", "code", "rehearsal_id", "source_id", "batch_id",
    "kind", "page_id", "goal_id", "term", "processing_id", "emergency_id", "card_id", "key", "name", "use_id",
    "item_id", "hold_id", "delegation_id",  # of the register: tests/records
    "audience",
    "run_id",
}  # fmt: skip
# They handle what is asked by right of data protection for the whole authority, and see whom it is about.
HANDLERS = {"data_protection_officer", "registrar"}
OTHER_SIGNALS = {"group-signal", "group-done"}  # of a class: tests/detect/test_principal.py
OF_NO_CHILD = "samhandla.records.views.requests"  # who asks to read documents: tests/records
NOBODYS = 999_999
OF_OPEN_PAGES = ("mentor", "principal", "data_administrator", "lawyer", "guardian")  # one of each reach


@pytest.fixture
def objects(cast, town):  # noqa: F811 - a fixture
    """Each parameter's object for each child: parameter → kind → its number or reference."""
    _protect(cast)
    made: dict[str, dict[str, object]] = {name: {} for name in ABOUT}
    for name, kind in KINDS.items():
        principal = {"nora": "principal_lunda", "elin": "principal_fria"}.get(name, "principal")
        service = cast.service("independent" if name == "elin" else "board")
        take_in(
            by=service, found=[found(cast.child[name])], as_of=today(), data_to=today(),
            started=timezone.now(),
        )  # fmt: skip
        delivered = signed(cast, name, by=principal)
        made["ref"][kind] = cast.child[name].ref
        made["document_id"][kind] = _registered(service, delivered.notice_id)
        made["delivered_id"][kind], made["notice_id"][kind] = delivered.pk, delivered.notice_id
        with acting_as(service):
            made["signal_id"][kind] = Signal.objects.get(child=cast.child[name]).pk
            made["inquiry_id"][kind] = Notice.objects.get(pk=delivered.notice_id).inquiry_id
    made["request_id"] = _requests(cast)
    made["waiver_id"]["own"] = town.ask().pk
    made["consent_id"]["own"] = ask(town).pk
    made["naming_id"]["protected"], made["conflict_id"]["beside"] = _named_and_close(cast)
    made["note_id"]["own"] = _asked_of_emi(cast)
    made["receiver_id"] = dict.fromkeys(EVERY, town.reception.pk)
    made["transfer_id"]["own"] = town.send("information_in_inquiry", weighing="utredning pågår").pk
    return made


def _named_and_close(cast) -> tuple[int, int]:
    """A colleague named for the protected child, and one who is too close to the child beside."""
    principal, mentor = cast.viewer("principal"), cast.viewer("mentor_7a")
    row = withheld.name_staff(by=principal, child=cast.child["tove"], staff_id=cast.staff["counsellor"].pk)
    with acting_as(mentor):
        close = withheld.note_conflict(by=mentor, child=cast.child["hugo"], kind="own")
    return row.pk, close.pk


def _asked_of_emi(cast) -> int:
    nurse = cast.viewer("nurse")
    return write_emi_note(by=nurse, child=cast.child["alma"], kind="request", text="Kan ni ringa?").pk


def _registered(service, notice_id: int):
    """Return the document that a notice was registered as."""
    with acting_as(service):
        return Document.objects.get(kind="notice", source_key=str(notice_id)).pk


def _requests(cast) -> dict[str, object]:
    """Let each pupil ask for an extract at its school; the officer of the board makes the board's."""
    cast._duty("board", "dpo", "data_protection_officer", "berga")
    asked: dict[str, object] = {}
    for name, kind in KINDS.items():
        principal = cast.viewer({"nora": "principal_lunda", "elin": "principal_fria"}.get(name, "principal"))
        wish = Wish("access", today(), "meeting", "card", weighing="Eleven förstår vad det gäller.")
        with acting_as(principal):
            child = Child.objects.get(pk=cast.child[name].pk)
        request = receive_request(by=principal, child=child, wish=wish, on=today())
        asked[kind] = request.pk
        if kind in OF_THE_AUTHORITY:
            make_extract(by=cast.viewer("dpo"), request_id=request.pk)
    return asked


@pytest.fixture
def standing(monkeypatch):
    """Who an account is, is asked of the database once: the register stands still here."""
    monkeypatch.setattr(middleware, "viewer_of_account", cache(middleware.viewer_of_account))


def _protect(cast):
    with acting_as(cast.service()):
        people.update_child(by=cast.service(), child=cast.child["tove"], protection="protected")


def _signed_in(cast) -> dict[str, Client]:
    """Return a client for each role: at Bergaskolan, with 7B if it goes by group; and as Alma's guardian."""
    clients = {}
    for code, role in ROLES.items():
        if code in ("guardian", "child", "service") or Permission.START not in role.permissions:
            continue
        name = f"sweep_{code}"
        if role.reach == "group" or code == "teacher":
            cast.staff[name] = cast._employ(cast.service(), name)
            people.assign_group(
                by=cast.service(), staff=cast.staff[name], group=cast.group["7B"], role=code,
                valid_from=LONG_AGO,
            )  # fmt: skip
        else:
            cast._duty("board", name, code, "berga")
        clients[code] = cast.login(Client(), name)
    return clients | {"guardian": _guardian(cast)}


def _guardian(cast) -> Client:
    by, client = cast.service(), Client()
    actor = people.open_actor(by=by, authority_id=by.authority_id, kind=Actor.Kind.GUARDIAN, name="Eva Prov")
    adult = people.register_guardian(
        by=by, given_name="Eva", family_name="Prov", protection="none", actor=actor
    )
    with acting_as(by):
        people.open_guardianship(
            by=by, child=cast.child["alma"], guardian=adult, kind="vardnadshavare", valid_from=LONG_AGO
        )
    client.force_login(people.open_account(by=None, actors=[actor], username="eva", password=None))
    return client


def _about_children():
    return [(r, p) for r, p in CLOSED if set(p.pattern.converters) & set(ABOUT) and not _of_another(p)]


def _of_another(pattern) -> bool:
    """Tell whether a path's parameters name something that is no child's."""
    return pattern.name in OTHER_SIGNALS or pattern.callback.__module__ == OF_NO_CHILD


def _path(pattern, kind: str, objects) -> str:
    """Return the path to one child's object; where there is none of the kind, one that never was."""
    values = {}
    for name, converter in pattern.pattern.converters.items():
        nothing = uuid.UUID(int=1) if type(converter).__name__ == "UUIDConverter" else NOBODYS
        values[name] = objects.get(name, {}).get(kind, nothing)
    return reverse(pattern.name, kwargs=values)


def _reached(pattern, role: str) -> frozenset[str]:
    """Return the kinds of children whose object a role with the permission meets on a path."""
    names = set(pattern.pattern.converters)
    if "delivered_id" in names:
        return OF_THE_AUTHORITY
    if "document_id" in names:
        # Finalised: its own page is where it is read.
        read = role in KEEP_THE_REGISTER and pattern.name != "document-write"
        return OF_THE_AUTHORITY if read else frozenset()
    if "request_id" in names and pattern.name.startswith("own-"):
        return frozenset()  # nothing is handed out to the guardian's page: tests/rights/test_extracts.py
    if "request_id" in names and role in HANDLERS:
        return OF_THE_AUTHORITY
    if "transfer_id" in names:
        return frozenset()  # it has gone to the social board
    if names == {"ref", "key"}:
        return frozenset()  # a scanned paper: tests/secrecy/test_consent_pages.py
    if names in ({"ref", "waiver_id"}, {"ref", "consent_id"}, {"note_id"}):
        asked = "note_id" in names or ROLES[role].reach != "emi"  # what the school has asked is the school's
        return _kinds(role) & ({"own"} if asked else frozenset())  # only Alma's family is asked
    if pattern.name == "named-child":
        return _kinds(role) & {"protected"}
    return _kinds(role)


def _kinds(role: str) -> frozenset[str]:
    """Return the kinds of children that a role sees; the protected one is the principal's alone."""
    return REACHES[ROLES[role].reach] & (frozenset(EVERY) if role == "principal" else OPEN_TO_ALL)


OPEN = [(r, p) for r, p in OURS if hasattr(p.callback, "permission") and p.callback.permission is None]


def unswept() -> list[str]:
    """Return the paths that no sweep asks: one with an undeclared parameter, or neither closed nor open."""
    declared = {*ABOUT, *NOT_ABOUT}
    asked = {route for route, p in CLOSED if set(p.pattern.converters) <= declared}
    asked |= {route for route, _ in OPEN}
    return sorted({route for route, _ in _patterns()} - asked)


def test_no_path_is_left_out():
    assert unswept() == []


def test_no_open_page_names_a_child(cast, objects):
    """Pages that need no right are about oneself and the house: no child's name stands on any of them."""
    clients = _signed_in(cast)
    for role, client in (*((code, clients[code]) for code in OF_OPEN_PAGES), ("anonymous", Client())):
        for route, pattern in OPEN:
            if pattern.name == "account_logout":
                continue
            answer = client.get(_sample(pattern, route))
            assert answer.status_code < 500, f"{role} {route}: {answer.status_code}"
            assert not _named(answer), f"{role} {route}"


def test_every_parameter_is_about_a_child_or_not():
    names = {name for _, p in CLOSED for name in p.pattern.converters}
    assert names <= {*ABOUT, *NOT_ABOUT}, "säg i ABOUT eller NOT_ABOUT vad parametern pekar på"
    assert {*ABOUT, *NOT_ABOUT} <= names, "parametern finns inte längre"


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_a_role_does_not_reach_is_not_there(cast, objects, standing, method):
    """The same answer for another's child as for none, whatever the permission; htmx gets no more.

    Each role asks each path for each child; each path and child is asked as htmx asks it too, by one role.
    """
    tried, by_htmx = 0, set()
    for role, client in _signed_in(cast).items():
        for route, pattern in _about_children():
            if pattern.callback.permission not in ROLES[role].permissions:
                continue
            for kind in EVERY:
                if kind in _reached(pattern, role):
                    continue
                for more in ({}, {"HX-Request": "true"}):
                    if more and (route, kind) in by_htmx:
                        continue
                    by_htmx |= {(route, kind)} if more else set()
                    answer = getattr(client, method)(_path(pattern, kind, objects), headers=more)
                    assert answer.status_code in (404, 405), (
                        f"{role} {method} {route} {kind}: {answer.status_code}"
                    )
                    assert not _named(answer), f"{role} {route} {kind}"
                    tried += 1
    assert tried > 500


def test_what_a_role_reaches_is_there(cast, objects, standing):
    met: dict[str, set[str]] = {}
    for role, client in _signed_in(cast).items():
        for route, pattern in _about_children():
            if pattern.callback.permission not in ROLES[role].permissions:
                continue
            for kind in _reached(pattern, role):
                answer = client.get(_path(pattern, kind, objects))
                assert answer.status_code in (200, 302, 303, 405), (
                    f"{role} {route} {kind}: {answer.status_code}"
                )
                met.setdefault(route, set()).add(kind)
                others = _named(answer) - {kind}
                assert not others, f"{role} {route} {kind} visar också {others}"
    assert {"own", "beside", "protected"} <= met["elev/<uuid:ref>/"]


def test_no_page_without_parameter_names_a_child_out_of_reach(cast, objects, standing):
    for role, client in _signed_in(cast).items():
        for route, pattern in CLOSED:
            if pattern.pattern.converters or pattern.callback.permission not in ROLES[role].permissions:
                continue
            answer = client.get(f"/{route}")
            assert answer.status_code in (200, 302, 303, 405), f"{role} {route}: {answer.status_code}"
            reached = _reached(pattern, role)
            if route.startswith("anmalningar") or (route == "rattigheter/" and role in HANDLERS):
                reached = OF_THE_AUTHORITY
            beyond = _named(answer) - (reached - {"protected"})
            assert not beyond, f"{role} {route} visar {beyond}"


def _named(answer) -> set[str]:
    """Return the kinds of the children whose names are in an answer; a Word file's text lies packed in it."""
    text = answer.content.decode("utf-8", "replace")
    return {kind for name, kind in KINDS.items() if f"{name.capitalize()} Prov" in text}
