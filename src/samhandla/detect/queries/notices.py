"""Notices of absence as their receiver reads them: the notice, never another row about the child."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, Case, Exists, F, Func, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext

from samhandla.detect.models import DeliveredNotice, Notice
from samhandla.people.models import Child, Duty, SchoolDay
from samhandla.people.queries import in_force
from samhandla.trust.models import Authority
from samhandla.trust.shown import note_shown
from samhandla.trust.viewer import Viewer

HIDDEN = ("marked", "protected")
MUNICIPAL = (Authority.Kind.BOARD, Authority.Kind.OTHER_MUNICIPALITY)
BY_HAND = "by_hand"  # the home municipality does not receive here
RECEIVER = "compulsory_school_officer"


@dataclass(frozen=True)
class NoticeRow:
    """One delivered notice; of a child that is protected today neither name nor text is told."""

    row: DeliveredNotice
    masked: bool
    days_left: int | None

    @property
    def name(self) -> str:
        note_shown((self.row.child_id,))
        return gettext("Skyddade personuppgifter") if self.masked else self.row.pupil

    @property
    def text(self) -> str:
        note_shown((self.row.child_id,))
        return "" if self.masked else self.row.text

    @property
    def overdue(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    @property
    def to_another(self) -> bool:
        """Whether the notice has gone to another authority that uses the system."""
        return self.row.authority_id != self.row.sender_domain.authority_id

    @property
    def sender(self) -> str:
        """The unit that sent it, with its authority where that is another than the receiver."""
        if not self.to_another:
            return self.row.unit.name
        return f"{self.row.unit.name}, {self.row.sender_domain.authority.name}"

    @property
    def outside(self) -> bool:
        """Whether the receiver does not use the system, so that the notice is handed out by hand."""
        return self.row.recipient == Notice.Recipient.HOME_MUNICIPALITY and not self.to_another


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
    """Return what the viewer's authority has received or sent; the policy of the table gives no more."""
    mine = Q(authority_id=viewer.authority_id) | Q(sender_domain__authority_id=viewer.authority_id)
    # The receiver may not read the child and asks a function; the sender reads the child.
    told = Func(F("pk"), function="notice_is_masked", output_field=BooleanField())
    marked = Q(protection__in=HIDDEN) | Q(lifted_protection__in=HIDDEN)
    seen = Exists(Child.objects.filter(marked, pk=OuterRef("child_id")))
    rows = DeliveredNotice.objects.filter(mine).annotate(masked=Case(When(told, then=True), default=seen))
    return rows.select_related(
        "unit", "authority", "sender_domain__authority", "received_by", "replied_by", "outside_by"
    )


def home_authority_of(child: Child, sender_id: int, *, on: date) -> Authority | None:
    """Return the other authority here that watches over a child's schooling where it lives, if there is one.

    By the municipality of the area in which the child lives; only an authority that has somebody who
    receives notices, so that none lies unread.
    """
    code = child.lives_in.municipality_code if child.lives_in else ""
    return receivers_but(sender_id, on=on).filter(municipality_code=code).first() if code else None


def receivers_but(sender_id: int, *, on: date) -> QuerySet[Authority]:
    """Return the municipal authorities here that have somebody who receives notices, but the sender."""
    officers = Duty.objects.filter(in_force(on), role=RECEIVER, staff__authority_id=OuterRef("pk"))
    boards = Authority.objects.filter(kind__in=MUNICIPAL).exclude(pk=sender_id)
    return boards.filter(Exists(officers)).order_by("name", "pk")


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
        NoticeRow(row, row.masked, _left(row, days.get(row.unit_id, []), today) if row in waiting else None)  # type: ignore[attr-defined]  # annotated above
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
    received = _rows(viewer).filter(authority_id=viewer.authority_id)
    rows = _read(received.order_by("due_on", "delivered_on", "pk"), today)
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
    """Return a notice that has come to the viewer's authority; None alike when missing and when forbidden."""
    rows = _rows(viewer).filter(pk=delivered_id, authority_id=viewer.authority_id)
    return next(iter(_read(rows, today)), None)


def delivered_of(viewer: Viewer, notice_ids: list[int], *, today: date) -> dict[int, NoticeRow]:
    """Return what has become of some notices, by notice, as their sender reads it."""
    return {one.row.notice_id: one for one in _read(_rows(viewer).filter(notice__in=notice_ids), today)}
