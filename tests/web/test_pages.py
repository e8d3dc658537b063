"""Start page, error pages and the open pages."""

from __future__ import annotations

import pytest
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, reverse

from samhandla.people.queries import children_for
from samhandla.project import urls as project_urls
from samhandla.trust.gate import page
from samhandla.trust.permissions import Permission
from samhandla.web import start
from samhandla.web.start import AlreadyRegistered, Entry, entries_for, menu_for, register

pytestmark = pytest.mark.django_db


def missing(request):
    assert children_for(request.viewer).count() == 3
    raise Http404


def broken(request):
    raise RuntimeError


urlpatterns = [
    page("forbidden/", missing, name="forbidden", permission=Permission.IMPORT_RUN),
    page("missing/", missing, name="missing", permission=Permission.START),
    page("broken/", broken, name="broken", permission=Permission.START),
    path("takes/", lambda request: HttpResponse(request.POST.get("x")), name="takes"),
    *project_urls.urlpatterns,
]
handler400 = project_urls.handler400
handler403 = project_urls.handler403
handler404 = project_urls.handler404
handler500 = project_urls.handler500


@pytest.fixture
def entries(monkeypatch):
    monkeypatch.setattr(start, "_entries", {})
    register(Entry("about", "Om", "Läs.", Permission.START, order=50))
    register(
        Entry(
            "accessibility", "Listan", "Svara.", Permission.SIGNAL_LIST, order=10, note=lambda v: "3 väntar"
        )
    )
    register(Entry("health", "Import", "Läs in.", Permission.IMPORT_RUN, order=10))
    register(Entry("robots", "Gömd", "Bara här.", Permission.START, order=60, in_menu=False))


@pytest.mark.parametrize("address", ["/om/", "/tillganglighet/", "/logga-in/", "/komponenter/", "/tema.css"])
def test_open_pages_work_for_anybody(client, address):
    assert client.get(address).status_code == 200
    assert client.post(address).status_code in (200, 405)


def test_about_says_that_it_is_profiling_and_no_journal(client):
    text = client.get("/om/").content.decode()
    assert "profilering" in text
    assert "ingen patientjournal" in text
    assert "ingen personakt" in text


def test_health_and_robots(client):
    assert client.get("/halsa").json() == {"status": "ok"}
    assert "Disallow: /" in client.get("/robots.txt").content.decode()


def test_contact_is_shown_when_there_is_one(client, settings):
    settings.SAMHANDLA_CONTACT = "hjalp@exempel.se"
    assert "mailto:hjalp@exempel.se" in client.get("/tillganglighet/").content.decode()


def test_start_requires_login(client):
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/logga-in/?next=/")


def test_start_leads_each_role_to_its_page(client, cast, entries):
    cast.login(client, "mentor_7b")
    text = client.get("/").content.decode()
    assert text.index("tile--first") < text.index("Listan</a></h2>") < text.index("Om</a></h2>")
    assert "3 väntar" in text
    assert "Import</a>" not in text


def test_a_menu_marks_the_present_page_and_when_long_keeps_to_the_daily_ones(cast, entries, monkeypatch):
    def menu():
        rows = menu_for(cast.viewer("mentor_7b"), RequestFactory().get("/om/mer/"))
        return [(item["title"], item["current"]) for item in rows]

    assert menu() == [("Listan", False), ("Om", True), ("Gömd", False)]
    monkeypatch.setattr(start, "SHORT_MENU", 2)
    assert menu() == [("Listan", False), ("Om", True)]


def test_entries_follow_permission_and_order(cast, entries):
    assert [e.title for e in entries_for(cast.viewer("data_administrator"))] == ["Import", "Om", "Gömd"]


def test_two_entries_for_one_page_are_refused(entries):
    with pytest.raises(AlreadyRegistered):
        register(Entry("about", "Annat", "", Permission.START, order=1))


def test_role_without_pages_gets_an_empty_state(client, cast, monkeypatch):
    monkeypatch.setattr(start, "_entries", {})
    cast.login(client, "nurse")
    assert "ännu ingen egen sida" in client.get("/").content.decode()


@pytest.mark.urls(__name__)
def test_missing_and_forbidden_look_alike(client, cast):
    cast.login(client, "mentor_7b")
    answers = [client.get(f"/{name}/") for name in ("missing", "forbidden", "finns-inte")]
    assert [a.status_code for a in answers] == [404, 404, 404]
    assert len({a.content for a in answers}) == 1


@pytest.mark.urls(__name__)
def test_a_fault_shows_a_plain_page_and_no_detail(cast):
    client = cast.login(Client(raise_request_exception=False), "mentor_7b")
    answer = client.get("/broken/")
    assert answer.status_code == 500
    assert "Något gick fel hos oss" in answer.content.decode()
    assert "RuntimeError" not in answer.content.decode()


@pytest.mark.urls(__name__)
def test_too_large_and_unreadable_are_told_apart(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    large = client.post("/takes/", {"x": "y" * 100})
    assert (large.status_code, "för stort" in large.content.decode()) == (413, True)
    bad = client.get("/om/", headers={"host": "fel.example"})
    assert (bad.status_code, "gick inte att läsa" in bad.content.decode()) == (400, True)


def test_old_page_is_explained(cast):
    client = cast.login(Client(enforce_csrf_checks=True), "mentor_7b")
    answer = client.post("/logga-ut/")
    assert answer.status_code == 403
    assert "kopiera det du skrivit" in answer.content.decode()


def test_pages_carry_a_strict_policy_and_no_inline_style(client, cast):
    cast.login(client, "mentor_7b")
    for address in ("/", "/komponenter/"):
        answer = client.get(address)
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        text = answer.content.decode()
        assert " style=" not in text
        assert "<style" not in text
        assert "<script>" not in text


def test_start_costs_few_queries(client, cast, entries, django_assert_max_num_queries):
    cast.login(client, "mentor_7b")
    client.get("/")
    with django_assert_max_num_queries(14):
        client.get("/")


@pytest.mark.django_db
def test_an_address_of_a_button_shows_a_way_back_and_not_an_empty_page(client, cast):
    cast.login(client, "principal")
    answer = client.get(reverse("talk-today", args=[999]))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Adressen visar ingen sida" in answer.text
    assert 'href="/signal/999/"' in answer.text
    assert client.put(reverse("talk-today", args=[999])).content == b""
