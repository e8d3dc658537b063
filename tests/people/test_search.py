"""The search for a pupil: what one sees anyway, nothing about the others, and not without end."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from samhandla.people import actions as people
from samhandla.people.limits import MOST_SEARCHES
from samhandla.people.queries.names import MOST_FOUND
from samhandla.trust.models import ReadEntry
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh():
    cache.clear()


def _found(cast, client, who, text):
    answer = cast.login(client, who).get(reverse("search"), {"namn": text})
    assert answer.status_code == 200
    return {name for name in cast.child if f"{name.capitalize()} Prov" in answer.content.decode()}


@pytest.mark.parametrize(
    ("who", "text", "names"),
    [
        ("mentor_7b", "Al", {"alma"}),
        ("mentor_7b", "prov", {"alma", "omar", "tove"}),
        ("mentor_7b", "lma", set()),
        ("mentor_7b", "Hugo", set()),
        ("mentor_7b", "Elin", set()),
        ("mentor_7b", "", set()),
        ("principal", "prov", {"alma", "omar", "tove", "hugo"}),
        ("principal", "Nora", set()),
        ("principal_fria", "prov", {"elin"}),
    ],
)
def test_everybody_finds_the_own(cast, client, who, text, names):
    assert _found(cast, client, who, text) == names


def test_a_search_is_logged_with_whom_it_showed_and_not_what_was_written(cast, client):
    by = cast.viewer("mentor_7b")
    _found(cast, client, "mentor_7b", "Alma")
    with acting_as(by):
        entry = ReadEntry.objects.filter(page="search").latest("at")
    assert entry.children == [cast.child["alma"].pk]


def test_a_protected_pupil_is_never_found_by_name(cast, client):
    with acting_as(cast.service()):
        people.update_child(by=cast.service(), child=cast.child["tove"], protection="protected")
    for who in ("mentor_7b", "principal", "administrator"):
        assert "tove" not in _found(cast, client, who, "Tove")


def test_a_miss_is_told_alike_whether_somebody_else_has_the_name_or_nobody(cast, client):
    cast.login(client, "mentor_7b")
    pages = []
    for text in ("Hugo", "Elin", "Qqqq"):
        page = client.get(reverse("search"), {"namn": text}).content.decode()
        pages.append(re.sub(r'value="\w{64}"', "", page.replace(text, "…")))
    assert pages[0] == pages[1] == pages[2]


def test_who_sees_no_children_has_no_search(cast, client):
    assert cast.login(client, "controller").get(reverse("search")).status_code == 404


def test_there_is_an_end_to_searching_by_name_and_by_number(cast, client):
    cast.login(client, "administrator")
    for _ in range(MOST_SEARCHES):
        assert client.get(reverse("search"), {"namn": "A"}).status_code == 200
    answer = client.get(reverse("search"), {"namn": "Alma"})
    assert answer.status_code == 429
    assert "Alma Prov" not in answer.content.decode()
    refused = client.post(reverse("register-find-number"), {"number": "20130502-2399"})
    assert "Vänta tio minuter" in refused.content.decode()
    assert client.get(reverse("search")).status_code == 200


def test_garbage_finds_nothing(cast, client):
    for text in ("%", "' or 1=1 --", "\x00", "å" * 5000, "{{ 7*7 }}", "_"):
        assert _found(cast, client, "mentor_7b", text) == set()


def test_the_search_stays_flat(cast, client, django_assert_max_num_queries):
    for number in range(MOST_FOUND + 5):
        cast._children("board", "berga", "7B", f"mangd{number}")
    cast.login(client, "mentor_7b")
    with django_assert_max_num_queries(30):
        text = client.get(reverse("search"), {"namn": "mangd"}).content.decode()
    assert text.count('<li class="card">') == MOST_FOUND
    assert "Skriv mer av namnet" in text
