"""Who teaches which groups is read from the activities and laid on the duties."""

from __future__ import annotations

from datetime import date

from samhandla.integrations.records import AssignmentRecord, DutyRecord
from samhandla.integrations.ss12000.records import ActivityRecord, TeacherRecord
from samhandla.integrations.ss12000.teaching import with_teaching

AUTUMN, SUMMER = date(2026, 8, 17), date(2027, 6, 11)


def duty(name, person="p1", unit="u1", **more):
    return DutyRecord(id=name, person=person, organisation=unit, role="Lärare", **more)


def activity(name, *groups, teachers, kind="Undervisning", unit="u1"):
    return ActivityRecord(
        id=name, name=name, kind=kind, organisation=unit, groups=groups, teachers=tuple(teachers),
        start=AUTUMN, end=SUMMER,
    )  # fmt: skip


def tasks(duties):
    return {one.id: [(t.group, t.role, t.start, t.end) for t in one.assignments] for one in duties}


def test_a_duty_gets_the_groups_of_its_activities_beside_what_it_had():
    mentor = AssignmentRecord(group="7B", role="Mentor")
    found = with_teaching(
        [duty("d1", assignments=(mentor,)), duty("d2", person="p2")],
        [activity("a2", "8A MA", teachers=[TeacherRecord(duty="d1")]),
         activity("a1", "7B MA", teachers=[TeacherRecord(duty="d1", end=date(2026, 12, 18))])],
    )  # fmt: skip
    assert tasks(found) == {
        "d1": [
            ("7B", "Mentor", None, None),
            ("7B MA", "Lärare", AUTUMN, date(2026, 12, 18)),
            ("8A MA", "Lärare", AUTUMN, SUMMER),
        ],
        "d2": [],
    }


def test_the_order_of_the_activities_makes_no_change():
    rows = [activity(f"a{n}", f"g{n}", teachers=[TeacherRecord(duty="d1")]) for n in range(4)]
    assert with_teaching([duty("d1")], rows) == with_teaching([duty("d1")], rows[::-1])


def test_a_teacher_named_as_person_gets_the_duty_of_the_same_organisation():
    duties = [duty("d1", unit="u0"), duty("d2", unit="u1")]
    found = with_teaching(duties, [activity("a", "g", teachers=[TeacherRecord(person="p1")])])
    assert tasks(found) == {"d1": [], "d2": [("g", "Lärare", AUTUMN, SUMMER)]}


def test_other_activities_and_unknown_teachers_give_nothing():
    rows = [
        activity("lunch", "g", teachers=[TeacherRecord(duty="d1")], kind="Läraraktivitet"),
        activity("a", "g", teachers=[TeacherRecord(duty="gone"), TeacherRecord(person="nobody")]),
    ]
    assert tasks(with_teaching([duty("d1")], rows)) == {"d1": []}
