"""Paging, log-in, fall-backs and look-ups against our own server."""

from __future__ import annotations

import pytest
from tests.integrations.ss12000.rows import PUPILS, small_resources

from samhandla.integrations.ss12000.answers import Envelope
from samhandla.integrations.ss12000.client import Client, PageGuard
from samhandla.integrations.ss12000.errors import (
    BadSettings,
    CredentialsRefused,
    EndlessPages,
    RequestRefused,
    TooBusy,
)
from samhandla.integrations.ss12000.fake import TOKEN_PATH, FakeServer, FakeSource, Login
from samhandla.integrations.ss12000.resources import RESOURCES
from samhandla.integrations.ss12000.settings import BearerToken, ClientCredentials, Settings

WINDOW = {
    "startTime.onOrAfter": "2025-09-01T00:00:00+02:00",
    "startTime.onOrBefore": "2025-09-05T00:00:00+02:00",
}


def ids_of(client: Client, name: str, params=None) -> list[str]:
    return [row["id"] for page in client.pages(name, params) for row in page.rows()]


def test_reads_all_pages_once(fake, client_for):
    client = client_for(fake.base_url)
    assert sorted(ids_of(client, "persons")) == sorted(row["id"] for row in small_resources()["persons"])
    assert fake.counts["/v2/persons"] == 4


def test_goes_on_from_a_token(fake, client_for):
    client = client_for(fake.base_url)
    first = next(client.pages("persons"))
    rest = [row["id"] for page in client.pages("persons", token=first.next_token) for row in page.rows()]
    assert len(rest) == 5
    assert not set(rest) & {row["id"] for row in first.rows()}


def test_sends_required_params_with_the_token(fake, client_for):
    assert len(ids_of(client_for(fake.base_url), "calendarEvents", WINDOW)) == 3
    second = next(query for _, query in fake.queries if "pageToken" in query)
    assert set(second) == {"pageToken", "limit", "startTime.onOrAfter", "startTime.onOrBefore"}


def test_falls_back_to_the_token_alone(fake, client_for):
    fake.faults.no_mixing = True
    client = client_for(fake.base_url)
    assert len(ids_of(client, "calendarEvents", WINDOW)) == 3
    assert client.deviations["params_refused"] == 1


def test_says_so_when_required_params_are_missing(fake, client_for):
    with pytest.raises(RequestRefused, match="lektioner"):
        ids_of(client_for(fake.base_url), "calendarEvents")


def test_filters_are_not_sent_with_the_token(fake, client_for):
    ids_of(client_for(fake.base_url), "persons", {"meta.modified.after": "2020-01-01T00:00:00+00:00"})
    assert all(set(query) == {"pageToken", "limit"} for _, query in fake.queries if "pageToken" in query)


@pytest.mark.parametrize("basic", [False, True])
def test_logs_in_with_client_credentials(fake, client_for, basic):
    credentials = ClientCredentials(fake.token_url, "samhandla", "hemlig", basic=basic)
    assert len(ids_of(client_for(fake.base_url, credentials=credentials), "persons")) == 7
    assert fake.counts[TOKEN_PATH] == 1


def test_logs_in_again_when_the_token_is_revoked(fake, client_for):
    client = client_for(fake.base_url, credentials=ClientCredentials(fake.token_url, "samhandla", "hemlig"))
    pages = client.pages("persons")
    next(pages)
    fake.revoke()
    assert sum(len(page.rows()) for page in pages) == 5
    assert fake.counts[TOKEN_PATH] == 2


def test_logs_in_again_before_the_token_ends(client_for):
    with FakeServer(FakeSource(small_resources()), login=Login(lifetime=0.2)) as server:
        client = client_for(
            server.base_url, credentials=ClientCredentials(server.token_url, "samhandla", "hemlig")
        )
        assert len(ids_of(client, "organisations")) == 2


@pytest.mark.parametrize(
    "credentials", [BearerToken("fel"), ClientCredentials("https://x.example", "samhandla", "fel"), None]
)
def test_refused_credentials_say_what_to_do(fake, client_for, credentials):
    if isinstance(credentials, ClientCredentials):
        credentials = ClientCredentials(fake.token_url, "samhandla", "fel")
    with pytest.raises(CredentialsRefused, match="Kontrollera") as refused:
        ids_of(client_for(fake.base_url, credentials=credentials), "persons")
    assert "fel'" not in str(refused.value)


def test_looks_up_in_halves(fake, client_for):
    fake.faults.largest_lookup = 2
    client = client_for(fake.base_url)
    found = [row["id"] for page in client.lookup("persons", [*PUPILS, "okänd"]) for row in page.rows()]
    assert sorted(found) == sorted(PUPILS)
    assert client.deviations["lookup_halved"] >= 2


def test_a_single_id_that_is_too_many_is_an_error(fake, client_for, waits):
    fake.faults.largest_lookup = 0
    with pytest.raises(TooBusy):
        list(client_for(fake.base_url).lookup("persons", PUPILS[:1]))
    assert len(waits) == 2


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("ftp://skola.example", "https://"),
        ("skola.example/v2", "https://"),
        ("http://skola.example/v2", "okrypterad"),
        ("https://a:b@skola.example/v2", "lösenord"),
        ("https://skola.example/v2?token=1", r"\?"),
        ("https://[skola/v2", "webbadress"),
    ],
)
def test_bad_addresses_are_refused(address, words):
    with pytest.raises(BadSettings, match=words):
        Client(Settings(address))


def test_plain_http_can_be_allowed():
    assert Settings("http://skola.example/v2", allow_plain_http=True).checked().base_url


@pytest.mark.parametrize(("field", "value"), [("limit", 0), ("tries", 0), ("timeout", 0.0)])
def test_bad_numbers_are_refused(field, value):
    with pytest.raises(BadSettings):
        Settings("https://skola.example", **{field: value}).checked()


def test_secrets_are_not_shown():
    shown = repr(
        Settings("https://x.example", credentials=ClientCredentials("https://x.example/t", "id", "hemligt"))
    )
    assert "hemligt" not in shown
    assert "abc" not in repr(BearerToken("abc"))


def test_guard_lets_a_repeated_token_with_new_rows_pass():
    guard = PageGuard(RESOURCES["persons"], 10)
    assert guard.goes_on(Envelope(b"[1]", "samma", "data"), None)
    assert guard.goes_on(Envelope(b"[2]", "samma", "data"), "samma")
    assert not guard.goes_on(Envelope(b"[]", "samma", "data"), "samma")


def test_guard_stops_pages_without_end():
    guard = PageGuard(RESOURCES["persons"], 10)
    for number in range(10):
        assert guard.goes_on(Envelope(b"[%d]" % number, f"{number}", "data"), None)
    with pytest.raises(EndlessPages, match="personer"):
        guard.goes_on(Envelope(b"[11]", "11", "data"), None)


def test_guard_stops_empty_pages_without_end():
    guard = PageGuard(RESOURCES["persons"], 1000)
    for number in range(100):
        assert guard.goes_on(Envelope(b"[]", f"{number}", "data"), None)
    with pytest.raises(EndlessPages):
        guard.goes_on(Envelope(b"[]", "101", "data"), None)
