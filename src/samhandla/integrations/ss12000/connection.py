"""One HTTP conversation with one source: log in, ask, wait, try again, refuse what is unsafe."""

from __future__ import annotations

import random
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from samhandla.integrations.ss12000.answers import Answer, error_for
from samhandla.integrations.ss12000.errors import (
    BadSettings,
    ConnectionFailed,
    RedirectRefused,
    Ss12000Error,
    TimedOut,
    TooBig,
    Truncated,
)
from samhandla.integrations.ss12000.retry import backoff, retry_after
from samhandla.integrations.ss12000.settings import Settings, is_loopback
from samhandla.integrations.ss12000.tokens import TokenKeeper
from samhandla.lib.i18n import N_, say

T = TypeVar("T")
Params = Mapping[str, str | int | Sequence[str]]

MAX_REDIRECTS = 3
CONNECT_TIMEOUT = 15.0  # seconds
LONGEST_ANSWER = 900.0  # seconds for one answer, against a server that drips
USER_AGENT = "Samhandla (SS 12000)"


@dataclass(frozen=True)
class Request:
    """What is asked. `what` names it to people; `body` makes it a POST of JSON."""

    url: str
    what: str
    params: Params | None = None
    body: Any = None


class Connection:
    """Sends one request at a time to one source, politely and within limits."""

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        chance: random.Random | None = None,
    ) -> None:
        self.settings = settings.checked()
        self.server_time: datetime | None = None
        self._sleep = sleep
        self._chance = chance or random.Random()  # noqa: S311 - jitter, not a secret
        self._turn = threading.Lock()
        self._http = httpx.Client(
            transport=transport,
            verify=_trust(self.settings),
            timeout=httpx.Timeout(self.settings.timeout, connect=min(CONNECT_TIMEOUT, self.settings.timeout)),
            follow_redirects=False,
            trust_env=not is_loopback(urlsplit(self.settings.base_url).hostname or ""),
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
        )
        self._tokens = TokenKeeper(
            self.settings, lambda request: self._exchange(request, say(N_("inloggningen")))
        )

    def close(self) -> None:
        self._http.close()

    def ask(self, request: Request, read: Callable[[Answer], T], *, final: tuple[int, ...] = ()) -> T:
        """Send a request and read its answer, trying again when that may help.

        A read that raises a Truncated error is also tried again. A status in `final` is not,
        for a caller that can do something better than wait.

        Raises: Ss12000Error of the kind that fits.
        """
        attempt = 1
        while True:
            try:
                with self._turn:
                    return read(self._answer(request))
            except Ss12000Error as error:
                if not error.again or error.status in final or attempt >= self.settings.tries:
                    raise
                self._sleep(self._wait(error, attempt))
            attempt += 1

    def _wait(self, error: Ss12000Error, attempt: int) -> float:
        if error.wait is None:
            return backoff(attempt, self._chance)
        if error.wait > self.settings.longest_wait:
            raise error
        return error.wait

    def _answer(self, request: Request) -> Answer:
        answer = self._authorised(request)
        if answer.status == 401 and self._tokens.forget():
            answer = self._authorised(request)
        if answer.status >= 300:
            raise error_for(answer, request.what, answer.wait)
        self.server_time = _moment(answer.date) or self.server_time
        return answer

    def _authorised(self, request: Request) -> Answer:
        url, params = request.url, request.params
        for _ in range(MAX_REDIRECTS + 1):
            built = self._http.build_request(
                "GET" if request.body is None else "POST",
                url,
                params=dict(params) if params else None,
                json=request.body,
                headers=self._tokens.header(),
            )
            answer = self._exchange(built, request.what)
            if answer.status not in (301, 302, 303, 307, 308):
                return answer
            url, params = _redirected(built, answer, request.what), None
        raise RedirectRefused(
            say(
                N_("Källan skickar runt frågan om {what} i en cirkel. Kontrollera adressen."),
                what=request.what,
            )
        )

    def _exchange(self, request: httpx.Request, what: str) -> Answer:
        try:
            response = self._http.send(request, stream=True)
            try:
                body = self._body(response, what)
            finally:
                response.close()
        except httpx.TimeoutException as error:
            raise TimedOut(
                say(
                    N_(
                        "Källan svarade inte i tid på frågan om {what}. Försök igen senare eller välj en "
                        "mindre sida."
                    ),
                    what=what,
                ),
                again=True,
            ) from error
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError) as error:
            raise Truncated(
                say(
                    N_(
                        "Förbindelsen bröts mitt i svaret för {what}. Inget från svaret har använts. Försök "
                        "igen."
                    ),
                    what=what,
                ),
                again=True,
            ) from error
        except httpx.TransportError as error:
            raise _unreachable(error, request.url.host) from error
        headers = response.headers
        return Answer(
            status=response.status_code,
            body=body,
            content_type=headers.get("content-type", ""),
            date=headers.get("date"),
            location=headers.get("location"),
            wait=retry_after(headers.get("retry-after"), datetime.now(UTC)),
        )

    def _body(self, response: httpx.Response, what: str) -> bytes:
        limit, ends = self.settings.max_bytes, time.monotonic() + LONGEST_ANSWER
        parts, size = [], 0
        for part in response.iter_bytes():
            size += len(part)
            if size > limit:
                raise TooBig(
                    say(
                        N_(
                            "Svaret för {what} är större än {size} MB och togs inte emot. Välj färre "
                            "rader per sida eller en kortare period."
                        ),
                        what=what,
                        size=limit // 1_000_000,
                    )
                )
            if time.monotonic() > ends:
                raise TimedOut(
                    say(N_("Svaret för {what} kom för långsamt och avbröts. Försök igen senare."), what=what),
                    again=True,
                )
            parts.append(part)
        return b"".join(parts)


