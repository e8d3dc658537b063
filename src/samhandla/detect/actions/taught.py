"""A teacher's mark in an own group: in the room, but not taking part. And to take it back."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from django.db import connection

from samhandla.detect.errors import Conflict, NoSchool, NotYours
from samhandla.detect.models import ParticipationMark
from samhandla.detect.queries.taught import days_to_mark, list_groups_taught_by
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer

Writing = Literal["detect_mark_taught", "detect_unmark_taught"]


@action
def mark_not_taking_part(*, by: Viewer, group_id: int, ref: UUID, on: date, today: date) -> ParticipationMark:
    """Mark that a pupil of an own group was in the room but not taking part on a day.

    It is no attendance and no judgement, and the teacher needs no access to the pupil for it.

    Raises:
        NotYours: not a group of one's own, or the pupil is not in it, or has protected identity.
        NoSchool: no school day, or one too far back.
        Conflict: it is marked already.
    """
    return _write(by, "detect_mark_taught", group_id, ref, on, today, EventKind.PARTICIPATION_MARKED)


@action
def take_back_mark(*, by: Viewer, group_id: int, ref: UUID, on: date, today: date) -> ParticipationMark:
    """Take back one's own mark, made by mistake. The event of it stays.

    Raises:
        NotYours, NoSchool: as `mark_not_taking_part`.
        Conflict: there is no such mark of one's own.
    """
    return _write(by, "detect_unmark_taught", group_id, ref, on, today, EventKind.PARTICIPATION_TAKEN_BACK)


def _write(
    by: Viewer, function: Writing, group_id: int, ref: UUID, on: date, today: date, event: EventKind
) -> ParticipationMark:
    """Let the database's narrow function write, and record who did it."""
    group = next((g for g in list_groups_taught_by(by, on=today) if g.pk == group_id), None)
    if group is None:
        raise NotYours
    if on not in days_to_mark(group.unit_id, today=today):
        raise NoSchool
    with connection.cursor() as cursor:
        cursor.execute(f"select * from {function}(%s, %s, %s)", [group_id, ref, on])
        row = cursor.fetchone()
    if row is None:
        raise NotYours
    child_id, unit_id, domain_id, mark_id = row
    if mark_id is None:
        raise Conflict
    mark = ParticipationMark(pk=mark_id, child_id=child_id, unit_id=unit_id, domain_id=domain_id, on=on)
    record(event, by=by, child_id=child_id, unit_id=unit_id, domain_id=domain_id, about=mark)
    return mark
