"""How sure the figures of a pupil or a group are: the share of teaching that somebody has registered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Sum

from samhandla.analytics.models import AttendanceDay
from samhandla.analytics.queries import data_up_to, low_reporting
from samhandla.people.models import Membership
from samhandla.people.queries import domain_of, on_day
from samhandla.trust.models import Branch
from samhandla.trust.rls import key_of
from samhandla.trust.viewer import Viewer

FOUR_WEEKS = timedelta(days=28)


@dataclass(frozen=True)
class Reporting:
    """Registered of offered teaching the latest four weeks with data, 0–1, and whether it is low.

    Without day rows nothing is known, and nothing is called low: the page says that data are missing.
    """

    share: float | None = None
    low: bool = False


UNKNOWN = Reporting()


def limit_of(viewer: Viewer) -> float:
    """Return the share of registered teaching, 0–1, below which the viewer's authority greys a figure."""
    return float(low_reporting(viewer.authority_id))


def group_reporting_of(
    viewer: Viewer, unit_id: int, groups: Collection[int]
) -> tuple[Reporting, dict[int, Reporting]]:
    """Return how sure the figures of a unit and of some of its groups are, of what the viewer may see.

    Queries: six, however many groups.
    """
    last = data_up_to(viewer.authority_id)
    if last is None:
        return UNKNOWN, {}
    limit = limit_of(viewer)
    domain = domain_of(viewer.authority_id, Branch.SCHOOL).pk
    rows = AttendanceDay.objects.filter(
        unit_key=key_of(unit_id, domain),
        date__range=(last - FOUR_WEEKS + timedelta(days=1), last),
        absence_only=False,
    )
    sums = rows.values("child_id").annotate(taught=Sum("offered"), told=Sum("reported")).order_by()
    by_child = {row["child_id"]: (row["taught"], row["told"]) for row in sums}
    members: dict[int, list[tuple[int, int]]] = {group: [] for group in groups}
    places = Membership.objects.filter(on_day(last), group_id__in=groups)
    for group, child in places.values_list("group_id", "child_id").distinct():
        members[group].append(by_child.get(child, (0, 0)))
    return _of(by_child.values(), limit), {group: _of(sums, limit) for group, sums in members.items()}


def _of(sums: Collection[tuple[int, int]], limit: float) -> Reporting:
    taught, told = sum(one for one, _told in sums), sum(one for _taught, one in sums)
    return Reporting(told / taught, told / taught < limit) if taught else UNKNOWN


def reporting_of(viewer: Viewer, children: Sequence[int]) -> dict[int, Reporting]:
    """Return for each child how sure the figures are. Queries: four at most, however many children."""
    last = data_up_to(viewer.authority_id) if children else None
    if last is None:
        return dict.fromkeys(children, UNKNOWN)
    domain = domain_of(viewer.authority_id, Branch.SCHOOL).pk
    rows = AttendanceDay.objects.filter(
        child_key__in=[key_of(child, domain) for child in set(children)],
        date__range=(last - FOUR_WEEKS + timedelta(days=1), last),
        absence_only=False,
    )
    limit = limit_of(viewer)
    sums = rows.values("child_id").annotate(taught=Sum("offered"), told=Sum("reported")).order_by()
    found = {
        row["child_id"]: Reporting(row["told"] / row["taught"], row["told"] / row["taught"] < limit)
        for row in sums
        if row["taught"]
    }
    return {child: found.get(child, UNKNOWN) for child in children}
