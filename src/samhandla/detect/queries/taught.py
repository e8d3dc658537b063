"""The groups that somebody teaches, and who is in them: names and own marks, nothing else about a child."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext

from samhandla.detect.queries.pupil import NEAR
from samhandla.detect.taught import REACH_DAYS, TEACHES
from samhandla.people.models import Assignment, Group, Staff, Substitution
from samhandla.people.queries import in_force, school_days_of
from samhandla.people.queries.names import swedish
from samhandla.trust.shown import note_shown
from samhandla.trust.viewer import Viewer

DAYS_BACK = 5  # school days to choose between: a lesson is remembered for about a week
WEEKEND = (5, 6)


@dataclass(frozen=True)
class TaughtPupil:
    """One pupil of a group. Without `ref` nobody can be marked: the name is protected."""

    ref: UUID | None
    given_name: str
    family_name: str
    marked: bool

    @property
    def name(self) -> str:
        """The name as every list shows it."""
        if self.ref is None:
            return gettext("Skyddade personuppgifter")
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True)
class TaughtGroup:
    """One group on one day; `day` is None when there is no school day to choose."""

    group: Group
    days: list[date]
    day: date | None
    pupils: list[TaughtPupil]

    @property
    def marked(self) -> int:
        return sum(p.marked for p in self.pupils)


def list_groups_taught_by(viewer: Viewer, *, on: date) -> list[Group]:
    """Return the groups whose lessons the viewer has, own ones and as stand-in, by unit and name.

    Queries: two, however many groups.
    """
    away = Substitution.objects.filter(in_force(on), stand_in__actor_id=viewer.actor_id).values("absent_id")
    own = Staff.objects.filter(actor_id=viewer.actor_id).values("pk")
    held = Assignment.objects.filter(
        in_force(on), role__in=TEACHES, group__unit__authority=viewer.authority_id
    )
    ids = {
        *held.filter(staff__in=own).values_list("group_id", flat=True),
        *held.filter(staff__in=away).values_list("group_id", flat=True),
    }
    groups = Group.objects.filter(pk__in=ids).select_related("unit")
    return sorted(groups, key=lambda g: (g.unit.name, swedish(g.name), g.pk))


def days_to_mark(unit_id: int, *, today: date) -> list[date]:
    """Return the latest school days of a unit, today last; weekdays where no calendar has been set.

    Queries: one.
    """
    near = school_days_of(unit_id, first=today - NEAR, last=today + NEAR)
    reach = [today - timedelta(days=n) for n in range(REACH_DAYS, -1, -1)]
    days = [day for day in reach if (day in near if near else day.weekday() not in WEEKEND)]
    return days[-DAYS_BACK:]


def taught_group_for(
    viewer: Viewer, group_id: int, *, today: date, day: date | None = None
) -> TaughtGroup | None:
    """Return one of the viewer's own groups with its pupils on a day; None for any other group.

    Args:
        day: one of the days that can be marked; else the latest of them.
    Queries: four, however many pupils.
    """
    group = next((g for g in list_groups_taught_by(viewer, on=today) if g.pk == group_id), None)
    if group is None:
        return None
    days = days_to_mark(group.unit_id, today=today)
    chosen = day if day in days else (days[-1] if days else None)
    pupils = [] if chosen is None else _pupils(group_id, chosen)
    return TaughtGroup(group, days, chosen, pupils)


def _pupils(group_id: int, day: date) -> list[TaughtPupil]:
    """Ask the database for names and own marks; protected pupils come last, without a name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, ref, given_name, family_name, marked from detect_taught_pupils(%s, %s)",
            [group_id, day],
        )
        found = cursor.fetchall()
    note_shown(number for number, *_ in found)
    rows = [TaughtPupil(*row) for _, *row in found]
    return sorted(rows, key=lambda p: (p.ref is None, swedish(p.given_name), swedish(p.family_name)))
