"""Login with the municipality's own identity provider: there, and back again."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers import registry
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from samhandla.login import actions, state
from samhandla.login.errors import LoginRefused, ProviderDown
from samhandla.login.pages import refused
from samhandla.web.answers import see_other

POSTED, POSTED_COOKIE = "saml_posted", "saml-svar"


def _provider(request: HttpRequest, provider_id: str, kind: str = "") -> Any:
    """Return one provider of the installation's file.

    Raises:
        Http404: there is none of that name, or of that kind.
    """
    registry.load()
    try:
        provider = get_adapter().get_provider(request, provider_id)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    if kind and provider.id != kind:
        raise Http404
    return provider


def safe_next(request: HttpRequest) -> str:
    """Return where to go afterwards, on this very host; the start page when it is anywhere else."""
    wanted = request.GET.get("next", "")
    return wanted if wanted.startswith("/") and account_adapter().is_safe_url(wanted) else reverse("start")


@never_cache
@require_GET
def start(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send somebody to the provider to log in. A link and not a form: the browser may not post abroad."""
    return _begin(request, _provider(request, provider_id), None)


@never_cache
@login_required
@require_GET
def confirm(request: HttpRequest) -> HttpResponse:
    """Send whoever is logged in through a provider there again, to prove who it is."""
    via = state.state_of(request).via
    if not via:
        return see_other("confirm")
    return _begin(request, _provider(request, via), int(request.user.pk or 0))


def _begin(request: HttpRequest, provider: Any, account: int | None) -> HttpResponse:
    try:
        answer: HttpResponse = provider.begin(request, safe_next(request), account)
    except ProviderDown:
        return _down(request)
    return answer


def _down(request: HttpRequest) -> HttpResponse:
    actions.note_refusal(by=getattr(request, "viewer", None), problem="down")
    return refused(request, "down")


@never_cache
@require_GET
def oidc_answer(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take in the answer of an OpenID Connect provider."""
    import requests
    from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView

    from samhandla.login.oidc import OidcAdapter

    _provider(request, provider_id, "openid_connect")
    view = OAuth2CallbackView.adapter_view(OidcAdapter(request, provider_id))
    try:
        answer: HttpResponse = view(request)
    except (requests.RequestException, ValueError):  # no answer, or one that is no JSON
        return _down(request)
    return answer


@csrf_exempt
@require_POST
def saml_answer(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take in what a SAML provider had the browser post.

    A post from another site comes without our cookie, so the answer waits under a cookie of its own until the
    browser comes again by itself. Nothing is believed here.
    """
    from allauth.socialaccount.sessions import LoginSession

    from samhandla.login.saml import put_away

    _provider(request, provider_id, "saml")
    answer = see_other("saml_finish_acs", provider_id=provider_id)
    waiting = LoginSession(request, POSTED, POSTED_COOKIE)
    waiting.store["posted"] = put_away(request)
    waiting.store.set_expiry(300)
    waiting.save(answer)
    return answer


@never_cache
@require_GET
def saml_finish(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Check the answer that was posted, and log in by it."""
    from allauth.socialaccount.helpers import complete_social_login
    from allauth.socialaccount.sessions import LoginSession

    from samhandla.login.saml import take_out

    provider = _provider(request, provider_id, "saml")
    waiting = LoginSession(request, POSTED, POSTED_COOKIE)
    posted = waiting.store.get("posted")
    waiting.delete()
    try:
        if not posted:
            raise LoginRefused("broken")
        answer: HttpResponse = complete_social_login(request, provider.finish(request, take_out(posted)))
    except LoginRefused as error:
        actions.note_refusal(by=getattr(request, "viewer", None), problem=error.problem)
        return refused(request, error.problem)
    return answer


@require_GET
def saml_metadata(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Tell a SAML provider what it needs to know of us."""
    told = _provider(request, provider_id, "saml").metadata(request)
    return HttpResponse(told, content_type="application/samlmetadata+xml")
