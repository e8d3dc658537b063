"""How one source is reached: address, credentials, limits. Checked before anything is sent."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from samhandla.integrations.ss12000.errors import BadSettings
from samhandla.lib.i18n import N_, say

MEGABYTE = 1_000_000
LOOPBACK_NAMES = ("localhost", "localhost.localdomain")


@dataclass(frozen=True)
class BearerToken:
    """A token that somebody issued by hand."""

    token: str = field(repr=False)


@dataclass(frozen=True)
class ClientCredentials:
    """OAuth 2 client credentials; the secret goes in the form body or as HTTP Basic."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    basic: bool = False
    scope: str | None = None


@dataclass(frozen=True)
class ClientCertificate:
    """Files in PEM format, for sources that know us by certificate."""

    certificate: Path
    key: Path | None = None


@dataclass(frozen=True)
class Settings:
    """One source.

    `base_url` is free text, since every supplier has its own prefix. `limit` is rows per
    page, None lets the server choose. `max_bytes` and `max_pages` protect the memory and
    the night; `longest_wait` (seconds) is the most that one Retry-After may ask for.
    """

    base_url: str
    credentials: BearerToken | ClientCredentials | None = None
    certificate: ClientCertificate | None = None
    authority_file: Path | None = None
    limit: int | None = 1000
    timeout: float = 60.0
    tries: int = 5
    longest_wait: float = 300.0
    max_bytes: int = 256 * MEGABYTE
    max_pages: int = 200_000
    allow_plain_http: bool = False

    def checked(self) -> Settings:
        """Return these settings when they can be used.

        Raises: BadSettings when an address, a file or a number cannot be used.
        """
        _check_address(self.base_url, say(N_("Adressen till källan")), self.allow_plain_http)
        if isinstance(self.credentials, ClientCredentials):
            _check_address(
                self.credentials.token_url, say(N_("Adressen till inloggningen")), self.allow_plain_http
            )
        for path in self._files():
            if not path.is_file():
                raise BadSettings(
                    say(
                        N_("Certifikatfilen {path} finns inte. Kontrollera sökvägen i inställningarna."),
                        path=path,
                    )
                )
        if self.limit is not None and self.limit < 1:
            raise BadSettings(
                N_("Antalet rader per sida måste vara minst 1. Ändra det eller lämna det tomt.")
            )
        if self.tries < 1 or self.timeout <= 0:
            raise BadSettings(N_("Antalet försök måste vara minst 1 och väntetiden större än 0 sekunder."))
        return self

    def _files(self) -> list[Path]:
        files = [self.authority_file] if self.authority_file else []
        if self.certificate:
            files.append(self.certificate.certificate)
            if self.certificate.key:
                files.append(self.certificate.key)
        return files


def _check_address(address: str, what: str, allow_plain_http: bool) -> None:
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname
        _ = parts.port
    except ValueError as error:
        raise BadSettings(
            say(N_("{what} går inte att läsa som en webbadress. Kontrollera den."), what=what)
        ) from error
    if parts.scheme not in ("http", "https") or not host:
        raise BadSettings(
            say(N_("{what} måste börja med https:// och innehålla en server. Kontrollera den."), what=what)
        )
    if parts.username or parts.password:
        raise BadSettings(
            say(
                N_("{what} innehåller användarnamn eller lösenord. Lägg dem i egna fält i stället."),
                what=what,
            )
        )
    if parts.query or parts.fragment:
        raise BadSettings(
            say(
                N_("{what} innehåller ? eller #. Ange bara början av adressen, till exempel …/v2."), what=what
            )
        )
    if parts.scheme == "http" and not allow_plain_http and not is_loopback(host):
        raise BadSettings(
            say(
                N_(
                    "{what} börjar med http://, så inloggningen skulle gå okrypterad över nätet. Använd "
                    "https://."
                ),
                what=what,
            )
        )


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this very machine."""
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
