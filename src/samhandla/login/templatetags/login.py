"""What the login page offers."""

from __future__ import annotations

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def ways_in() -> list[dict[str, str]]:
    """Return the identity providers of the installation, as id and name, in the file's order."""
    apps = [app for several in settings.SOCIALACCOUNT_PROVIDERS.values() for app in several["APPS"]]
    return [{"id": app["provider_id"], "name": app["name"]} for app in apps]


@register.simple_tag
def passwords_for_all() -> bool:
    """Tell whether everybody may log in with a password."""
    return bool(settings.SAMHANDLA_LOCAL_LOGIN == "all")
