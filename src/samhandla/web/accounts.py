"""Login, logout, change of password and of assignment. Local accounts; nobody registers oneself."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import views as allauth_views
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed, password_reset
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language as django_set_language

from samhandla.trust.audit import record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Account, Actor
from samhandla.web.answers import see_other
from samhandla.web.identity import works_as

DEMO_PASSWORD = "samhandla-demo"  # noqa: S105 - that of every invented person in the demonstration
CHANGED_TEXT = "account/messages/password_changed.txt"  # allauth's name


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Our words, and no way to register oneself."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "Användarnamnet eller lösenordet stämmer inte. Kontrollera båda och försök igen."
        ),
        "too_many_login_attempts": _(
            "Det har blivit för många försök med det här användarnamnet. Vänta fem minuter och försök igen."
        ),
        "enter_current_password": _("Det nuvarande lösenordet stämmer inte. Skriv det en gång till."),
        "rate_limited": _("Det blev för många försök på kort tid. Vänta en minut och försök igen."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Say "chosen" to whoever came with a one-time link: there was no password to change."""
        match = request.resolver_match
        first = match is not None and match.url_name == "account_reset_password_from_key"
        if first and message_template == CHANGED_TEXT:
            message_template = "account/messages/password_chosen.txt"
        super().add_message(request, level, message_template, *args, **kwargs)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        super().pre_authenticate(request, **credentials)
        if not settings.DEMO and credentials.get("password") == DEMO_PASSWORD:
            # Everybody who has seen the demonstration knows it; no real account may have it.
            raise self.validation_error("username_password_mismatch")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("start")


@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Log in. Whoever is logged in but has no assignment is told so, instead of being sent round."""
    if request.user.is_authenticated and getattr(request, "viewer", None) is None:
        return no_assignment(request)
    answer: HttpResponse = allauth_views.login(request)
    return answer


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Log out, and let the browser forget the pages that it has kept."""
    answer: HttpResponse = allauth_views.logout(request)
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


inactive = require_http_methods(["GET"])(allauth_views.account_inactive)
change_password = login_required(allauth_views.password_change)
# Whoever has a one-time link chooses a password with it, and is logged in. Reading the page uses nothing up.
choose_password = require_http_methods(["GET", "POST"])(never_cache(allauth_views.password_reset_from_key))
set_language = require_POST(django_set_language)


@login_required
def no_password(request: HttpRequest) -> HttpResponse:
    """Say that an account without local password changes it where it has it."""
    return render(request, "account/no_password.html")


def no_assignment(request: HttpRequest) -> HttpResponse:
    """Say that the account has no assignment today, and whom to ask."""
    return render(request, "web/no_assignment.html", status=403)


@login_required
@require_http_methods(["GET", "POST"])
def choose_actor(request: HttpRequest) -> HttpResponse:
    """Let an account with several assignments choose which one it works in."""
    own = (
        Actor.objects.filter(account_id=int(request.user.pk or 0)).select_related("authority").order_by("pk")
    )
    if request.method == "POST":
        chosen = own.filter(pk=_number(request.POST.get("actor", ""))).first()
        if chosen is not None:
            request.session["actor"] = chosen.pk
            return see_other("start")
    viewer = getattr(request, "viewer", None)
    actors = [(actor, works_as(actor)) for actor in own]
    context = {"actors": actors, "current": viewer.actor_id if viewer else None}
    return render(
        request, "account/choose_actor.html", context, status=422 if request.method == "POST" else 200
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


@receiver(user_logged_in)
def record_login(sender: type[Account], request: HttpRequest, user: Account, **kwargs: Any) -> None:
    """Write that somebody logged in; who it is stands in the account, not in the event's text.

    Whoever was logged in before in the same browser stands as the author: so the database knows it.
    """
    record(EventKind.SIGNED_IN, by=getattr(request, "viewer", None), about=user)


@receiver(password_changed)
@receiver(password_reset)
def record_password(sender: type[Account], request: HttpRequest, user: Account, **kwargs: Any) -> None:
    """Write that a password was chosen, by its owner or with a one-time link."""
    record(EventKind.PASSWORD_CHOSEN, by=getattr(request, "viewer", None), about=user)
