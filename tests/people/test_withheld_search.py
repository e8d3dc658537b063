"""From whom a child is withheld finds nothing of it by searching, and nothing of what was changed."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from samhandla.people import actions
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
# Who works with the child, and the pages on which that person searches by name.
SEARCHES = {
    "deputy": ("search", "register-children"),
    "counsellor": ("search",),
    "mentor_7b": ("search",),
    "administrator": ("search", "register-children"),
    "nurse": ("emi",),
}
ABOUT = ("child-changes", "pupil", "who-sees", "who-has-read", "register-child", "emi-child")


@pytest.fixture(autouse=True)
def school(cast):
    cache.clear()
    cast._duty("board", "deputy", "deputy_principal", "berga")
    actions.set_adapted(by=cast.viewer("principal"), child=cast.child["alma"], adapted=True)
    return cast


def _protected(cast, guardian_of, who):
    by = cast.service()
    with acting_as(by):
        actions.update_child(by=by, child=cast.child["alma"], protection="protected")


def _of_a_marked_family(cast, guardian_of, who):
    guardian_of("alma", protection="marked")


def _too_close(cast, guardian_of, who):
    by, adult, staff = cast.service(), guardian_of("alma"), cast.staff[who]
    with acting_as(by):
        type(adult).objects.filter(pk=adult.pk).update(email="kim.prov@example.org")
        type(staff).objects.filter(pk=staff.pk).update(email="kim.prov@example.org")
        actions.derive_access(by.authority_id)


def _page(client, name, text) -> str:
    answer = client.get(reverse(name), {"namn": text})
    assert answer.status_code == 200
    return re.sub(r'value="\w{64}"', "", answer.content.decode().replace(text, "…"))


@pytest.mark.parametrize("who", SEARCHES)
def test_before_anything_is_withheld_the_child_is_found(cast, client, who):
    cast.login(client, who)
    for name in SEARCHES[who]:
        assert "… Prov" in _page(client, name, "Alma"), name
    if who == "deputy":
        text = client.get(reverse("child-changes", args=[cast.child["alma"].ref])).content.decode()
        assert "Anpassad studiegång" in text


@pytest.mark.parametrize("why", [_protected, _of_a_marked_family, _too_close])
@pytest.mark.parametrize("who", SEARCHES)
def test_the_child_is_as_one_that_never_was(cast, client, guardian_of, who, why):
    why(cast, guardian_of, who)
    cast.login(client, who)
    for name in SEARCHES[who]:
        assert _page(client, name, "Alma") == _page(client, name, "Qqqq"), name
        assert str(cast.child["alma"].ref) not in _page(client, name, "Prov"), name
    for name in ABOUT:
        told = [
            client.get(reverse(name, args=[ref]))
            for ref in (cast.child["alma"].ref, "00000000-0000-0000-0000-000000000001")
        ]
        assert [answer.status_code for answer in told] == [404, 404], name
        assert len({re.sub(r'value="\w{64}"', "", answer.text) for answer in told}) == 1, name


@pytest.mark.parametrize("why", [_protected, _of_a_marked_family])
def test_the_principal_reads_what_was_changed_and_finds_no_name(cast, client, guardian_of, why):
    why(cast, guardian_of, "principal")
    cast.login(client, "principal")
    answer = client.get(reverse("child-changes", args=[cast.child["alma"].ref]))
    assert answer.status_code in (200, 302)
    assert "… Prov" not in _page(client, "search", "Alma")


@pytest.mark.parametrize(
    ("who", "name"), [("nurse", "emi"), ("deputy", "register-children"), ("deputy", "search")]
)
def test_hostile_words_find_nobody_and_break_nothing(cast, client, who, name):
    """SQL, wildcards, templates and signs that no text in the database can hold."""
    cast.login(client, who)
    for text in ("' or 1=1 --", "%", "_", "\x00", "x\x00y", "{{ 7*7 }}", "{% now 'Y' %}", "\\", "a" * 9000):
        answer = client.get(reverse(name), {"namn": text})
        assert answer.status_code == 200, text
        assert "49" not in answer.context["text"]
        if text.strip("\x00") and name != "register-children":
            assert "Alma Prov" not in answer.text, text
