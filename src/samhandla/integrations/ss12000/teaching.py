"""Who teaches which groups: an activity names its teachers, and the register has tasks in groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from samhandla.integrations.records import AssignmentRecord, DutyRecord
from samhandla.integrations.ss12000.records import ActivityRecord, TeacherRecord

TEACHER = "Lärare"


def with_teaching(duties: Sequence[DutyRecord], activities: Iterable[ActivityRecord]) -> list[DutyRecord]:
    """Return the duties with a task for each group that they teach, in an order that does not change.

    Only activities in which attendance is taken count. A teacher who is named as a person gets the task on
    the duty at the activity's organisation, else on the first one.

    Source: the official OpenAPI description 2.1.0 of SS 12000 (Activity.teachers).
    """
    tasks: dict[str, dict[tuple[object, ...], AssignmentRecord]] = defaultdict(dict)
    by_person: dict[str, list[DutyRecord]] = defaultdict(list)
    for duty in duties:
        if duty.person is not None:
            by_person[duty.person].append(duty)
    for activity in activities:
        for teacher in activity.teachers if activity.offered else ():
            duty_id = teacher.duty or _duty_of(teacher, activity, by_person)
            for task in _tasks(activity, teacher) if duty_id is not None else ():
                tasks[duty_id or ""][task.group, task.start, task.end] = task
    return [_with(duty, list(tasks[duty.id].values())) if duty.id in tasks else duty for duty in duties]


def _duty_of(
    teacher: TeacherRecord, activity: ActivityRecord, by_person: dict[str, list[DutyRecord]]
) -> str | None:
    own = by_person.get(teacher.person or "", [])
    here = [duty for duty in own if duty.organisation == activity.organisation]
    return next((duty.id for duty in here or own), None)


def _tasks(activity: ActivityRecord, teacher: TeacherRecord) -> list[AssignmentRecord]:
    start, end = teacher.start or activity.start, teacher.end or activity.end
    return [AssignmentRecord(group=group, role=TEACHER, start=start, end=end) for group in activity.groups]


def _with(duty: DutyRecord, tasks: list[AssignmentRecord]) -> DutyRecord:
    tasks.sort(key=lambda task: (task.group, str(task.start), str(task.end)))
    return msgspec.structs.replace(duty, assignments=(*duty.assignments, *tasks))
