"""What happens when allauth says that somebody logged in, confirmed or changed the second step."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import authentication_step_completed
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from samhandla.login import actions, queries, state
from samhandla.login.alert import tell_of_emergency
from samhandla.trust.models import Account


def _viewer(request: HttpRequest) -> Any:
    return getattr(request, "viewer", None)


@receiver(user_logged_in)
def session_opened(sender: Any, request: HttpRequest, user: Account, **kwargs: Any) -> None:
    """Write how sure the new session is, and tell others when the emergency account was used."""
    opened = state.opened(request, user)
    if not opened.via and queries.is_emergency(user.pk):
        use = actions.note_emergency_use(by=_viewer(request), account=user, ip=_address(request))
        tell_of_emergency(use)


def _address(request: HttpRequest) -> str | None:
    if not request.META.get("REMOTE_ADDR"):
        return None  # logged in without a connection, as by a test
    return str(get_adapter(request).get_client_ip(request))


@receiver(authentication_step_completed)
def step_taken(sender: Any, request: HttpRequest, user: Account, method: str, **kwargs: Any) -> None:
    """Write that somebody who is logged in has proved again who it is."""
    if not kwargs.get("reauthenticated"):
        return
    state.confirmed(request, method=method, level=kwargs.get("level"))
    actions.note_confirmed(by=_viewer(request), account=user, method=kwargs.get("type") or method)


@receiver(authenticator_added)
def step_added(sender: Any, request: HttpRequest, user: Account, authenticator: Any, **kwargs: Any) -> None:
    actions.note_second_step(by=_viewer(request), account=user, kind=authenticator.type, added=True)


@receiver(authenticator_removed)
def step_removed(sender: Any, request: HttpRequest, user: Account, authenticator: Any, **kwargs: Any) -> None:
    actions.note_second_step(by=_viewer(request), account=user, kind=authenticator.type, added=False)
