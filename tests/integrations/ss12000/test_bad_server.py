"""A server that does wrong: a clear message each time, nothing half done."""

from __future__ import annotations

import random
import ssl
from datetime import UTC, datetime

import httpx
import pytest

from samhandla.integrations.ss12000.client import Client
from samhandla.integrations.ss12000.errors import (
    BadAnswer,
    BadSettings,
    ConnectionFailed,
    EndlessPages,
    Forbidden,
    NotJson,
    NotOffered,
    RedirectRefused,
    ServerFailed,
    Ss12000Error,
    TimedOut,
    TooBig,
    TooBusy,
    Truncated,
    UnexpectedShape,
)
from samhandla.integrations.ss12000.retry import retry_after
from samhandla.integrations.ss12000.settings import (
    BearerToken,
    ClientCertificate,
    ClientCredentials,
    Settings,
)

NAMES = "persons"


def read(client: Client) -> list[dict]:
    return [row for page in client.pages(NAMES) for row in page.rows()]


def client_of(answer, waits=None, **settings) -> Client:
    """A client whose server is a function."""
    given = {"credentials": BearerToken("x"), "tries": 3} | settings
    sleep = [].append if waits is None else waits.append
    return Client(
        Settings("https://skola.example/v2", **given),
        transport=httpx.MockTransport(answer),
        sleep=sleep,
        chance=random.Random(1),
    )


@pytest.mark.parametrize(
    ("status", "kind", "words", "calls"),
    [
        (403, Forbidden, "inte rätt att läsa personer", 1),
        (404, NotOffered, "erbjuder inte personer", 1),
        (501, NotOffered, "fil", 1),
        (500, ServerFailed, "eget fel", 3),
        (502, ServerFailed, "eget fel", 3),
        (503, TooBusy, "Försök igen senare", 3),
        (418, ServerFailed, "418", 1),
    ],
)
def test_status_becomes_a_message(fake, client_for, status, kind, words, calls):
    fake.faults.status[NAMES] = status
    with pytest.raises(kind, match=words) as raised:
        read(client_for(fake.base_url))
    assert raised.value.status == status
    assert fake.counts["/v2/persons"] == calls


def test_passing_faults_are_waited_out(fake, client_for, waits):
    fake.faults.hiccups = 2
    assert len(read(client_for(fake.base_url))) == 7
    assert len(waits) == 2
    assert 0.5 <= waits[0] <= 1 <= waits[1] <= 2


def test_retry_after_is_kept(fake, client_for, waits):
    fake.faults.busy_every, fake.faults.retry_after = 2, "7"
    assert len(read(client_for(fake.base_url))) == 7
    assert waits == [7.0] * 3


def test_a_very_long_retry_after_is_told_instead(fake, client_for, waits):
    fake.faults.busy_every, fake.faults.retry_after = 1, "86400"
    with pytest.raises(TooBusy, match="senare"):
        read(client_for(fake.base_url))
    assert waits == []


def test_retry_after_as_a_date():
    now = datetime(2025, 9, 1, 6, 0, tzinfo=UTC)
    assert retry_after("Mon, 01 Sep 2025 06:00:30 GMT", now) == 30
    assert retry_after("Mon, 01 Sep 2025 05:00:00 GMT", now) == 0
    assert retry_after("snart", now) is None
    assert retry_after(None, now) is None


def test_html_instead_of_data(fake, client_for):
    fake.faults.html.add(NAMES)
    with pytest.raises(NotJson, match="webbsida"):
        read(client_for(fake.base_url))


@pytest.mark.parametrize("fault", ["cut", "broken_off"])
def test_half_an_answer_is_never_used(fake, client_for, fault):
    getattr(fake.faults, fault).add(NAMES)
    with pytest.raises(Truncated, match="Inget från svaret har använts"):
        read(client_for(fake.base_url))
    assert fake.counts["/v2/persons"] == 3


def test_pages_without_end_stop(fake, client_for):
    fake.faults.endless.add(NAMES)
    with pytest.raises(EndlessPages, match="inget räknas som borttaget"):
        read(client_for(fake.base_url))
    assert fake.counts["/v2/persons"] == 2


def test_a_slow_server_is_not_waited_for(fake, client_for):
    fake.faults.slow = 0.3
    with pytest.raises(TimedOut, match="i tid"):
        read(client_for(fake.base_url, timeout=0.05, tries=1))


