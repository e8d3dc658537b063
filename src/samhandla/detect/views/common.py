"""What several pages share: which unit it is about, and the answer after something was saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from samhandla.analytics.queries import COUNTED_CODES, quality_notes_for
from samhandla.analytics.words import count_in_words, describe_note
from samhandla.lib.i18n import storable, worded
from samhandla.people.models import Organisation
from samhandla.trust.viewer import Viewer
from samhandla.web.start import entries_for


def chosen_unit(request: HttpRequest, units: list[Organisation]) -> Organisation | None:
    """Return the unit that `?enhet=` names, else the first; None when there is none to choose from.

    Raises:
        Http404: the number names no unit of the viewer's own.
    """
    wanted = request.GET.get("enhet", "")
    if not wanted:
        return units[0] if units else None
    for unit in units:
        if str(unit.pk) == wanted:
            return unit
    raise Http404


LISTS = ("worklist", "principal", "team")


def way_back(viewer: Viewer) -> dict[str, Any]:
    """Return title and address of the list that the viewer works from; the start page without one."""
    for entry in entries_for(viewer):
        if entry.url_name in LISTS:
            return {"title": entry.title, "url": reverse(entry.url_name)}
    return {"title": gettext("startsidan"), "url": reverse("start")}


@dataclass(frozen=True)
class QualityLine:
    """What is said of the data before a list of pupils.

    Args:
        lines: what makes the figures uncertain, a sentence each.
        counted: what was set aside or changed afterwards in the list's own units, by number.
    """

    lines: list[str] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)


def quality_lines(
    viewer: Viewer, unit_ids: Collection[int], classes: Collection[str] | None = None
) -> QualityLine:
    """Say what makes the figures of a list uncertain, before anybody reads it. Queries: two."""
    notes = quality_notes_for(viewer, unit_ids=unit_ids, classes=classes)
    sums: Counter[str] = Counter()
    for note in notes:
        sums[note.code] += note.count
    return QualityLine(
        [describe_note(note) for note in notes if note.code not in COUNTED_CODES],
        [count_in_words(code, sums[code]) for code in COUNTED_CODES if sums[code]],
    )


def in_words(said: Any) -> str:
    """Return a sentence made with `say`, fresh or stored, in the reader's language."""
    return worded(said if isinstance(said, dict) else storable(said), gettext)


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, also when it is empty; None for a form that is shown the first time."""
    return request.POST if request.method == "POST" else None


def see_other(name: str, *, unit_id: int | None = None, **arguments: Any) -> HttpResponseRedirect:
    """Lead on after a POST with 303, so that reloading the next page never sends the form again.

    Args:
        unit_id: the unit that the next page is about, as `?enhet=`.
    """
    query = f"?enhet={unit_id}" if unit_id else ""
    return HttpResponseRedirect(reverse(name, kwargs=arguments or None) + query, status=303)
