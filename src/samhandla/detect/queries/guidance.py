"""Närvarohandledning: a group's figures, and what has been said about it each month."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum

from samhandla.analytics.models import AttendanceDay
from samhandla.analytics.queries import data_up_to
from samhandla.detect.models import Guidance
from samhandla.detect.queries.units import unit_ids_for
from samhandla.detect.rules.hide import FEWEST
from samhandla.people.models import Assignment, Group, GroupKind, Membership, Staff
from samhandla.people.queries import domain_of, groups_led_by, on_day
from samhandla.trust.models import Branch
from samhandla.trust.permissions import Permission
from samhandla.trust.rls import key_of
from samhandla.trust.roles import GROUP_ROLES
from samhandla.trust.viewer import Viewer

LEADING = ("attendance_officer", "principal", "deputy_principal")
FOUR_WEEKS = timedelta(days=28)
MONTH = timedelta(days=31)


@dataclass(frozen=True)
class Figures:
    """Minutes of a set of pupils in four weeks, with n; shares are None where nothing was offered."""

    pupils: int
    offered: int
    valid: int
    invalid: int
    reported: int

    def share(self, minutes: int) -> float | None:
        return round(minutes / self.offered, 4) if self.offered else None

    @property
    def absence_share(self) -> float | None:
        return self.share(self.valid + self.invalid)

    @property
    def valid_share(self) -> float | None:
        return self.share(self.valid)

    @property
    def invalid_share(self) -> float | None:
        return self.share(self.invalid)

    @property
    def reporting_rate(self) -> float | None:
        return self.share(self.reported)


@dataclass(frozen=True)
class GroupFigures:
    """A group's latest four weeks, the four before, and the rest of the unit where it is large enough."""

    first: date
    last: date
    group: Figures
    before: Figures
    unit: Figures | None

    @property
    def change(self) -> float | None:
        """The change of the share of absence, in share (0.01 is one percentage point)."""
        now, then = self.group.absence_share, self.before.absence_share
        return None if now is None or then is None else round(now - then, 4)


@dataclass(frozen=True)
class GuidanceRow:
    """One mentor and group in the list: when last, when next."""

    group: Group
    mentor: Staff
    last: Guidance | None
    due: bool


@dataclass(frozen=True)
class GuidancePage:
    """One group's page: figures now, and every meeting about it."""

    group: Group
    mentors: list[Staff]
    figures: GroupFigures | None
    history: list[Guidance]
    may_lead: bool


def may_lead(viewer: Viewer, group: Group) -> bool:
    """Tell whether the viewer leads attendance work at the group's unit."""
    return viewer.may(Permission.GUIDANCE_LEAD) and group.unit_id in unit_ids_for(viewer, *LEADING)


def _groups_for(viewer: Viewer, on: date) -> Any:
    """Return the groups whose meetings the viewer leads or takes part in."""
    own = groups_led_by(viewer, on=on)
    led = unit_ids_for(viewer, *LEADING) if viewer.may(Permission.GUIDANCE_LEAD) else set()
    kinds = (GroupKind.CLASS, GroupKind.MENTOR)
    groups = Group.objects.filter(on_day(on), kind__in=kinds, unit__authority_id=viewer.authority_id)
    return (groups.filter(pk__in=own) | groups.filter(unit_id__in=led)).distinct()


def list_guidance_for(viewer: Viewer, *, today: date) -> list[GuidanceRow]:
    """Return every mentor and group of the viewer's own, those who have waited longest first.

    The number of queries does not grow with the number of groups.
    """
    groups = {g.pk: g for g in _groups_for(viewer, today).select_related("unit")}
    held = Assignment.objects.filter(on_day(today), group_id__in=groups, role__in=GROUP_ROLES)
    latest: dict[tuple[int, int], Guidance] = {}
    for row in Guidance.objects.filter(group_id__in=groups).order_by("held_on", "pk"):
        latest[row.group_id, row.mentor_id] = row
    rows = [
        GuidanceRow(groups[a.group_id], a.staff, last, last is None or last.held_on < today - MONTH)
        for a in held.select_related("staff").order_by("pk")
        for last in [latest.get((a.group_id, a.staff_id))]
    ]
    return sorted(
        rows, key=lambda r: (r.last.held_on if r.last else date.min, r.group.unit.name, r.group.name)
    )


def guidance_page_for(viewer: Viewer, group_id: int, *, today: date) -> GuidancePage | None:
    """Return a group's page; None alike when the group is missing and when it is not the viewer's."""
    group = _groups_for(viewer, today).filter(pk=group_id).select_related("unit").first()
    if group is None:
        return None
    held = Assignment.objects.filter(on_day(today), group=group, role__in=GROUP_ROLES)
    history = Guidance.objects.filter(group=group).select_related("mentor", "led_by")
    return GuidancePage(
        group=group,
        mentors=list(Staff.objects.filter(assignments__in=held).distinct().order_by("family_name", "pk")),
        figures=group_figures_for(viewer, group),
        history=list(history.order_by("-held_on", "-pk")),
        may_lead=may_lead(viewer, group),
    )


def group_figures_for(viewer: Viewer, group: Group) -> GroupFigures | None:
    """Return a group's figures over the latest four weeks with data; None before the first import.

    The rest of the unit is summed for those who may see it, and only where it is ten pupils or more,
    so that no small group can be found by subtraction. Queries: seven at most.
    """
    last = data_up_to(viewer.authority_id)
    if last is None:
        return None
    domain = domain_of(viewer.authority_id, Branch.SCHOOL).pk
    places = Membership.objects.filter(on_day(last), group=group)
    members = sorted(set(places.values_list("child_id", flat=True)))
    own = AttendanceDay.objects.filter(child_key__in=[key_of(child, domain) for child in members])
    first = last - FOUR_WEEKS + timedelta(days=1)
    unit = None
    if group.unit_id in unit_ids_for(viewer, *LEADING):
        rest = AttendanceDay.objects.filter(unit_key=key_of(group.unit_id, domain))
        unit = _sum(rest.exclude(child_id__in=members), first, last)
    return GroupFigures(
        first=first,
        last=last,
        group=_sum(own, first, last),
        before=_sum(own, first - FOUR_WEEKS, first - timedelta(days=1)),
        unit=unit if unit is not None and unit.pupils >= FEWEST else None,
    )


def _sum(rows: Any, first: date, last: date) -> Figures:
    within = rows.filter(date__range=(first, last), absence_only=False)
    names = ("offered", "valid", "invalid", "reported")
    sums = within.aggregate(**{f"{name}_sum": Sum(name) for name in names})
    pupils = within.values("child_id").distinct().count()
    return Figures(pupils, **{name: sums[f"{name}_sum"] or 0 for name in names})


def plain(figures: GroupFigures | None) -> dict[str, Any]:
    """Return figures as they are kept with a meeting; empty when there are none."""
    if figures is None:
        return {}
    kept = asdict(figures)
    return {**kept, "first": figures.first.isoformat(), "last": figures.last.isoformat()}


def kept_figures(kept: dict[str, Any]) -> GroupFigures | None:
    """Return the figures that were kept with a meeting."""
    if not kept:
        return None
    return GroupFigures(
        first=date.fromisoformat(kept["first"]),
        last=date.fromisoformat(kept["last"]),
        group=Figures(**kept["group"]),
        before=Figures(**kept["before"]),
        unit=Figures(**kept["unit"]) if kept["unit"] else None,
    )