def _redirected(request: httpx.Request, answer: Answer, what: str) -> str:
    target = urljoin(str(request.url), answer.location or "")
    was, now = urlsplit(str(request.url)), urlsplit(target)
    same_place = (was.scheme, was.netloc) == (now.scheme, now.netloc)
    safer = was.hostname == now.hostname and (was.scheme, now.scheme) == ("http", "https")
    if request.method != "GET" or not answer.location or not (same_place or safer):
        raise RedirectRefused(
            say(
                N_(
                    "Källan vill skicka frågan om {what} vidare till en annan server ({host}). Det görs "
                    "inte, eftersom inloggningen då lämnas ut dit. Ange den rätta adressen i "
                    "inställningarna."
                ),
                what=what,
                host=now.hostname or "?",
            ),
            status=answer.status,
        )
    return target


def _trust(settings: Settings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(
            cafile=str(settings.authority_file) if settings.authority_file else None
        )
        if settings.certificate:
            key = settings.certificate.key
            context.load_cert_chain(settings.certificate.certificate, key, password=_no_password)
    except (ssl.SSLError, OSError, ValueError) as error:
        raise BadSettings(
            N_(
                "Certifikatet eller dess nyckel går inte att läsa. Filerna ska vara i PEM-format "
                "utan lösenord."
            )
        ) from error
    return context


def _no_password() -> str:
    raise ValueError("the key file is encrypted")


def _unreachable(error: httpx.TransportError, host: str) -> ConnectionFailed:
    if "CERTIFICATE" in str(error).upper() or isinstance(error.__cause__, ssl.SSLError):
        return ConnectionFailed(
            say(
                N_(
                    "Serverns certifikat för {host} godtas inte. Kontrollera adressen och om kommunens "
                    "egen certifikatutfärdare ska anges i inställningarna."
                ),
                host=host,
            )
        )
    return ConnectionFailed(
        say(
            N_("Det går inte att nå {host}. Kontrollera adressen, nätet och brandväggen och försök igen."),
            host=host,
        ),
        again=True,
    )


def _moment(date: str | None) -> datetime | None:
    if not date:
        return None
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
