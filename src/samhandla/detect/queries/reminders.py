"""Who is reminded by e-mail, and when: on school days, seldom, and never about whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q

from samhandla.detect.models import GroupSignal, Notice, Signal, SignalState, StepTaken
from samhandla.detect.queries.steps import list_waiting_places
from samhandla.detect.queries.units import PRINCIPALS
from samhandla.people.models import Assignment, Duty, Membership, Organisation, Staff, Substitution
from samhandla.people.queries import in_force, mentor_by_child, on_day, school_days_of, withheld_leaders
from samhandla.trust.events import EventKind
from samhandla.trust.models import Event
from samhandla.trust.roles import GROUP_ROLES
from samhandla.trust.viewer import Viewer

AHEAD = timedelta(days=30)


class Week:
    """What day it is at each unit: a school day, the first of its week, the first of its month."""

    def __init__(self, today: date) -> None:
        self.today = today
        self._near: dict[int, list[date]] = {}

    def _days(self, unit_id: int) -> list[date]:
        if unit_id not in self._near:
            first = self.today - timedelta(days=31)
            self._near[unit_id] = school_days_of(unit_id, first=first, last=self.today + AHEAD)
        return self._near[unit_id]

    def is_school_day(self, unit_id: int) -> bool:
        return self.today in self._days(unit_id)

    def begins_week(self, unit_id: int) -> bool:
        """Tell whether today is the unit's first school day of the week."""
        monday = self.today - timedelta(days=self.today.weekday())
        return self.today == next((d for d in self._days(unit_id) if d >= monday), None)

    def begins_month(self, unit_id: int) -> bool:
        """Tell whether today is the unit's first school day of the month."""
        return self.today == next((d for d in self._days(unit_id) if d >= self.today.replace(day=1)), None)

    def next_school_day(self, unit_id: int) -> date | None:
        return next((d for d in self._days(unit_id) if d > self.today), None)


def reminded_today(by: Viewer, today: date) -> set[str]:
    """Return which kinds of reminders the service has sent on a day, so that none is sent twice."""
    rows = Event.objects.filter(event=EventKind.REMINDERS_SENT, actor_id=by.actor_id, at__date=today)
    return {details["kind"] for details in rows.values_list("details", flat=True)}


def list_staff_to_remind(by: Viewer, *, today: date) -> list[Staff]:
    """Return whoever has something to answer: when the week begins, and the day before it is due.

    Instead of somebody who is away, the stand-in is reminded. Principals are reminded of what waits
    for them once a week, and whoever a step of the närvarotrappa waits for as a mentor is.
    """
    week = Week(today)
    wanted = _mentors(by, week) | _principals(by, week) | _step_holders(by, week)
    return _with_address(by, wanted)


def list_guidance_staff(by: Viewer, *, today: date) -> list[Staff]:
    """Return mentors and attendance officers of the units where a month begins today."""
    week = Week(today)
    units = Organisation.objects.filter(
        authority_id=by.authority_id, kind=Organisation.Kind.SCHOOL_UNIT
    ).values_list("pk", flat=True)
    beginning = [unit for unit in units if week.begins_month(unit)]
    held = Assignment.objects.filter(on_day(today), role__in=GROUP_ROLES, group__unit_id__in=beginning)
    officers = Duty.objects.filter(on_day(today), role="attendance_officer", unit_id__in=beginning)
    wanted = set(held.values_list("staff_id", flat=True)) | set(officers.values_list("staff_id", flat=True))
    return _with_address(by, _stand_ins(wanted, today))


def _with_address(by: Viewer, staff_ids: Iterable[int]) -> list[Staff]:
    rows = Staff.objects.filter(pk__in=set(staff_ids), authority_id=by.authority_id).exclude(email="")
    return list(rows.order_by("pk"))


def _mentors(by: Viewer, week: Week) -> set[int]:
    rows = Signal.objects.filter(state=SignalState.OPEN, good_news=False)
    children = {
        child
        for child, unit, due in rows.values_list("child_id", "unit_id", "due_on")
        if week.begins_week(unit) or (week.is_school_day(unit) and due == week.next_school_day(unit))
    }
    held = Assignment.objects.filter(on_day(week.today), role__in=GROUP_ROLES)
    places = Membership.objects.filter(on_day(week.today), child_id__in=children, group__assignments__in=held)
    columns = ("child_id", "group__assignments__staff_id", "group__assignments__staff__actor_id")
    withheld = withheld_leaders()
    narrowed = {child for child, _ in withheld}
    wanted = {staff for child, staff, actor in places.values_list(*columns) if (child, actor) not in withheld}
    # Of a child from whom its mentor is withheld, whoever has the mentor's place is reminded.
    instead = mentor_by_child(by, on=week.today, children=children & narrowed) if narrowed else {}
    return _stand_ins(wanted, week.today) | set(instead.values())


def _stand_ins(staff_ids: set[int], today: date) -> set[int]:
    """Put stand-ins in the place of those who are away."""
    away = Substitution.objects.filter(in_force(today), absent_id__in=staff_ids)
    pairs = list(away.values_list("absent_id", "stand_in_id"))
    return (staff_ids - {absent for absent, _ in pairs}) | {stand_in for _, stand_in in pairs}


def _principals(by: Viewer, week: Week) -> set[int]:
    own = Q(escalated_on__isnull=False) | Q(owner_role="principal")
    waiting = [
        Signal.objects.filter(own, state=SignalState.OPEN, good_news=False),
        GroupSignal.objects.filter(authority_id=by.authority_id, state=SignalState.OPEN),
        Notice.objects.filter(signed_on=None),
        StepTaken.objects.filter(step__is_inquiry=True, done_on=None),
    ]
    units = {unit for rows in waiting for unit in rows.values_list("unit_id", flat=True)}
    units = {unit for unit in units if week.begins_week(unit)}
    above = _ancestors(by)
    reached = {place for unit in units for place in above[unit]}
    duties = Duty.objects.filter(on_day(week.today), role__in=PRINCIPALS, unit_id__in=reached)
    return _stand_ins(set(duties.values_list("staff_id", flat=True)), week.today)


def _step_holders(by: Viewer, week: Week) -> set[int]:
    """Return whoever holds the role, at the unit or above it, that an open step waits for."""
    near = {
        (role, unit)
        for role, unit, due in list_waiting_places()
        if week.begins_week(unit) or (week.is_school_day(unit) and due == week.next_school_day(unit))
    }
    above = _ancestors(by)
    places = {(role, place) for role, unit in near for place in above[unit]}
    held = Duty.objects.filter(on_day(week.today), role__in={role for role, _ in places})
    rows = held.values_list("role", "unit_id", "staff_id")
    return _stand_ins({staff for role, unit, staff in rows if (role, unit) in places}, week.today)


def _ancestors(by: Viewer) -> dict[int, list[int]]:
    """Return for each unit itself and every unit above it."""
    parents = dict(Organisation.objects.filter(authority_id=by.authority_id).values_list("pk", "parent_id"))
    found: dict[int, list[int]] = defaultdict(list)
    for unit in parents:
        place: int | None = unit
        while place is not None:
            found[unit].append(place)
            place = parents.get(place)
    return found
