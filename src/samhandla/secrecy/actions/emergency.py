"""Nödåtkomst: opened by the database, ended, reviewed; and how long it lasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.mail import EmailMessage, get_connection
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from samhandla.people.models import Duty, Staff
from samhandla.people.queries import in_force
from samhandla.secrecy.actions.mail import plain_mail
from samhandla.secrecy.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.secrecy.models import Emergency, EmergencySetting
from samhandla.secrecy.rules.emergency import REVIEWERS, hours_problem, review_problem
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Event
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

CODES = frozenset({"closed", "reason", "hours", "role", "nobody", "several", "already"})
TRIES = 5  # questions a day about pupils who are not found, so that nobody feels a way through a school


@dataclass(frozen=True)
class Sought:
    """Whom somebody wants to open: by school unit and whole name, never by a search.

    `born` is asked for when two have the same name.
    """

    unit_id: int
    given_name: str
    family_name: str
    born: date | None = None


@action
def open_emergency(*, by: Viewer, sought: Sought, reason: str, hours: int) -> Emergency:
    """Open one child of the own authority for some hours. The database checks everything itself.

    Raises:
        NotAllowed: the viewer's role opens nothing this way.
        Refused: with one of `CODES`, or `tries` after too many that were not found today.
    """
    if not by.may(Permission.EMERGENCY_OPEN):
        raise NotAllowed
    if _refused_today(by) >= TRIES:
        raise Refused("tries")
    row = Emergency.objects.get(pk=_ask_database(sought, reason, hours))
    record(
        EventKind.EMERGENCY_OPENED, by=by, about=row, child_id=row.child_id, unit_id=row.unit_id,
        domain_id=row.domain_id, reason=row.reason, details={"hours": hours},
    )  # fmt: skip
    return row


def _ask_database(sought: Sought, reason: str, hours: int) -> int:
    values: list[int | str | date | None] = [
        sought.unit_id,
        sought.given_name,
        sought.family_name,
        sought.born,
        reason,
        hours,
    ]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select secrecy_open_emergency(%s, %s, %s, %s, %s, %s)", values)
            return int(cursor.fetchone()[0])
    except ProgrammingError as error:
        said = str(error.__cause__).splitlines()[0].strip()
        if said in CODES:
            raise Refused(said) from error
        raise


def _refused_today(by: Viewer) -> int:
    rows = Event.objects.filter(event=EventKind.EMERGENCY_REFUSED, actor_id=by.actor_id)
    told = rows.filter(at__date=timezone.localdate()).values_list("details", flat=True)
    return sum(one["problem"] in ("nobody", "several") for one in told)


@action
def note_refused_emergency(*, by: Viewer, problem: str, unit_id: int | None = None) -> None:
    """Record that somebody tried and was refused; of whom is left out."""
    record(EventKind.EMERGENCY_REFUSED, by=by, details={"problem": problem, "unit": unit_id})


@action
def close_emergency(*, by: Viewer, emergency_id: int) -> Emergency:
    """End one before its time: whoever opened it, or the unit whose pupil it is about.

    Raises:
        NotYours: not to be found.
        Conflict: it has ended already, or is for others to end.
    """
    row = Emergency.objects.filter(pk=emergency_id).first()
    if row is None:
        raise NotYours
    with connection.cursor() as cursor:
        cursor.execute("select secrecy_close_emergency(%s)", [row.pk])
        (ended,) = cursor.fetchone()
    if not ended:
        raise Conflict
    record(
        EventKind.EMERGENCY_CLOSED, by=by, about=row, child_id=row.child_id, unit_id=row.unit_id,
        domain_id=row.domain_id,
    )  # fmt: skip
    row.refresh_from_db()
    return row


@action
def review_emergency(*, by: Viewer, emergency_id: int, verdict: str, note: str = "") -> Emergency:
    """Sign one, as the appointed reviewer of the authority.

    Raises:
        NotYours: not to be found, or the viewer is not appointed.
        Refused: `own`, `verdict` or `note` (`rules.emergency.review_problem`).
        Conflict: it is signed already.
    """
    row = Emergency.objects.filter(pk=emergency_id).first()
    if row is None or not by.may(Permission.EMERGENCY_REVIEW):
        raise NotYours
    problem = review_problem(own=row.opened_by_id == by.actor_id, verdict=verdict, note=note)
    if problem:
        raise Refused(problem)
    if row.reviewed_at is not None:
        raise Conflict
    touched = Emergency.objects.filter(pk=row.pk, reviewed_at=None).update(
        reviewed_by_id=by.actor_id, reviewed_at=timezone.now(), verdict=verdict, note=note.strip()
    )
    if not touched:  # read as one who may see the child, not as the reviewer; or signed in the meantime
        raise NotYours
    record(EventKind.EMERGENCY_REVIEWED, by=by, about=row, details={"verdict": verdict})
    row.refresh_from_db()
    return row


@action
def set_emergency(*, by: Viewer, hours: int, reviewer: Staff, on: date) -> EmergencySetting:
    """Decide how long it lasts at most, and who reviews each one.

    Raises:
        NotAllowed: the viewer's role does not decide it.
        Refused: `hours`; `reviewer` when that person has none of the duties of `REVIEWERS` today.
    """
    if not by.may(Permission.EMERGENCY_SET):
        raise NotAllowed
    problems = [hours_problem(hours)] if hours_problem(hours) else []
    held = Duty.objects.filter(in_force(on), staff=reviewer, role__in=REVIEWERS)
    if reviewer.authority_id != by.authority_id or not held.exists():
        problems.append("reviewer")
    if problems:
        raise Refused(*problems)
    row = EmergencySetting.objects.create(
        authority_id=by.authority_id, hours=hours, reviewer=reviewer, decided_by_id=by.actor_id, decided_on=on
    )
    record(EventKind.EMERGENCY_SET, by=by, about=row, details={"hours": hours})
    return row


@action
def alert_owners(*, by: Viewer, emergency_id: int, staff: list[Staff]) -> int:
    """Tell those who answer for the pupil, in words without anybody in them; returns how many were sent."""
    with translation.override("sv"):
        subject = gettext("Nödåtkomst i Samhandla")
        body = plain_mail("secrecy/mail_emergency.txt")
    messages = [EmailMessage(subject, body, to=[person.email]) for person in staff]
    told = {"kind": "emergency", "emergency": emergency_id, "sent": len(messages)}
    record(EventKind.REMINDERS_SENT, by=by, details=told)
    return get_connection().send_messages(messages) or 0
