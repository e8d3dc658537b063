"""Which classes a viewer's list is about."""

from __future__ import annotations

from datetime import date

from samhandla.people.models import Child
from samhandla.people.queries import children_led_by, class_names
from samhandla.trust.viewer import Viewer


def classes_led_by(viewer: Viewer, *, on: date) -> tuple[set[int], set[str]]:
    """Return the units and the classes of the pupils whose list the viewer answers for.

    A mentor's group may hold pupils of several classes. Queries: three more than the groups' own.
    """
    children = children_led_by(viewer, on=on)
    units = Child.objects.filter(pk__in=children).values_list("unit_id", flat=True)
    return set(units), set(class_names(viewer, children, on=on).values())
