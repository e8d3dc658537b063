"""Search by name, in Swedish order. It starts from the children that the viewer may see."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import CharField, F, Func, Model, QuerySet, Value
from django.db.models.functions import Collate, Concat, Replace

from samhandla.people.models import Child, Protection, Staff
from samhandla.people.queries.common import children_for
from samhandla.trust.viewer import Viewer

Row = TypeVar("Row", bound=Model)
UNMASKED = (Protection.UNKNOWN, Protection.NONE)
MOST_WORDS = 5


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


def search_staff_for(viewer: Viewer, text: str) -> QuerySet[Staff]:
    """Return those who work in the viewer's authority and have names with words that begin so.

    Queries: one, when it is read.
    """
    return _named(Staff.objects.filter(authority_id=viewer.authority_id), text)


def _named(rows: QuerySet[Row], text: str) -> QuerySet[Row]:
    words = text.replace("-", " ").split()[:MOST_WORDS]
    if not words:
        return rows.none()
    name = Concat(Value(" "), F("given_name"), Value(" "), F("family_name"), output_field=CharField())
    found: QuerySet[Any] = rows.annotate(searched=_sv(Replace(name, Value("-"), Value(" "))))
    for word in words:
        found = found.filter(searched__contains=_sv(Value(f" {word}")))
    return in_swedish_order(found)
