"""How sure a pupil's figures are: the share of teaching that somebody has registered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Sum

from samhandla.analytics.models import AttendanceDay
from samhandla.analytics.queries import data_up_to, low_reporting
from samhandla.people.queries import domain_of
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


def reporting_of(viewer: Viewer, children: Sequence[int]) -> dict[int, Reporting]:
    """Return for each child how sure the figures are. Queries: four at most, however many children."""
    last = data_up_to(viewer.authority_id) if children else None
    if last is None:
        return dict.fromkeys(children, UNKNOWN)
    domain = domain_of(viewer.authority_id, Branch.SCHOOL).pk
    rows = AttendanceDay.objects.filter(
        child_key__in=[key_of(child, domain) for child in set(children)],
        date__range=(last - FOUR_WEEKS + timedelta(days=1), last),
    )
    limit = limit_of(viewer)
    sums = rows.values("child_id").annotate(taught=Sum("offered"), told=Sum("reported")).order_by()
    found = {
        row["child_id"]: Reporting(row["told"] / row["taught"], row["told"] / row["taught"] < limit)
        for row in sums
        if row["taught"]
    }
    return {child: found.get(child, UNKNOWN) for child in children}
