"""Units, groups and members as they were on a day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F

from samhandla.people.models import Assignment, Child, Group, GroupKind, Membership, Organisation, Staff
from samhandla.people.queries.common import children_for, grade_labels, held_on, on_day
from samhandla.people.queries.names import in_swedish_order
from samhandla.people.queries.units import organisations_for
from samhandla.people.rules import grade_label
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

LEADING = ("mentor", "class_teacher")


@dataclass(frozen=True)
class GroupRow:
    """A group on a day: what its school year is called, who leads it, how many are in it."""

    group: Group
    grade: str
    leaders: tuple[Staff, ...]
    members: int

    @property
    def led(self) -> bool:
        """Whether it is a class or a mentor's group: one that somebody answers for."""
        return self.group.kind in (GroupKind.CLASS, GroupKind.MENTOR)


def list_groups_for(viewer: Viewer, unit: Organisation, *, on: date) -> list[GroupRow]:
    """Return a unit's groups on a day, by kind and name. Queries: four, whatever their number."""
    groups = list(Group.objects.filter(on_day(on), unit=unit).order_by("kind", "name", "pk"))
    ids = [group.pk for group in groups]
    leaders: dict[int, list[Staff]] = defaultdict(list)
    tasks = Assignment.objects.filter(held_on(on), group__in=ids, role__in=LEADING).select_related("staff")
    for task in tasks.order_by("staff__family_name", "staff__given_name", "pk"):
        if task.staff not in leaders[task.group_id]:
            leaders[task.group_id].append(task.staff)
    counts = dict(
        Membership.objects.filter(on_day(on), group__in=ids)
        .order_by()
        .values_list("group_id")
        .annotate(n=Count("child", distinct=True))
    )
    labels = grade_labels(unit.authority_id)
    forms = list(unit.school_forms)
    return [
        GroupRow(
            group,
            grade_label(labels, _form_of(group, forms), group.school_year, on),
            tuple(leaders[group.pk]),
            counts.get(group.pk, 0),
        )
        for group in groups
    ]


def _form_of(group: Group, forms: list[str]) -> str:
    """Return the form whose labels name a group's year; a unit with several forms has them apart by year."""
    if group.school_year == 0 and "FKLASS" in forms:
        return "FKLASS"
    return next((form for form in forms if form not in ("FKLASS", "FTH", "FS")), "")


def get_group_for(viewer: Viewer, pk: int) -> Group | None:
    """Return a group of a unit within reach; None alike when it is missing and when it is not."""
    units = [o.pk for o in organisations_for(viewer, Permission.REGISTER_READ)]
    return Group.objects.filter(pk=pk, unit__in=units).select_related("unit").first()


@dataclass(frozen=True)
class Members:
    """Who was in a group on a day; `moved` counts those who have left the school since."""

    children: list[Child]
    moved: int


def members_for(viewer: Viewer, group: Group, *, on: date) -> Members:
    """Return a group's members on a day in Swedish order; who has moved since is only counted.

    Queries: two.
    """
    places = Membership.objects.filter(on_day(on), group=group)
    ids = set(places.values_list("child_id", flat=True))
    children = list(in_swedish_order(children_for(viewer).filter(pk__in=ids)))
    # A protected child stands last, so that its place in the alphabet tells nothing.
    children.sort(key=lambda child: child.is_masked)
    return Members(children, len(ids) - len(children))


def list_leaders_of(group: Group) -> list[Assignment]:
    """Return everybody who has led or taught a group, the latest first."""
    rows = Assignment.objects.filter(group=group).select_related("staff")
    return list(rows.order_by(F("valid_from").desc(), "-pk"))
