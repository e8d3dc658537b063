"""Search by name, in Swedish order. It starts from the children that the viewer may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import CharField, F, Func, Model, QuerySet, Value
from django.db.models.functions import Collate, Concat, Replace

from samhandla.people.models import Child, Protection, Staff
from samhandla.people.queries.common import children_for, children_led_by, class_names, leads_pupils
from samhandla.trust.roles import UNIT_ROLES
from samhandla.trust.viewer import Viewer

Row = TypeVar("Row", bound=Model)
UNMASKED = (Protection.UNKNOWN, Protection.NONE)
MOST_WORDS = 5
MOST_FOUND = 20


# The same order as the database's `sv()`: å ä ö after z.
_SWEDISH = str.maketrans("åäöæøéèêëáàâíìîïóòôúùûüýñç", "{|}|}eeeeaaaiiiiooouuuyync")


def swedish(name: str) -> str:
    """Return a name as it is ordered in Swedish."""
    return name.lower().translate(_SWEDISH)


def _sv(expression: Any) -> Func:
    """Return a text as the database orders Swedish: lower case, å ä ö after z."""
    return Func(expression, function="sv", output_field=CharField())


def in_swedish_order(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Order people by family name and given name, å ä ö last."""
    return rows.order_by(Collate(_sv(F("family_name")), "C"), Collate(_sv(F("given_name")), "C"), "pk")


def search_children_for(viewer: Viewer, text: str) -> QuerySet[Child]:
    """Return the viewer's children whose names have words that begin so, in Swedish order.

    A protected child is never found: a hit by a name would tell where it goes to school. Nothing is
    found by an empty text.

    Queries: one, when it is read.
    """
    rows = children_for(viewer).filter(protection__in=UNMASKED, lifted_protection__in=UNMASKED)
    return _named(rows.select_related("unit"), text)


@dataclass(frozen=True)
class Hit:
    """A pupil who was found, with the class of today."""

    child: Child
    class_name: str


def find_children_for(viewer: Viewer, text: str, *, on: date) -> list[Hit]:
    """Return the first of the viewer's children whose names begin so, and one more if there are more.

    Who leads a group and has no unit is searched for among the group's children alone, so that neither the
    time nor the plan depends on how many the database holds.

    Queries: two, three more for whoever leads a group.
    """
    rows = search_children_for(viewer, text)
    if leads_pupils(viewer) and not viewer.may_any(*UNIT_ROLES):
        rows = rows.filter(pk__in=children_led_by(viewer, on=on)) if text else rows
    found = list(rows[: MOST_FOUND + 1])
    classes = class_names(viewer, [child.pk for child in found], on=on)
    return [Hit(child, classes.get(child.pk, "")) for child in found]


def search_staff_for(viewer: Viewer, text: str) -> QuerySet[Staff]:
    """Return those who work in the viewer's authority and have names with words that begin so.

    Queries: one, when it is read.
    """
    return _named(Staff.objects.filter(authority_id=viewer.authority_id), text)


def _named(rows: QuerySet[Row], text: str) -> QuerySet[Row]:
    words = text.replace("\x00", "").replace("-", " ").split()[:MOST_WORDS]
    if not words:
        return rows.none()
    name = Concat(Value(" "), F("given_name"), Value(" "), F("family_name"), output_field=CharField())
    found: QuerySet[Any] = rows.annotate(searched=_sv(Replace(name, Value("-"), Value(" "))))
    for word in words:
        found = found.filter(searched__contains=_sv(Value(f" {word}")))
    return in_swedish_order(found)
