"""Reads answers: from a status to our own error, from a body to a list of rows and a page token."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec
import orjson

from samhandla.integrations.ss12000.errors import (
    CredentialsRefused,
    Forbidden,
    NotJson,
    NotOffered,
    RequestRefused,
    ServerFailed,
    Ss12000Error,
    TooBig,
    TooBusy,
    Truncated,
    UnexpectedShape,
)
from samhandla.lib.i18n import N_, say

RETRIED = (408, 429, 500, 502, 503, 504)
LONGEST_QUOTE = 160
BOM = b"\xef\xbb\xbf"
MESSAGE_KEYS = ("message", "detail", "error_description", "title", "error", "code")

_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, wholly read."""

    status: int
    body: bytes
    content_type: str = ""
    date: str | None = None
    location: str | None = None
    wait: float | None = None  # seconds, from Retry-After


@dataclass(frozen=True)
class Envelope:
    """One page as sent: the JSON of its rows, the token to the next page, and how it was wrapped."""

    data: bytes
    token: str | None
    wrapped_as: str


def error_for(answer: Answer, what: str, wait: float | None = None) -> Ss12000Error:
    """Turn a status that is not success into our own error; `what` names the resource."""
    status, said = answer.status, quote(answer.body)
    if status == 401:
        return CredentialsRefused(
            say(
                N_(
                    "Källan godtar inte inloggningen för {what}.{said} Kontrollera token eller klient-id "
                    "och hemlighet."
                ),
                what=what,
                said=said,
            ),
            status=status,
        )
    if status == 403:
        return Forbidden(
            say(
                N_("Inloggningen ger inte rätt att läsa {what}.{said} Be leverantören öppna den för er."),
                what=what,
                said=said,
            ),
            status=status,
        )
    if status in (404, 405, 410, 501):
        return NotOffered(
            say(
                N_(
                    "Källan erbjuder inte {what} (svar {status}). Importera det från en fil eller fråga "
                    "leverantören."
                ),
                what=what,
                status=status,
            ),
            status=status,
        )
    if status in (400, 422):
        return RequestRefused(
            say(
                N_(
                    "Källan godtar inte frågan om {what} (svar {status}).{said} Prova en annan period "
                    "eller sidstorlek."
                ),
                what=what,
                status=status,
                said=said,
            ),
            status=status,
        )
    return _server_error(status, what, said, wait)


def _server_error(status: int, what: str, said: str, wait: float | None) -> Ss12000Error:
    if status in (429, 503):
        return TooBusy(
            say(
                N_(
                    "Källan är överbelastad eller vill inte ha fler frågor just nu ({what}, svar "
                    "{status}). Försök igen senare; det som redan är hämtat finns kvar."
                ),
                what=what,
                status=status,
            ),
            status=status,
            again=True,
            wait=wait,
        )
    if status == 413:
        return TooBig(
            say(
                N_("Källan tycker att frågan om {what} är för stor (svar 413). Minska sidstorleken."),
                what=what,
            ),
            status=status,
        )
    return ServerFailed(
        say(
            N_(
                "Källan svarar med ett eget fel för {what} (svar {status}).{said} Försök igen "
                "senare; kontakta leverantören om det håller i sig."
            ),
            what=what,
            status=status,
            said=said,
        ),
        status=status,
        again=status in RETRIED,
        wait=wait,
    )


def quote(body: bytes) -> str:
    """Return what the server said, short and without long numbers, as a sentence; empty if nothing."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    if not isinstance(said, dict):
        return ""
    for key in MESSAGE_KEYS:
        text = said.get(key)
        if isinstance(text, str) and text.strip():
            masked = re.sub(r"\d[\d-]{5,}", "…", text.strip())
            return say(N_(" Källan säger: ”{quote}”."), quote=masked[:LONGEST_QUOTE])
    return ""


def read_envelope(answer: Answer, key: str, name: str) -> Envelope:
    """Find the rows and the page token in a successful answer.

    Suppliers wrap differently: `{"data": […]}`, `{"organisations": […]}`, or a bare list.

    Raises: Truncated, NotJson, UnexpectedShape.
    """
    body = as_utf8_json(answer, name)
    try:
        if body[:1] == b"[":
            _LIST.decode(body)
            return Envelope(body, None, "")
        parts = _OBJECT.decode(body)
    except msgspec.ValidationError as error:
        raise _shapeless(name) from error
    except msgspec.DecodeError as error:
        raise truncated(name) from error
    found = _key_of_rows(parts, key, name)
    return Envelope(bytes(parts[found]), _token(parts.get("pageToken")), found)


def as_utf8_json(answer: Answer, name: str) -> bytes:
    """Return the body as UTF-8 that may be JSON.

    Raises: Truncated when empty, NotJson for HTML, XML or a wrong encoding.
    """
    body = answer.body.removeprefix(BOM).strip()
    if not body:
        raise Truncated(
            say(N_("Källan gav ett tomt svar för {name}. Försök igen."), name=name),
            status=answer.status,
            again=True,
        )
    if body[:1] == b"<":
        raise NotJson(
            say(
                N_(
                    "Källan svarade med en webbsida i stället för data för {name}. Oftast är adressen "
                    "fel eller inloggningen sker på en webbsida. Kontrollera adressen."
                ),
                name=name,
            ),
            status=answer.status,
        )
    if body.isascii():
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return _recode(answer, body, name, error)
    return body


def _recode(answer: Answer, body: bytes, name: str, error: UnicodeDecodeError) -> bytes:
    declared = re.search(r"charset=\"?([\w-]+)", answer.content_type, re.IGNORECASE)
    if declared and declared[1].lower() in ("iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252"):
        return body.decode("cp1252", errors="replace").encode()
    raise NotJson(
        say(
            N_(
                "Svaret för {name} har fel teckenkodning (det ska vara UTF-8), så å, ä och ö skulle "
                "bli fel. Inget från svaret har använts. Kontakta leverantören."
            ),
            name=name,
        ),
        status=answer.status,
    ) from error


def rows_of(data: bytes, name: str) -> list[Any]:
    """Read the JSON of a page's rows into plain objects.

    Raises: Truncated when it is not whole, UnexpectedShape when it is not a list.
    """
    try:
        rows = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise truncated(name) from error
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise _shapeless(name)
    return rows


def truncated(name: str) -> Truncated:
    """The error for an answer that is cut off or damaged."""
    return Truncated(
        say(
            N_(
                "Svaret för {name} är avhugget eller trasigt. Inget från svaret har använts. Försök "
                "igen; kontakta leverantören om det håller i sig."
            ),
            name=name,
        ),
        again=True,
    )


def _shapeless(name: str) -> UnexpectedShape:
    return UnexpectedShape(
        say(
            N_(
                "Svaret för {name} har en form som inte följer SS 12000: listan med rader saknas. "
                "Kontrollera adressen och att leverantören stöder version 2."
            ),
            name=name,
        )
    )


def _key_of_rows(parts: dict[str, msgspec.Raw], resource: str, name: str) -> str:
    for key in ("data", resource):
        if key in parts:
            return key
    lists = [key for key, value in parts.items() if bytes(value)[:1] == b"["]
    if len(lists) == 1:
        return lists[0]
    raise _shapeless(name)


def _token(raw: msgspec.Raw | None) -> str | None:
    if raw is None:
        return None
    value = orjson.loads(bytes(raw))
    if value is None or value == "" or isinstance(value, bool | dict | list):
        return None
    return str(value)
