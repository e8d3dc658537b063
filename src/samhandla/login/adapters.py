"""Where allauth asks us: who may come in, by what name, and how to prove it again."""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samhandla.login import actions, finding, queries, state
from samhandla.login.errors import LoginRefused
from samhandla.login.pages import refused
from samhandla.login.rules import Level, Said, level_said
from samhandla.trust import crypto
from samhandla.trust.models import Account
from samhandla.trust.viewer import Viewer
from samhandla.web.accounts import Adapter
from samhandla.web.answers import see_other

# A provider's clock may go before ours when it says when somebody proved who it is.
CLOCKS_SECONDS = 300


class AccountAdapter(Adapter):
    """Who may log in here, and how somebody proves again who it is."""

    def pre_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse | None:
        if not user.is_active:
            return refused(request, "closed")
        local = state.SAID not in request.session
        if local and settings.SAMHANDLA_LOCAL_LOGIN == "emergency" and not queries.is_emergency(user.pk):
            return refused(request, "local_closed")
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return the ways to prove who one is; for whoever has a second step never the password alone."""
        ways = super().get_reauthentication_methods(user)
        strong = [way for way in ways if way["id"] != "reauthenticate"]
        chosen = strong or ways
        for way in chosen:
            way["description"] = _WAYS[way["id"]]
        via = state.state_of(context.request).via if user.is_authenticated else ""
        if via:
            outer = {"id": "provider", "description": _WAYS["provider"], "url": reverse("confirm_provider")}
            return [outer, *strong]
        return chosen

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        _note(request, "credentials")


_WAYS = {
    "reauthenticate": _("Bekräfta med lösenord"),
    "mfa_reauthenticate": _("Bekräfta med en kod"),
    "mfa_reauthenticate:webauthn": _("Bekräfta med en nyckel"),
    "provider": _("Bekräfta med kommunens inloggning"),
}


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody registers oneself, nothing is matched on e-mail, and nothing of the provider's is stored."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the providers of the installation's file; those in the database count for nothing."""
        apps = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for several in apps.values() for app in several]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find whose account it is, or stop with a page that says why not.

        Raises:
            ImmediateHttpResponse: always, unless an account was found.
        """
        try:
            said = sociallogin.provider.read(sociallogin)
            self._find(request, sociallogin, said)
        except LoginRefused as error:
            _note(request, error.problem)
            raise ImmediateHttpResponse(refused(request, error.problem)) from error
        except (OAuth2Error, KeyError) as error:
            _note(request, "broken")
            raise ImmediateHttpResponse(refused(request, "broken")) from error

    def _find(self, request: HttpRequest, sociallogin: SocialLogin, said: Said) -> None:
        own = sociallogin.provider.app.settings
        level = level_said(said.contexts, own["levels"], own["default_level"])
        if sociallogin.state.get("process") != "login":
            raise LoginRefused("broken")
        find = finding.guardian if own["people"] == "guardians" else finding.staff
        account = find(said, level, by=_viewer(request))
        asked = sociallogin.state.get("data") or {}
        if asked.get("confirm") is not None:
            self._confirm(request, account, said, level, sociallogin.state)
        if request.user.is_authenticated:
            account_adapter(request).logout(request)
        request.session[state.SAID] = {"provider": said.provider, "level": level.value}
        sociallogin.user = account

    def _confirm(
        self, request: HttpRequest, account: Account, said: Said, level: int, asked: dict[str, Any]
    ) -> None:
        """Write that whoever is logged in has proved again who it is, and lead back.

        Raises:
            LoginRefused: it was somebody else, or nobody had to prove anything.
            ImmediateHttpResponse: it is well.
        """
        data = asked["data"]
        if not request.user.is_authenticated or {data["confirm"], request.user.pk} != {account.pk}:
            raise LoginRefused("somebody_else")
        if said.at is None or not said.at - data["at"] >= -CLOCKS_SECONDS:
            raise LoginRefused("not_anew")
        record_authentication(
            request, account, "socialaccount", reauthenticated=True, provider=said.provider, level=int(level)
        )
        answer = see_other("start")
        answer["Location"] = asked.get("next") or answer["Location"]
        raise ImmediateHttpResponse(answer)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Answer with our own page, whatever went wrong."""
        failed = "down" if _is_down(exception) else "broken"
        problem = "cancelled" if error == AuthError.CANCELLED else failed
        _note(request, problem)
        raise ImmediateHttpResponse(refused(request, problem))


def _is_down(exception: Exception | None) -> bool:
    """Tell whether a provider failed to answer, as opposed to answering something that does not hold."""
    import requests

    if isinstance(exception, requests.HTTPError) and exception.response is not None:
        return exception.response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(exception, requests.RequestException)


def _viewer(request: HttpRequest) -> Viewer | None:
    viewer: Viewer | None = getattr(request, "viewer", None)
    return viewer


def _note(request: HttpRequest, problem: str) -> None:
    actions.note_refusal(by=_viewer(request), problem=problem)


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """The secret of an app is sealed; names and words are ours."""

    error_messages = {  # noqa: RUF012 - allauth's own shape
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Koden stämmer inte. Vänta tills appen visar en ny kod och försök igen."),
        "incorrect_key": _("Nyckeln stämmer inte. Försök igen, eller välj ett annat sätt."),
        "cannot_delete_authenticator": _("Din roll kräver två steg, så det sista sättet kan inte tas bort."),
        "too_many_login_attempts": _("Det blev för många försök. Vänta fem minuter och försök igen."),
    }

    def encrypt(self, text: str) -> str:
        sealed = crypto.encrypt(settings.SAMHANDLA_SECRET, text, bound_to="second step")
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        sealed = base64.b64decode(encrypted_text)
        return crypto.decrypt(settings.SAMHANDLA_SECRET, sealed, bound_to="second step")

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse to take away the last second step of somebody whose roles need two."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=("totp", "webauthn"))
        viewer = _viewer(context.request)
        if viewer is None or others.exclude(pk=authenticator.pk).exists():
            return True
        return queries.level_needed_by(viewer) <= Level.PASSWORD or bool(state.state_of(context.request).via)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Nyckel %(number)d") % {"number": number}

    def _get_site_name(self) -> str:
        return "Samhandla"
