"""The SS 12000 client: lists page by page, and look-ups by id."""

from __future__ import annotations

import hashlib
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec

from samhandla.integrations.ss12000.answers import Answer, Envelope, read_envelope, rows_of
from samhandla.integrations.ss12000.connection import Connection, Params, Request
from samhandla.integrations.ss12000.errors import EndlessPages, RequestRefused, TooBig, TooBusy
from samhandla.integrations.ss12000.resources import RESOURCES, Resource, Window
from samhandla.integrations.ss12000.settings import Settings
from samhandla.lib.i18n import N_, say

LOOKUP_CHUNK = 100
MAX_EMPTY_PAGES = 100
TOO_MANY_IDS = (503,)
_RAW_ROWS = msgspec.json.Decoder(list[msgspec.Raw])
EMPTY = (b"[]", b"null", b"{}")


@dataclass(frozen=True)
class Page:
    """One page of a resource: `data` is the JSON of its rows, as sent."""

    resource: str
    number: int
    data: bytes
    next_token: str | None = None

    def rows(self) -> list[Any]:
        """Read the rows into plain objects. Raises: Truncated, UnexpectedShape."""
        return rows_of(self.data, RESOURCES[self.resource].swedish)

    def count(self) -> int:
        """Count the rows without reading them; 0 for an object, as deletedEntities has."""
        return len(_RAW_ROWS.decode(self.data)) if self.data[:1] == b"[" else 0


class Client:
    """Reads one source. One request at a time; close it, or use it in a with statement.

    `deviations` counts, by code, how the server departs from the standard.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        chance: random.Random | None = None,
    ) -> None:
        self.settings = settings
        self.deviations: Counter[str] = Counter()
        self.connection = Connection(settings, transport=transport, sleep=sleep, chance=chance)
        self._base = settings.base_url.strip().rstrip("/")
        self._accepted: dict[tuple[str, bool], int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def pages(self, name: str, params: Params | None = None, *, token: str | None = None) -> Iterator[Page]:
        """Read a list from its beginning, or on from a page token.

        Raises: EndlessPages when the server repeats itself, else as Connection.ask.
        """
        resource = RESOURCES[name]
        guard = PageGuard(resource, self.settings.max_pages)
        number = 1
        while True:
            envelope = self.page(resource, params or {}, token)
            if not guard.goes_on(envelope, token):
                return
            yield Page(name, number, envelope.data, envelope.token)
            if envelope.token is None:
                return
            token, number = envelope.token, number + 1

    def page(self, resource: Resource, params: Params, token: str | None) -> Envelope:
        """Read one page, leaving out parameters that the server does not accept.

        The standard forbids filters together with a token, yet two resources require
        filters in every request; suppliers differ, so both ways are tried.
        """
        variants = self._variants(resource, params, token)
        known = self._accepted.get((resource.name, token is not None), 0)
        first_refusal: RequestRefused | None = None
        for index in range(min(known, len(variants) - 1), len(variants)):
            try:
                envelope = self._ask(resource, variants[index])
            except RequestRefused as error:
                first_refusal = first_refusal or error
                continue
            self._accepted[resource.name, token is not None] = index
            if index:
                self.deviations["params_refused"] += 1
            return envelope
        raise first_refusal or RequestRefused(
            say(N_("Källan godtar inte frågan om {swedish}."), swedish=resource.swedish)
        )

    def lookup(self, name: str, ids: Sequence[str]) -> Iterator[Page]:
        """Ask for rows by id, in chunks that are halved when the server finds them too big.

        Ids that the source does not know are simply absent from the pages.
        """
        waiting = [list(ids[at : at + LOOKUP_CHUNK]) for at in range(0, len(ids), LOOKUP_CHUNK)]
        number = 0
        while waiting:
            chunk = waiting.pop(0)
            try:
                envelope = self._look(RESOURCES[name], chunk, final=TOO_MANY_IDS if len(chunk) > 1 else ())
            except (TooBusy, TooBig) as error:
                if len(chunk) == 1 or error.status == 429:
                    raise
                self.deviations["lookup_halved"] += 1
                half = len(chunk) // 2
                waiting[:0] = [chunk[:half], chunk[half:]]
                continue
            number += 1
            yield Page(name, number, envelope.data)

    def _look(self, resource: Resource, ids: list[str], *, final: tuple[int, ...]) -> Envelope:
        request = Request(f"{self._base}{resource.path}/lookup", resource.swedish, body={"ids": ids})
        return self.connection.ask(request, lambda answer: self._read(answer, resource), final=final)

    def _ask(self, resource: Resource, params: Params) -> Envelope:
        request = Request(self._base + resource.path, resource.swedish, params=params)
        return self.connection.ask(request, lambda answer: self._read(answer, resource))

    def _read(self, answer: Answer, resource: Resource) -> Envelope:
        envelope = read_envelope(answer, resource.name, resource.swedish)
        if envelope.wrapped_as not in ("data", ""):
            self.deviations["wrapped_otherwise"] += 1
        return envelope

    def _variants(self, resource: Resource, params: Params, token: str | None) -> list[Params]:
        required = {
            key: value
            for key, value in params.items()
            if resource.window is not Window.NONE and key.startswith(("startTime.", "startDate", "endDate"))
        }
        limit: dict[str, Any] = {} if self.settings.limit is None else {"limit": self.settings.limit}
        if token is None:
            plain = {key: value for key, value in params.items() if not key.startswith("expand")}
            wanted = [{**params, **limit}, dict(params), plain]
        else:
            here = {"pageToken": token}
            wanted = [{**required, **here, **limit}, {**required, **here}, {**here, **limit}, here]
        return [one for at, one in enumerate(wanted) if one not in wanted[:at]]


class PageGuard:
    """Notices a server that repeats its pages for ever."""

    def __init__(self, resource: Resource, max_pages: int) -> None:
        self._resource = resource
        self._max_pages = max_pages
        self._seen: set[bytes] = set()
        self._count = 0
        self._empty = 0

    def goes_on(self, envelope: Envelope, token: str | None) -> bool:
        """Tell whether the page is to be used; False at an empty page that only repeats its token.

        Raises: EndlessPages when a page comes again, or when there are far too many.
        """
        self._count += 1
        if envelope.data in EMPTY:
            self._empty += 1
            if token is not None and envelope.token == token:
                return False
        else:
            self._empty = 0
            digest = hashlib.blake2b(envelope.data, digest_size=16).digest()
            if digest in self._seen:
                raise self._endless(say(N_("samma sida kom igen (sida {page})"), page=self._count))
            self._seen.add(digest)
        if self._empty > MAX_EMPTY_PAGES or self._count > self._max_pages:
            raise self._endless(say(N_("{pages} sidor utan slut"), pages=self._count))
        return True

    def _endless(self, why: str) -> EndlessPages:
        return EndlessPages(
            say(
                N_(
                    "Källan slutar inte att ge sidor för {swedish}: {why}. Hämtningen avbröts, så listan "
                    "kan vara ofullständig och inget räknas som borttaget. Kontakta leverantören."
                ),
                swedish=self._resource.swedish,
                why=why,
            )
        )
