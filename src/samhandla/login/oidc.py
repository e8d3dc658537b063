"""OpenID Connect as we demand it: code flow with PKCE, a signed answer meant for us, fresh and used once."""

from __future__ import annotations

import secrets
import time
from typing import Any

import jwt
import requests
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse

from samhandla.login.errors import ProviderDown
from samhandla.login.rules import Said

# Clocks of two machines differ; more than this is a fault. The same as the SAML library allows.
SKEW_SECONDS = 300
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]


class OidcAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """The signature is always checked, also when the token came straight from the provider."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            key = self._key(id_token)
            told: dict[str, Any] = jwt.decode(
                id_token,
                key=key,
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=SKEW_SECONDS,
                options={"require": ["exp", "iat", "aud", "iss", "sub"]},
            )
        except (jwt.PyJWTError, KeyError) as error:
            raise OAuth2Error("id_token") from error
        jwtkit.verify_jti(told)
        return told

    def _key(self, id_token: str) -> Any:
        with _session() as session:
            keys = session.get(self.openid_config["jwks_uri"], timeout=10)
            keys.raise_for_status()
        kid = jwt.get_unverified_header(id_token).get("kid")
        found = [one for one in jwt.PyJWKSet.from_dict(keys.json()).keys if one.key_id == kid or kid is None]
        if not found:
            raise OAuth2Error("kid")
        return found[0].key

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Check the signed answer first, and only then ask for the rest of what the provider knows."""
        sent = kwargs["response"].get("id_token")
        if not isinstance(sent, str):
            raise OAuth2Error("id_token")
        told = {"id_token": self._decode_id_token(app, sent)}
        if "userinfo_endpoint" in self.openid_config:
            told["userinfo"] = self._fetch_user_info(token.token)
        login: SocialLogin = self.get_provider().sociallogin_from_response(request, told)
        return login


def _session() -> requests.Session:
    return requests.Session()


class OidcProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth has no types
    """One provider of the installation's file."""

    oauth2_adapter_class = OidcAdapter
    pkce_enabled_default = True

    def begin(self, request: HttpRequest, next_url: str, confirm: int | None) -> HttpResponse:
        """Send the browser to the provider.

        Args:
            confirm: the account that is to prove again who it is; None to log in.

        Raises:
            ProviderDown: it does not answer.
        """
        nonce = secrets.token_urlsafe(24)
        asked = {"nonce": nonce}
        if self.app.settings["acr_values"]:
            asked["acr_values"] = " ".join(self.app.settings["acr_values"])
        if confirm is not None:
            asked |= {"prompt": "login", "max_age": "0"}
        data = {"nonce": nonce, "confirm": confirm, "at": time.time()}
        try:
            answer: HttpResponse = self.redirect(request, "login", next_url, data, auth_params=asked)
        except (requests.RequestException, ValueError, KeyError) as error:
            raise ProviderDown(self.app.provider_id) from error
        return answer

    def read(self, sociallogin: SocialLogin) -> Said:
        """Return what the provider said.

        Raises:
            OAuth2Error: the answer is not to the question that this session asked.
        """
        told = sociallogin.account.extra_data
        token, profile = told["id_token"], {**told["id_token"], **told.get("userinfo", {})}
        if token.get("nonce") != (sociallogin.state.get("data") or {}).get("nonce"):
            raise OAuth2Error("nonce")
        if profile["sub"] != token["sub"]:
            raise OAuth2Error("sub")
        name = profile.get(self.app.settings["eppn"])
        acr = token.get("acr")
        return Said(
            provider=self.app.provider_id,
            name=name if isinstance(name, str) else "",
            subject=token["sub"],
            contexts=(acr,) if isinstance(acr, str) else (),
            at=token.get("auth_time"),
        )
