"""Checks of the log of reading are made each month, and signed by a person; the family's log is cleared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from samhandla.people.actions.guard import is_service
from samhandla.people.errors import NotAllowed, NotYours, Refused
from samhandla.people.logcheck import Read, look_through
from samhandla.people.models import FamilyLogClearance, LogReview, LogReviewRow
from samhandla.people.queries.logs import CENTRAL, reviewing_units, units_of_readers
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

# Told of each check that is signed, in the same transaction. Rooms above this one add theirs at the start.
SIGNED: list[Callable[[Viewer, LogReview], None]] = []


@action
def make_reviews(*, by: Viewer, first: date, last: date) -> int:
    """Make a check of each unit whose staff has read something in a period. What is made already stays.

    Returns: how many were made.
    Raises:
        NotAllowed: the viewer is no job.
    """
    if not is_service(by):
        raise NotAllowed
    reads = _reads(first, last)
    places = units_of_readers({read.actor for read in reads}, on=last)
    leading = reviewing_units(on=last)
    by_unit: dict[int, list[Read]] = defaultdict(list)
    for read in reads:
        unit = places.get(read.actor, CENTRAL)
        # Nobody signs for one's own reading.
        by_unit[CENTRAL if unit in leading.get(read.actor, ()) else unit].append(read)
    made = {
        unit or CENTRAL
        for unit in LogReview.objects.filter(authority_id=by.authority_id, first=first).values_list(
            "unit_id", flat=True
        )
    }
    fresh = {unit: rows for unit, rows in by_unit.items() if unit not in made}
    for unit, rows in sorted(fresh.items()):
        _make(by, unit, rows, first, last)
    record(EventKind.LOG_REVIEW_MADE, by=by, details={"reviews": len(fresh), "entries": len(reads)})
    return len(fresh)


def _make(by: Viewer, unit: int, reads: list[Read], first: date, last: date) -> None:
    place = {"authority_id": by.authority_id, "unit_id": None if unit == CENTRAL else unit}
    review = LogReview.objects.create(
        **place, first=first, last=last, entries=len(reads), made_at=timezone.now()
    )
    LogReviewRow.objects.bulk_create(
        LogReviewRow(
            **place,
            review=review,
            entry=found.first.entry,
            at=found.first.at,
            actor_id=found.first.actor,
            page=found.first.page,
            times=found.times,
            codes=list(found.codes),
            reasons=list(found.first.reasons),
        )
        for found in look_through(reads, seed=review.pk)
    )


def _reads(first: date, last: date) -> list[Read]:
    zone = timezone.get_current_timezone()
    start = datetime.combine(first, time.min, zone)
    end = datetime.combine(last + timedelta(days=1), time.min, zone)
    with connection.cursor() as cursor:
        cursor.execute("select * from people_reads_between(%s, %s)", [start, end])
        return [_read(row) for row in cursor.fetchall()]


def _read(row: Iterable[object]) -> Read:
    entry, at, actor, page, refused, children, child, reasons, kin, protected = row
    return Read(
        entry=entry,  # type: ignore[arg-type]  # as the function in the database declares it
        at=timezone.localtime(at),  # type: ignore[arg-type]  # the same
        actor=actor,  # type: ignore[arg-type]  # the same
        page=str(page),
        refused=bool(refused),
        children=children,  # type: ignore[arg-type]  # the same
        child=child,  # type: ignore[arg-type]  # the same
        reasons=tuple(reasons),  # type: ignore[arg-type]  # the same
        kin=bool(kin),
        protected=bool(protected),
    )


@action
def sign_review(*, by: Viewer, review_id: int, outcome: str, words: str) -> LogReview:
    """Sign a check: nothing to remark, or what is done about it.

    Raises:
        NotYours: not to be found, or another's to sign.
        Refused: `signed` already; `outcome` is none of the choices; `words` are missing where something is
            pursued.
    """
    if not by.may(Permission.LOG_REVIEW):
        raise NotAllowed
    row = LogReview.objects.select_for_update(of=("self",)).filter(pk=review_id).first()
    if row is None:
        raise NotYours
    if row.signed_at is not None:
        raise Refused("signed")
    if outcome not in LogReview.Outcome.values:
        raise Refused("outcome")
    if outcome == LogReview.Outcome.PURSUE and not words.strip():
        raise Refused("words")
    row.outcome, row.words = outcome, words.strip()
    row.signed_by_id, row.signed_at = by.actor_id, timezone.now()
    row.save(update_fields=["outcome", "words", "signed_by", "signed_at"])
    for told in SIGNED:
        told(by, row)
    record(EventKind.LOG_REVIEW_SIGNED, by=by, about=row, details={"outcome": outcome})
    return row


@action
def clear_family_log(*, by: Viewer, open_: bool, on: date) -> FamilyLogClearance:
    """Decide whether the families of the authority may read their own log.

    Raises:
        NotAllowed: the viewer is not the authority's lawyer.
    """
    if not by.may(Permission.LAW_APPROVE):
        raise NotAllowed
    row, _made = FamilyLogClearance.objects.update_or_create(
        authority_id=by.authority_id,
        defaults={"open": open_, "decided_by_id": by.actor_id, "decided_on": on},
    )
    record(EventKind.LOG_CLEARED, by=by, about=row, details={"open": open_})
    return row
