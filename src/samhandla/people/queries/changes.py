"""What has been changed about one child: who, when, which fields, before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samhandla.people.models import Area, Child, Group, Organisation
from samhandla.people.queries.common import may_read_name
from samhandla.trust.classify import Sensitivity
from samhandla.trust.history import CALLED, HISTORY, OWN
from samhandla.trust.models import Actor
from samhandla.trust.viewer import Viewer

MOST_LINES = 200
# Fields that have no words of their own where they are declared.
WORDS = {
    "valid_from": _("från och med"),
    "valid_to": _("till och med"),
    "ended_at": _("avslutad"),
    "main": _("huvudsaklig plats"),
    "lifted_protection": _("skydd som följer av familjen"),
    "state": _("läge"),
    "due_on": _("svar senast"),
    "closed_on": _("avslutad"),
    "escalated_on": _("lyft till rektor"),
    "done_on": _("gjort"),
    "solved": _("löst"),
    "note": _("anteckning"),
    "group": _("grupp"),
    "unit": _("skolenhet"),
    "kind": _("slag"),
}
NAMED = (Organisation, Group, Area)  # keys that are shown by name; of others only that they changed
OF_THE_NAME = {"given_name", "family_name", "lives_in"}
SHOWN_PROTECTED = {"protection", "lifted_protection", "lives_in"}
KINDS = {"insert": _("lades till"), "update": _("ändrades"), "delete": _("togs bort")}


@dataclass(frozen=True)
class FieldChange:
    """One field before and after; both empty where only that it changed is told."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangeLine:
    """One change of one row."""

    at: datetime
    who: str
    what: str
    kind: str
    fields: list[FieldChange]


def list_changes_for(viewer: Viewer, child: Child) -> list[ChangeLine]:
    """Return what has been changed about a child, the latest first, at most `MOST_LINES`.

    Each table of history has its row's own policy, so that nobody reads more here than on the pages.

    Queries: one for each table of history, one more for each that holds something, four for names.
    """
    found: list[tuple[Any, Any, type[models.Model]]] = []
    for model, history in HISTORY.items():
        found += [(image, after, model) for image, after in _changes_of(model, history, child)]
    found.sort(key=lambda one: (one[0].pgh_created_at, one[0].pgh_id), reverse=True)
    found = found[:MOST_LINES]
    actors = {image.pgh_actor for image, _after, _model in found}
    names = dict(Actor.objects.filter(pk__in=actors - {None}).values_list("pk", "name"))
    told = _Told(_places(found), hides_name=child.is_masked and not may_read_name(viewer, child))
    return [
        ChangeLine(
            at=image.pgh_created_at,
            who=names.get(image.pgh_actor) or gettext("utanför programmet"),
            what=str(CALLED[model]),
            kind=str(KINDS[image.pgh_label]),
            fields=[] if after is None else told.differences(model, image, after),
        )
        for image, after, model in found
    ]


def _changes_of(
    model: type[models.Model], history: type[models.Model], child: Child
) -> Iterable[tuple[Any, Any]]:
    """Yield each earlier state with what followed it; None where the row came or went."""
    rows: models.QuerySet[Any] = history._default_manager.order_by("pgh_id")
    if model is Child:
        rows = rows.filter(id=child.pk)
    elif "child" in {f.name for f in model._meta.local_fields}:
        rows = rows.filter(child_id=child.pk)
    else:
        return
    by_row: dict[Any, list[Any]] = defaultdict(list)
    for image in rows:
        by_row[image.id].append(image)
    now = model._default_manager.in_bulk(list(by_row)) if by_row else {}
    for number, images in by_row.items():
        for image, following in zip(images, [*images[1:], now.get(number)], strict=True):
            yield image, following if image.pgh_label == "update" else None


def _places(found: list[tuple[Any, Any, type[models.Model]]]) -> dict[tuple[type[models.Model], Any], str]:
    """Return the names of the units, groups and areas that the changed keys point to. Queries: three."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for image, after, model in found:
        for field in model._meta.local_fields:
            if field.related_model in NAMED and after is not None:
                wanted[field.related_model] |= {getattr(image, field.attname), getattr(after, field.attname)}
    return {
        (model, row.pk): str(row)
        for model, keys in wanted.items()
        for row in model._default_manager.filter(pk__in=keys - {None})
    }


class _Told:
    """How two states of a row differ, in words."""

    def __init__(self, places: dict[tuple[type[models.Model], Any], str], *, hides_name: bool) -> None:
        self.places = places
        self.hides_name = hides_name

    def differences(self, model: type[models.Model], before: Any, after: Any) -> list[FieldChange]:
        found = []
        for field in model._meta.local_fields:
            if (
                field.generated
                or field.primary_key
                or field.name in OWN
                or not hasattr(before, field.attname)
            ):
                continue
            old, new = getattr(before, field.attname), getattr(after, field.attname)
            if old == new:
                continue
            hidden = not self._is_told(model, field)
            found.append(
                FieldChange(
                    _name(field),
                    "" if hidden else self._value(field, old),
                    "" if hidden else self._value(field, new),
                )
            )
        return found

    def _is_told(self, model: type[models.Model], field: models.Field[Any, Any]) -> bool:
        level = model.Fields.of(field.name)  # type: ignore[attr-defined]  # every model has one
        if level == Sensitivity.PROTECTED and field.name not in SHOWN_PROTECTED:
            return False
        if self.hides_name and field.name in OF_THE_NAME:
            return False
        simple = (models.CharField, models.TextField, models.DateField, models.BooleanField)
        return field.related_model in NAMED or isinstance(field, simple)

    def _value(self, field: models.Field[Any, Any], value: Any) -> str:
        if value in (None, ""):
            return "–"
        if field.related_model:
            return self.places.get((field.related_model, value), "–")
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, bool):
            return gettext("ja") if value else gettext("nej")
        if isinstance(value, datetime):
            return date_format(timezone.localtime(value), "j F Y H:i")
        return date_format(value, "j F Y") if isinstance(value, date) else str(value)


def _name(field: models.Field[Any, Any]) -> str:
    """Return what a field is called; `annan uppgift` where nobody has given it words."""
    if field.name in WORDS:
        return str(WORDS[field.name])
    told = str(field.verbose_name)
    return gettext("annan uppgift") if told == field.name.replace("_", " ") else told
