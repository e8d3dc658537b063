"""SAML 2.0 as we demand it: a signed assertion for us, answering what this session asked, used once."""

from __future__ import annotations

import time
from typing import Any

from allauth.core.internal import httpkit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from allauth.utils import build_absolute_uri
from defusedxml.ElementTree import fromstring
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Words
from onelogin.saml2.errors import OneLogin_Saml2_Error
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from samhandla.login.errors import LoginRefused
from samhandla.login.rules import Said

REPLAY_SECONDS = 60 * 60


class SamlProvider(SAMLProvider):  # type: ignore[misc]  # allauth has no types
    """One provider of the installation's file."""

    def begin(self, request: HttpRequest, next_url: str, confirm: int | None) -> HttpResponse:
        """Send the browser to the provider; `confirm` as in `OidcProvider.begin`."""
        auth = self._auth(request)
        address = auth.login(return_to="", force_authn=confirm is not None, set_nameid_policy=False)
        data = {"confirm": confirm, "at": time.time()}
        self.stash_redirect_state(request, "login", next_url, data, state_id=auth.get_last_request_id())
        return HttpResponseRedirect(address)

    def finish(self, request: HttpRequest, sent: HttpRequest) -> SocialLogin:
        """Return the login that a posted answer stands for.

        Args:
            sent: the post itself, which came without this session's cookie.

        Raises:
            LoginRefused: the answer is not good, not for us, too old, used before, or was never asked for.
        """
        auth = self._auth(sent)
        try:
            auth.process_response()
        except (OneLogin_Saml2_Error, ValueError, SyntaxError) as error:  # not base64, no XML
            raise LoginRefused("broken") from error
        if auth.get_errors() or not auth.is_authenticated():
            raise LoginRefused("broken")
        asked = auth.get_last_response_in_response_to()
        state = self._asked(request, asked)
        # The question is used up by now; this also holds against two sessions of one browser.
        if not cache.add(f"saml:{auth.get_last_assertion_id()}", "1", timeout=REPLAY_SECONDS):
            raise LoginRefused("broken")
        login = self.sociallogin_from_response(request, auth)
        login.state = state
        return login

    def _asked(self, request: HttpRequest, asked: str | None) -> dict[str, Any]:
        from allauth.socialaccount.internal import statekit

        state = statekit.unstash_state(request, provider_id=self.sub_id, state_id=asked) if asked else None
        if state is None:
            raise LoginRefused("broken")
        return dict(state)

    def extract_uid(self, data: OneLogin_Saml2_Auth) -> str:
        return str(data.get_nameid() or data.get_last_assertion_id())

    def extract_extra_data(self, data: OneLogin_Saml2_Auth) -> dict[str, Any]:
        return {
            "attributes": data.get_attributes(),
            "contexts": list(data.get_last_authn_contexts()),
            "at": _proved_at(data),
        }

    def extract_common_fields(self, data: OneLogin_Saml2_Auth) -> dict[str, Any]:
        return {}

    def read(self, sociallogin: SocialLogin) -> Said:
        """Return what the provider said."""
        told = sociallogin.account.extra_data
        names = told["attributes"].get(self.app.settings["eppn"]) or [""]
        return Said(
            provider=self.app.provider_id,
            name=names[0] if len(names) == 1 else "",
            subject=sociallogin.account.uid,
            contexts=tuple(told["contexts"]),
            at=told["at"],
        )

    def metadata(self, request: HttpRequest) -> bytes:
        """Return what the provider needs to know of us."""
        told: bytes | str = OneLogin_Saml2_Settings(
            self._words(request), sp_validation_only=True
        ).get_sp_metadata()
        return told.encode() if isinstance(told, str) else told

    def _auth(self, request: HttpRequest) -> OneLogin_Saml2_Auth:
        return OneLogin_Saml2_Auth(_as_seen_outside(request), self._words(request))

    def _words(self, request: HttpRequest) -> dict[str, Any]:
        own = self.app.settings
        address = {"provider_id": self.app.provider_id}
        metadata = build_absolute_uri(request, reverse("saml_metadata", kwargs=address))
        answers = build_absolute_uri(request, reverse("saml_acs", kwargs=address))
        idp = own["idp"]
        return {
            "strict": True,
            "security": {
                "wantAssertionsSigned": True,
                "wantNameId": False,
                "wantAttributeStatement": True,
                "allowRepeatAttributeName": True,
                "allowSingleLabelDomains": True,  # a name within the municipality's own network
                "rejectDeprecatedAlgorithm": True,
                "requestedAuthnContext": own["acr_values"] or False,
                "requestedAuthnContextComparison": "minimum" if own["acr_values"] else "exact",
                "signatureAlgorithm": Words.RSA_SHA256,
                "digestAlgorithm": Words.SHA256,
            },
            "idp": {
                "entityId": idp["entity_id"],
                "x509cert": idp["x509cert"],
                "singleSignOnService": {"url": idp["sso_url"], "binding": Words.BINDING_HTTP_REDIRECT},
            },
            "sp": {
                "entityId": own.get("our_entity_id") or metadata,
                "assertionConsumerService": {"url": answers, "binding": Words.BINDING_HTTP_POST},
                "NameIDFormat": Words.NAMEID_UNSPECIFIED,
            },
        }


def _as_seen_outside(request: HttpRequest) -> dict[str, Any]:
    """Return the request in the library's words; a proxy in front of us may have taken the https away."""
    return {
        "https": "on" if request.is_secure() or settings.SESSION_COOKIE_SECURE else "off",
        "http_host": request.get_host(),
        "script_name": request.path_info,
        "get_data": request.GET.dict(),
        "post_data": request.POST.dict(),
    }


def _proved_at(data: OneLogin_Saml2_Auth) -> float | None:
    """Return when the person proved who it is, the earliest that the assertion says."""
    written = fromstring(data.get_last_response_xml().encode())
    instants = [one.get("AuthnInstant") for one in written.iter(f"{{{Words.NS_SAML}}}AuthnStatement")]
    times = [OneLogin_Saml2_Utils.parse_SAML_to_time(one) for one in instants if one]
    return float(min(times)) if times else None


def put_away(request: HttpRequest) -> str:
    """Return a posted answer in a shape that can be kept until the browser comes with its cookie."""
    kept: str = httpkit.serialize_request(request)
    return kept


def take_out(kept: str) -> HttpRequest:
    """Return the posted answer that was put away."""
    sent: HttpRequest = httpkit.deserialize_request(kept, HttpRequest())
    return sent
