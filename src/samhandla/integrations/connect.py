"""From a source's stored settings to a client of it."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings

from samhandla.integrations.errors import SourceUnusable
from samhandla.integrations.models import Source
from samhandla.integrations.ss12000.client import Client
from samhandla.integrations.ss12000.settings import BearerToken, ClientCredentials, Settings
from samhandla.lib.i18n import N_
from samhandla.trust import crypto


def seal_credentials(source_id: int, credentials: dict[str, str]) -> bytes:
    """Return a token or client secret as it may be stored: only this source's row can open it."""
    return crypto.encrypt(settings.SAMHANDLA_SECRET, json.dumps(credentials), bound_to=_bound(source_id))


def _bound(source_id: int) -> str:
    return f"source {source_id}"


def settings_of(source: Source) -> Settings:
    """Return how a source is reached.

    Raises:
        SourceUnusable: the stored credentials cannot be opened with this installation's key.
        BadSettings: the address or a number cannot be used.
    """
    kept: dict[str, Any] = source.settings
    credentials: BearerToken | ClientCredentials | None = None
    if source.sealed_credentials:
        try:
            text = crypto.decrypt(
                settings.SAMHANDLA_SECRET, bytes(source.sealed_credentials), bound_to=_bound(source.pk)
            )
        except crypto.CryptoError as error:
            raise SourceUnusable(
                N_("Källans inloggning går inte att öppna med installationens nyckel. Skriv in den på nytt.")
            ) from error
        secret = json.loads(text)
        if "token" in secret:
            credentials = BearerToken(secret["token"])
        else:
            credentials = ClientCredentials(
                kept.get("token_url", ""), kept.get("client_id", ""), secret["client_secret"]
            )
    return Settings(
        base_url=kept.get("base_url", ""),
        credentials=credentials,
        limit=kept.get("page_limit", 1000),
        allow_plain_http=bool(kept.get("allow_plain_http", False)),
    ).checked()


def client_of(source: Source) -> Client:
    """Return a client of a source, to be closed."""
    return Client(settings_of(source))
