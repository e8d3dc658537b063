"""What the menu and the start page lead to. Rooms register; this room knows none of them.

A room calls `register` in its app's `ready()`. The order decides which page is somebody's main page:
the first one that the viewer may open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

Text = str | Promise


SHORT_MENU = 9  # as many titles as stand on one line


@dataclass(frozen=True)
class Entry:
    """One page in the menu and on the start page.

    Args:
        order: low numbers first; 10–39 daily work, 40–69 overview, 70–99 settings.
        in_menu: False for pages that a long menu leaves out; the start page leads there.
        when: whether the page has anything to do with the viewer, beside the permission; no queries.
        note: a short live sentence ("3 väntar på svar") for the start page; no more queries for more rows.
    """

    url_name: str
    title: Text
    text: Text
    permission: Permission
    order: int
    in_menu: bool = True
    note: Callable[[Viewer], str] | None = None
    when: Callable[[Viewer], bool] | None = None


class AlreadyRegistered(Exception):
    """Two entries lead to the same page: a defect of a room."""


_entries: dict[str, Entry] = {}


def register(entry: Entry) -> None:
    """Add a page to the menu.

    Raises: AlreadyRegistered when another entry leads to the same page.
    """
    if _entries.setdefault(entry.url_name, entry) != entry:
        raise AlreadyRegistered(entry.url_name)


def title_of(url_name: str) -> Text:
    """Return what a page is called in the menu, empty when it is not there."""
    entry = _entries.get(url_name)
    return entry.title if entry else ""


def entries_for(viewer: Viewer) -> list[Entry]:
    """Return the pages that the viewer may open, the main page first."""
    held = viewer.permissions
    open_to = (e for e in _entries.values() if e.permission in held and (e.when is None or e.when(viewer)))
    return sorted(open_to, key=lambda e: (e.order, e.url_name))


def tiles_for(viewer: Viewer) -> list[dict[str, object]]:
    """Return what the start page shows, the main page first. Queries: those of the entries' notes."""
    return [
        {
            "title": e.title,
            "text": e.text,
            "url": reverse(e.url_name),
            "note": e.note(viewer) if e.note else "",
        }
        for e in entries_for(viewer)
    ]


def menu_for(viewer: Viewer, request: HttpRequest) -> list[dict[str, object]]:
    """Return the menu: title, address and whether the present page lies under it.

    Whoever has few pages has them all in it; a long menu keeps to the daily ones.
    """
    entries = entries_for(viewer)
    rows = [(e.title, reverse(e.url_name)) for e in entries if e.in_menu or len(entries) <= SHORT_MENU]
    here = max((url for _, url in rows if request.path.startswith(url)), key=len, default="")
    return [{"title": title, "url": url, "current": url == here} for title, url in rows]
