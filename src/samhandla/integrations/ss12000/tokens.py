"""Keeps the bearer token of a source: given once, or fetched by client credentials and renewed."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
import orjson

from samhandla.integrations.ss12000.answers import Answer, quote
from samhandla.integrations.ss12000.errors import CredentialsRefused, ServerFailed, Ss12000Error
from samhandla.integrations.ss12000.settings import BearerToken, ClientCredentials, Settings
from samhandla.lib.i18n import N_, say

EARLY = 30.0  # seconds before its end that a token is renewed


class TokenKeeper:
    """Gives the Authorization header, logging in when needed."""

    def __init__(self, settings: Settings, send: Callable[[httpx.Request], Answer]) -> None:
        self._credentials = settings.credentials
        self._send = send
        self._token: str | None = None
        self._ends: float | None = None

    def header(self) -> dict[str, str]:
        """Return the header, empty when the source knows us by certificate only.

        Raises: CredentialsRefused, or what sending raises.
        """
        if self._credentials is None:
            return {}
        if isinstance(self._credentials, BearerToken):
            return {"Authorization": f"Bearer {self._credentials.token}"}
        if self._token is None or (self._ends is not None and time.monotonic() >= self._ends):
            self._log_in(self._credentials)
        return {"Authorization": f"Bearer {self._token}"}

    def forget(self) -> bool:
        """Drop a token that the source refused; True when another can be fetched."""
        had, self._token = self._token, None
        return had is not None

    def _log_in(self, credentials: ClientCredentials) -> None:
        form = {"grant_type": "client_credentials"}
        if credentials.scope:
            form["scope"] = credentials.scope
        basic = None
        if credentials.basic:
            basic = httpx.BasicAuth(credentials.client_id, credentials.client_secret)
        else:
            form |= {"client_id": credentials.client_id, "client_secret": credentials.client_secret}
        request = httpx.Request(
            "POST", credentials.token_url, data=form, headers={"Accept": "application/json"}
        )
        if basic is not None:
            request = next(basic.auth_flow(request))
        self._take(self._send(request))

    def _take(self, answer: Answer) -> None:
        if answer.status != 200:
            raise _refusal(answer)
        try:
            grant = orjson.loads(answer.body)
        except orjson.JSONDecodeError as error:
            raise _not_a_token() from error
        token = grant.get("access_token") if isinstance(grant, dict) else None
        if not isinstance(token, str) or not token:
            raise _not_a_token()
        self._token = token
        self._ends = _end(grant.get("expires_in"))


def _end(expires_in: object) -> float | None:
    try:
        seconds = float(str(expires_in))
    except ValueError:
        return None
    return time.monotonic() + max(1.0, seconds - EARLY)


def _refusal(answer: Answer) -> Ss12000Error:
    said = quote(answer.body)
    if answer.status in (400, 401, 403):
        return CredentialsRefused(
            say(
                N_(
                    "Inloggningstjänsten godtar inte klient-id och hemlighet (svar {status}).{said} "
                    "Kontrollera uppgifterna och om de ska skickas som Basic."
                ),
                status=answer.status,
                said=said,
            ),
            status=answer.status,
        )
    if answer.status == 404:
        return CredentialsRefused(
            N_("Inloggningstjänsten finns inte på den angivna adressen (svar 404). Kontrollera adressen."),
            status=404,
        )
    return ServerFailed(
        say(
            N_("Inloggningstjänsten svarar med ett eget fel (svar {status}).{said} Försök igen senare."),
            status=answer.status,
            said=said,
        ),
        status=answer.status,
        again=answer.status >= 500 or answer.status == 429,
    )


def _not_a_token() -> CredentialsRefused:
    return CredentialsRefused(
        N_("Inloggningstjänsten gav inget token som går att läsa. Kontrollera att adressen till den är rätt.")
    )
