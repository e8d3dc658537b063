"""Notices of absence as their receiver reads them: the notice, never another row about the child."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, F, Func, QuerySet
from django.utils.translation import gettext

from samhandla.detect.models import DeliveredNotice, Notice
from samhandla.people.models import SchoolDay
from samhandla.trust.viewer import Viewer


@dataclass(frozen=True)
class NoticeRow:
    """One delivered notice; of a child that is protected today neither name nor text is told."""

    row: DeliveredNotice
    masked: bool
    days_left: int | None

    @property
    def name(self) -> str:
        return gettext("Skyddade personuppgifter") if self.masked else self.row.pupil

    @property
    def text(self) -> str:
        return "" if self.masked else self.row.text

    @property
    def overdue(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    @property
    def outside(self) -> bool:
        """Whether the receiver does not use the system, so that the notice is handed out by hand."""
        return self.row.recipient == Notice.Recipient.HOME_MUNICIPALITY


@dataclass(frozen=True)
class NoticeList:
    """The receiver's list, by what waits."""

    new: list[NoticeRow]
    received: list[NoticeRow]
    to_hand_out: list[NoticeRow]
    done: list[NoticeRow]

    @property
    def waiting(self) -> int:
        return len(self.new) + len(self.received) + len(self.to_hand_out)


def _rows(viewer: Viewer) -> QuerySet[DeliveredNotice]:
    rows = DeliveredNotice.objects.filter(authority_id=viewer.authority_id)
    masked = Func(F("pk"), function="notice_is_masked", output_field=BooleanField())
    return rows.annotate(masked=masked).select_related(
        "unit", "authority", "received_by", "replied_by", "outside_by"
    )


def _read(rows: QuerySet[DeliveredNotice], today: date) -> list[NoticeRow]:
    found = list(rows)
    waiting = [row for row in found if row.due_on is not None and row.replied_on is None]
    days: dict[int, list[date]] = {}
    if waiting:
        ends = [today, *(row.due_on for row in waiting if row.due_on)]
        every = SchoolDay.objects.filter(
            unit__in={row.unit_id for row in waiting}, date__range=(min(ends), max(ends))
        )
        for unit_id, day in every.values_list("unit_id", "date"):
            days.setdefault(unit_id, []).append(day)
    return [
        NoticeRow(row, row.masked, _left(row, days.get(row.unit_id, []), today) if row in waiting else None)  # type: ignore[attr-defined]
        for row in found
    ]


def _left(row: DeliveredNotice, days: list[date], today: date) -> int | None:
    """Return the school days left to answer, negative when they have passed; breaks do not count."""
    if row.due_on is None:
        return None
    if row.due_on >= today:
        return sum(1 for day in days if today < day <= row.due_on)
    return -max(1, sum(1 for day in days if row.due_on < day <= today))


def notice_list_for(viewer: Viewer, *, today: date) -> NoticeList:
    """Return the notices of the viewer's authority, each in the place of what waits for it.

    Queries: two.
    """
    rows = _read(_rows(viewer).order_by("due_on", "delivered_on", "pk"), today)
    inside = [r for r in rows if not r.outside]
    waiting = [r for r in inside if r.row.replied_on is None]
    return NoticeList(
        new=[r for r in waiting if r.row.received_at is None],
        received=[r for r in waiting if r.row.received_at is not None],
        to_hand_out=[r for r in rows if r.outside and r.row.outside_on is None],
        done=[
            r for r in rows if r.row.replied_on is not None or (r.outside and r.row.outside_on is not None)
        ],
    )


def get_delivered_for(viewer: Viewer, delivered_id: int, *, today: date) -> NoticeRow | None:
    """Return a delivered notice; None alike when it is missing and when it is forbidden."""
    return next(iter(_read(_rows(viewer).filter(pk=delivered_id), today)), None)


def delivered_of(viewer: Viewer, notice_ids: list[int], *, today: date) -> dict[int, NoticeRow]:
    """Return what has become of some notices, by notice, as their sender reads it."""
    return {one.row.notice_id: one for one in _read(_rows(viewer).filter(notice__in=notice_ids), today)}
