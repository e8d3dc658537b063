"""The identity providers of an installation, as its file tells of them.

One file, named by SAMHANDLA_IDP, so that no secret and no address stands in the program. What is wrong in it
is said when the program starts, not when the first person tries to log in.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import msgspec
from django.core.exceptions import ImproperlyConfigured

# Skolfederation, attribute profile 4.2: eduPersonPrincipalName in SAML; the same name as a claim in OIDC.
EPPN_SAML = "urn:oid:1.3.6.1.4.1.5923.1.1.1.6"
EPPN_OIDC = "eduPersonPrincipalName"
KINDS = {"oidc": "openid_connect", "saml": "saml"}


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One identity provider, as it stands in the file."""

    id: str
    name: str
    kind: str
    people: str = "staff"  # or "guardians"
    # OpenID Connect
    server: str = ""
    client_id: str = ""
    secret: str = ""
    secret_file: str = ""
    scope: list[str] = msgspec.field(default_factory=lambda: ["openid", "profile"])
    acr_values: list[str] = []
    # SAML
    entity_id: str = ""
    sso_url: str = ""
    certificate: str = ""
    certificate_file: str = ""
    our_entity_id: str = ""
    # both
    eppn: str = ""
    levels: dict[str, int] = {}
    default_level: int = 1


class _File(msgspec.Struct, forbid_unknown_fields=True):
    provider: list[Provider] = []


def read_providers(path: str) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Return the file's providers in the shape that allauth reads; nothing when no file is named.

    Raises:
        ImproperlyConfigured: the file is missing, or something in it cannot be meant.
    """
    if not path:
        return {}
    try:
        found = msgspec.convert(tomllib.loads(Path(path).read_text(encoding="utf-8")), _File).provider
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ImproperlyConfigured(f"SAMHANDLA_IDP: {path} kan inte läsas ({error}). Rätta filen.") from error
    if len({one.id for one in found}) != len(found):
        raise ImproperlyConfigured(f"SAMHANDLA_IDP: två inloggningar i {path} har samma id.")
    apps: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for one in found:
        _check(one, path)
        apps.setdefault(KINDS[one.kind], {"APPS": []})["APPS"].append(app_of(one))
    return apps


def _check(one: Provider, path: str) -> None:
    needed = ("server", "client_id") if one.kind == "oidc" else ("entity_id", "sso_url")
    faults = [f"{name} saknas" for name in needed if not getattr(one, name)]
    if one.kind not in KINDS:
        faults = [f"kind ska vara oidc eller saml, inte {one.kind}"]
    if not (one.id.isascii() and one.id.replace("-", "").isalnum()):
        faults.append("id ska vara små bokstäver, siffror och bindestreck")
    if one.people not in ("staff", "guardians"):
        faults.append("people ska vara staff eller guardians")
    if one.kind == "saml" and not (one.certificate or one.certificate_file):
        faults.append("certificate eller certificate_file saknas: utan det går inget svar att pröva")
    faults += [
        f"nivån {n} finns inte" for n in [*one.levels.values(), one.default_level] if n not in (1, 2, 3, 4)
    ]
    addresses = [a for a in (one.server, one.sso_url) if a]
    faults += [f"{a} ska börja med https://" for a in addresses if not _safe(a)]
    if faults:
        raise ImproperlyConfigured(f"SAMHANDLA_IDP: {path}, inloggningen {one.id}: {'; '.join(faults)}.")


def _safe(address: str) -> bool:
    """Tell whether an address is encrypted, or on this very machine."""
    return address.startswith(("https://", "http://localhost:", "http://127.0.0.1:"))


def _content(value: str, file: str) -> str:
    if not file:
        return value
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"SAMHANDLA_IDP: {file} kan inte läsas ({error.strerror}).") from error


def app_of(one: Provider) -> dict[str, Any]:
    """Return one provider in the shape of allauth's apps."""
    shared = {
        "people": one.people,
        "eppn": one.eppn or (EPPN_OIDC if one.kind == "oidc" else EPPN_SAML),
        "levels": one.levels,
        "default_level": one.default_level,
        "acr_values": one.acr_values,
    }
    if one.kind == "oidc":
        own: dict[str, Any] = {"server_url": one.server, "scope": one.scope, "oauth_pkce_enabled": True}
        secret, client = _content(one.secret, one.secret_file), one.client_id
    else:
        certificate = _content(one.certificate, one.certificate_file)
        idp = {"entity_id": one.entity_id, "sso_url": one.sso_url, "x509cert": certificate}
        own = {"idp": idp, "our_entity_id": one.our_entity_id}
        secret, client = "", one.id
    return {
        "provider_id": one.id, "name": one.name, "client_id": client, "secret": secret,
        "settings": {**shared, **own},
    }  # fmt: skip


def configured() -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Return the providers of the file that the environment names."""
    return read_providers(os.environ.get("SAMHANDLA_IDP", ""))


def local_login(told: str) -> str:
    """Return who may log in with a password: "all", or the emergency accounts alone.

    Raises:
        ImproperlyConfigured: the setting says something else.
    """
    if told not in ("all", "emergency"):
        raise ImproperlyConfigured(f"SAMHANDLA_LOCAL_LOGIN ska vara all eller emergency, inte {told}.")
    return told


def minutes(name: str, default: int, *, most: int) -> int:
    """Return a number of minutes from the environment.

    Raises:
        ImproperlyConfigured: it is no number, or longer than can be answered for.
    """
    told = os.environ.get(name, str(default))
    if not (told.isascii() and told.isdigit() and 1 <= int(told) <= most):
        raise ImproperlyConfigured(f"{name} ska vara ett antal minuter mellan 1 och {most}, inte {told}.")
    return int(told)
