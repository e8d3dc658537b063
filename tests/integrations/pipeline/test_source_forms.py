"""A new source asks first what kind it is, and then only what that kind needs."""

from __future__ import annotations

import pytest

from samhandla.integrations.actions import sources
from samhandla.integrations.models import Source
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
NEW = "/import/ny/"
FETCHED = ("base_url", "token", "client_secret", "huvudman")


@pytest.fixture
def admin(client, cast, lake):
    return cast.login(client, "data_administrator")


def stored(cast) -> Source:
    with acting_as(cast.service()):
        return Source.objects.latest("pk")


def names(page) -> set[str]:
    return set(page.context["form"].fields)


def test_the_kind_is_asked_first(admin):
    page = admin.get(NEW)
    assert "?slag=ss12000" in page.text
    assert "?slag=file" in page.text
    assert "<input" not in page.text.split("<main")[1].split("</main>")[0]
    assert admin.get(f"{NEW}?slag=annat").text.count("?slag=file") == 1
    assert admin.post(NEW, {"name": "X"}).status_code == 422


def test_a_file_is_not_asked_for_an_address(admin, cast):
    page = admin.get(f"{NEW}?slag=file")
    assert names(page) == {"name", "protection", "register_source"}
    assert "(frivilligt)" not in page.text
    assert admin.post(NEW, {"kind": "file", "name": "Filer", "protection": "skip"}).status_code == 303
    assert (stored(cast).kind, stored(cast).settings) == ("file", {})


def test_a_fetched_source_is_not_told_to_keep_what_it_has_not(admin):
    page = admin.get(f"{NEW}?slag=ss12000")
    assert set(FETCHED) <= names(page)
    assert "register_source" not in names(page)
    assert "behålla" not in page.text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"login": "token"}, "Skriv den färdiga behörigheten"),
        ({"login": "client", "client_id": "k"}, "Skriv klienthemligheten."),
        ({"login": "client", "client_secret": "h", "client_id": "k"}, "Skriv adressen för inloggning."),
        ({"login": "client", "token_url": "https://x.se", "client_secret": "h"}, "Skriv klient-id."),
        ({"login": "none", "base_url": ""}, "Skriv källans adress."),
    ],
)
def test_what_the_chosen_login_needs_is_asked_for(admin, sent, words):
    data = {"kind": "ss12000", "name": "R", "protection": "skip", "base_url": "https://exempel.se/v2.0"}
    answer = admin.post(NEW, {**data, **sent})
    assert answer.status_code == 422
    assert words in answer.text


def test_a_secret_is_kept_changed_and_forgotten(admin, cast):
    data = {"kind": "ss12000", "name": "R", "protection": "skip", "base_url": "https://exempel.se/v2.0"}
    client = {"login": "client", "token_url": "https://exempel.se/t", "client_id": "k", "client_secret": "h"}
    assert admin.post(NEW, {**data, **client}).status_code == 303
    source = stored(cast)
    path = f"/import/kalla/{source.pk}/andra/"
    assert "Lämna tomt för att behålla" in admin.get(path).text
    before = bytes(source.sealed_credentials)
    assert admin.post(path, {**data, **client, "client_secret": ""}).status_code == 303
    assert bytes(stored(cast).sealed_credentials) == before
    assert admin.post(path, {**data, "login": "token"}).status_code == 422
    assert admin.post(path, {**data, "login": "token", "token": "ny"}).status_code == 303
    assert (bytes(stored(cast).sealed_credentials) != before, stored(cast).settings["client_id"]) == (
        True,
        "",
    )
    assert admin.post(path, {**data, "login": "none"}).status_code == 303
    assert stored(cast).sealed_credentials is None


def test_what_is_not_asked_about_is_kept(admin, cast):
    kept = {"inbox": True, "units": {"A": "B"}}
    source = sources.save_source(by=cast.service(), name="F", kind="file", settings=kept)
    assert (
        admin.post(f"/import/kalla/{source.pk}/andra/", {"name": "G", "protection": "skip"}).status_code
        == 303
    )
    assert (stored(cast).name, stored(cast).settings, stored(cast).kind) == ("G", kept, "file")


def test_the_scope_of_a_run_is_not_called_voluntary(admin, cast):
    source = sources.save_source(
        by=cast.service(), name="R", kind="ss12000", settings={"base_url": "https://exempel.se/v2"}
    )
    page = admin.get(f"/import/kalla/{source.pk}/").text
    assert "Vad importen gäller" in page
    assert "(frivilligt)" not in page


def test_empty_files_are_offered_and_an_unknown_one_is_not_found(admin, cast):
    source = sources.save_source(by=cast.service(), name="F", kind="file")
    page = admin.get(f"/import/kalla/{source.pk}/fil/").text
    assert "/import/mall/elever.csv" in page
    assert "/import/mall/skola24_elever.csv" not in page
    answer = admin.get("/import/mall/elever.csv")
    assert answer.content.decode("utf-8-sig").startswith("id;personnummer;förnamn;efternamn")
    assert 'filename="elever.csv"' in answer["Content-Disposition"]
    assert admin.get("/import/mall/hemlig.csv").status_code == 404
