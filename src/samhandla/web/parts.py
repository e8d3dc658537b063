"""What a page is called when somebody is told that it has been read. Rooms register; this room knows none."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.functional import Promise
from django.utils.translation import gettext

from samhandla.web.start import title_of

Text = str | Promise

_parts: dict[str, Text] = {}


def register_parts(parts: Mapping[str, Text]) -> None:
    """Say what pages are called in a log, by the name of the path. A room calls it in its app's `ready()`."""
    _parts.update(parts)


def part_of(url_name: str) -> str:
    """Return what a page is called: its own words, else its title in the menu, else its room's name."""
    words = _parts.get(url_name) or title_of(url_name)
    if words:
        return str(words)
    room = _rooms().get(url_name, "")
    return gettext(str(apps.get_app_config(room).verbose_name)) if room else gettext("okänd sida")


@cache
def _rooms() -> dict[str, str]:
    """Return the label of the app of each named path."""
    found: dict[str, str] = {}
    labels = {config.name: config.label for config in apps.get_app_configs()}

    def walk(patterns: list[URLPattern | URLResolver]) -> None:
        for one in patterns:
            if isinstance(one, URLResolver):
                walk(one.url_patterns)
            elif one.name:
                package = ".".join(one.callback.__module__.split(".")[:2])
                if package in labels:
                    found[one.name] = labels[package]

    walk(get_resolver().url_patterns)
    return found