def test_another_host_never_gets_the_token(fake, client_for):
    fake.faults.redirect_to = "http://127.0.0.2:9"
    with pytest.raises(RedirectRefused, match=r"127\.0\.0\.2"):
        read(client_for(fake.base_url))


def test_a_redirect_on_the_same_host_is_followed():
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v2/persons":
            return httpx.Response(308, headers={"Location": "/v2/persons/"})
        return httpx.Response(200, json={"data": [{"id": "1"}]})

    with client_of(answer) as client:
        assert read(client) == [{"id": "1"}]


def test_redirects_in_a_circle_stop():
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": "/v2/persons"})

    with client_of(answer) as client, pytest.raises(RedirectRefused, match="cirkel"):
        read(client)


def test_nobody_there():
    with (
        Client(Settings("http://127.0.0.1:9", tries=1)) as client,
        pytest.raises(ConnectionFailed, match="nå"),
    ):
        read(client)


def test_a_certificate_that_is_not_trusted_is_not_tried_again(waits):
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]") from ssl.SSLError()

    with client_of(answer, waits) as client, pytest.raises(ConnectionFailed, match="certifikat"):
        read(client)
    assert waits == []


def test_too_large_answers_are_not_taken(fake, client_for):
    with pytest.raises(TooBig, match="större"):
        read(client_for(fake.base_url, max_bytes=100))


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"", Truncated, "tomt"),
        (b"  \n", Truncated, "tomt"),
        (b"<?xml version='1.0'?>", NotJson, "webbsida"),
        ('{"data":[{"n":"Åsa"}]}'.encode("cp1252"), NotJson, "teckenkodning"),
        (b'{"detail":"x"}', UnexpectedShape, "SS 12000"),
        (b'{"data":[{"id":"1"}', Truncated, "trasigt"),
        (b'"text"', UnexpectedShape, "SS 12000"),
        (b'{"data":{"a":1}}', UnexpectedShape, "SS 12000"),
        (b"OK", BadAnswer, "trasigt"),
    ],
)
def test_bodies_that_cannot_be_read(body, kind, words):
    with client_of(lambda _: httpx.Response(200, content=body)) as client, pytest.raises(kind, match=words):
        read(client)


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"data":[{"id":"1"}]}',
        b'{"persons":[{"id":"1"}],"pageToken":null}',
        b'[{"id":"1"}]',
        b' {"data":[{"id":"1"}],"pageToken":""}',
        b'{"items":[{"id":"1"}],"count":1}',
    ],
)
def test_other_wrappings_are_read(body):
    with client_of(lambda _: httpx.Response(200, content=body)) as client:
        assert read(client) == [{"id": "1"}]


def test_a_declared_encoding_is_respected():
    content = '{"data":[{"id":"Åsa"}]}'.encode("latin-1")
    headers = {"Content-Type": "application/json; charset=iso-8859-1"}
    with client_of(lambda _: httpx.Response(200, content=content, headers=headers)) as client:
        assert read(client) == [{"id": "Åsa"}]


def test_no_data_is_no_rows():
    with client_of(lambda _: httpx.Response(200, json={"data": None})) as client:
        assert read(client) == []


@pytest.mark.parametrize(
    "body", [{"detail": "sidan 201301012394 saknas"}, {"title": "sidan saknas"}, ["sidan"], "x"]
)
def test_foreign_errors_are_quoted_without_numbers(body):
    with client_of(lambda _: httpx.Response(400, json=body)) as client, pytest.raises(Ss12000Error) as raised:
        read(client)
    assert ("sidan" in str(raised.value)) == ("detail" in body or "title" in body)
    assert "201301012394" not in str(raised.value)


def test_a_certificate_file_must_be_one(tmp_path):
    broken = tmp_path / "cert.pem"
    with pytest.raises(BadSettings, match="finns inte"):
        Client(Settings("https://skola.example", certificate=ClientCertificate(broken)))
    broken.write_text("inget certifikat")
    with pytest.raises(BadSettings, match="PEM"):
        Client(Settings("https://skola.example", certificate=ClientCertificate(broken)))


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, b"<html>", "token"),
        (200, b'{"token_type":"Bearer"}', "token"),
        (404, b"", "404"),
        (500, b"", "eget fel"),
    ],
)
def test_a_token_service_that_does_wrong(status, body, words):
    credentials = ClientCredentials("https://skola.example/token", "a", "b", scope="ss12000")
    answer = lambda _: httpx.Response(status, content=body)  # noqa: E731
    with client_of(answer, credentials=credentials) as client, pytest.raises(Ss12000Error, match=words):
        read(client)
