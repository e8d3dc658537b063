"""What pages and jobs read of attendance, and what they may not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.analytics.django.lessons import lesson, table

from samhandla.analytics import actions, queries
from samhandla.analytics.tables.attendance import CALENDAR, PUPILS
from samhandla.analytics.tables.derived import DAYS, SUBJECTS
from samhandla.people import actions as register
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = date(2025, 9, 1), date(2025, 9, 2)


@pytest.fixture
def imported(cast):
    """Two batches; the second replaces Alma's Tuesday."""
    berga, lunda = cast.unit["berga"].pk, cast.unit["lunda"].pk
    alma, hugo, nora = (cast.child[name].pk for name in ("alma", "hugo", "nora"))
    first = [
        lesson(alma, berga, MONDAY, 1, valid=60, subject="MA"),
        lesson(alma, berga, MONDAY, 2, subject="SV"),
        lesson(alma, berga, TUESDAY, 1, invalid=60, subject="MA"),
        lesson(hugo, berga, MONDAY, 1, reported=False, present=0),
        lesson(nora, lunda, MONDAY, 1),
    ]
    second = [lesson(alma, berga, TUESDAY, 1, valid=30, subject="MA"), lesson(alma, berga, TUESDAY, 2)]
    by = cast.service()
    for batch, rows in ((1, first), (2, second)):
        actions.store_lessons(
            by=by, authority_id=by.authority_id, source_id=1, batch_id=batch, table=table(rows)
        )
        actions.set_batch_live(by=by, batch_id=batch, live=True)
    return cast


def test_days_of_a_child(imported):
    viewer, alma = imported.viewer("mentor_7b"), imported.child["alma"].pk
    with acting_as(viewer):
        rows = list(queries.days_of_child_for(viewer, alma, MONDAY, TUESDAY))
        assert [(r.date, r.valid, r.invalid) for r in rows] == [(MONDAY, 60, 0), (TUESDAY, 30, 0)]
        assert not queries.days_of_child_for(viewer, imported.child["hugo"].pk, MONDAY, TUESDAY)


def test_lesson_detail_is_of_the_batch_that_counts(imported):
    viewer, alma = imported.viewer("mentor_7b"), imported.child["alma"].pk
    with acting_as(viewer):
        found = queries.lesson_detail_for(viewer, alma, TUESDAY)
    assert [(d.clock, d.subject, d.valid, d.invalid, d.present) for d in found] == [
        ("08:00", "MA", 30, 0, 30),
        ("09:00", "MA", 0, 0, 60),
    ]


@pytest.mark.parametrize("name", ["mentor_7a", "principal_lunda", "principal_fria", "controller"])
def test_lesson_detail_refuses_others(imported, name):
    viewer = imported.viewer(name)
    with acting_as(viewer):
        assert queries.lesson_detail_for(viewer, imported.child["alma"].pk, TUESDAY) == []


def test_a_move_does_not_open_the_lessons_of_the_old_school(imported):
    register.move_child(
        by=imported.service(), child=imported.child["alma"], unit=imported.unit["lunda"], on=today()
    )
    viewer = imported.viewer("principal_lunda")
    with acting_as(viewer):
        assert queries.lesson_detail_for(viewer, imported.child["alma"].pk, MONDAY) == []


def test_unit_sums_hold_only_what_the_viewer_sees(imported):
    berga = imported.unit["berga"].pk
    for name, lessons in (("principal", 3), ("mentor_7b", 2), ("mentor_7a", 1)):
        viewer = imported.viewer(name)
        with acting_as(viewer):
            sums = queries.unit_day_sums_for(viewer, MONDAY, MONDAY, unit_ids=[berga])
        assert [(s["unit_id"], s["date"], s["lessons"]) for s in sums] == [(berga, MONDAY, lessons)]
    viewer = imported.viewer("principal_fria")
    with acting_as(viewer):
        assert queries.unit_day_sums_for(viewer, MONDAY, MONDAY, unit_ids=[berga]) == []


def test_rules_get_each_pupil_day_and_subject_once(imported):
    authority = imported.authority["board"].pk
    days, subjects, pupils, calendar = queries.load_for_rules(authority)
    assert days.schema == DAYS.schema
    assert subjects.schema == SUBJECTS.schema
    assert (pupils.schema, calendar.schema) == (PUPILS.schema, CALENDAR.schema)
    alma = imported.child["alma"].pk
    rows = [r for r in days.to_pylist() if r["pupil"] == alma]
    assert sorted((r["date"], r["offered"], r["valid"], r["invalid"]) for r in rows) == [
        (MONDAY, 120, 60, 0),
        (TUESDAY, 120, 30, 0),
    ]
    sums = {r["subject"]: r for r in subjects.to_pylist() if r["pupil"] == alma}
    assert {s: (r["lessons"], r["offered"], r["valid"], r["invalid"]) for s, r in sums.items()} == {
        "MA": (3, 180, 90, 0),
        "SV": (1, 60, 0, 0),
    }


def test_rules_get_the_register_without_names(imported):
    service = imported.service()
    marked = imported.child["tove"]
    register.update_child(by=service, child=marked, protection="protected")
    with acting_as(service):
        rows = {r["pupil"]: r for r in queries.pupils_table(service).to_pylist()}
    alma = rows[imported.child["alma"].pk]
    assert (alma["class_name"], alma["mentor"]) == ("7B", imported.staff["mentor_7b"].pk)
    assert (alma["form"], alma["grade"], alma["sex"]) == ("GR", 7, "K")
    hidden = rows[marked.pk]
    assert (hidden["class_name"], hidden["sex"], hidden["birth_date"]) == ("", "O", None)
    assert hidden["mentor"] == alma["mentor"]
    assert imported.child["elin"].pk not in rows


def test_a_pupil_from_another_unit_is_told_from_one_that_stays_and_one_that_is_new(cast):
    by, first = cast.service(), today() - timedelta(days=30)
    last, long_ago = first - timedelta(days=1), first - timedelta(days=400)
    from_of = {"came": "lunda", "stayed": "berga", "new": None}
    with acting_as(by):
        for name, unit in from_of.items():
            child = register.register_child(
                by=by, unit=cast.unit["berga"], given_name=name, family_name="Rad",
                birth_date=date(2013, 1, 1), sex="K", protection="none",
            )  # fmt: skip
            spans = [(unit, 7, long_ago, last)] if unit else []
            for place, grade, start, end in [*spans, ("berga", 8, first, None)]:
                register.enrol_child(
                    by=by, child=child, unit=cast.unit[place], form="GR", school_year=grade,
                    valid_from=start, valid_to=end,
                )  # fmt: skip
            from_of[name] = child.pk
        rows = {r["pupil"]: r["from_other_unit"] for r in queries.pupils_table(by).to_pylist()}
    assert [rows[from_of[name]] for name in ("came", "stayed", "new")] == [True, False, None]


def test_calendar_is_numbered_per_school_year(imported):
    service = imported.service()
    with acting_as(service):
        rows = queries.calendar_table(service).to_pylist()
    berga = [r for r in rows if r["unit"] == imported.unit["berga"].pk]
    firsts = [r for r in berga if r["day_no"] == 1]
    assert len(berga) > 100
    assert 1 <= len(firsts) <= 2
    assert berga == sorted(berga, key=lambda r: r["date"])


def test_rules_get_nothing_before_the_first_import(cast):
    days, subjects, pupils, _calendar = queries.load_for_rules(cast.authority["board"].pk)
    assert (days.num_rows, subjects.num_rows, pupils.num_rows) == (0, 0, 5)


def test_data_version_changes_with_what_counts(imported):
    authority = imported.authority["board"].pk
    before = queries.data_version(authority)
    assert queries.data_up_to(authority) == TUESDAY
    actions.set_batch_live(by=imported.service(), batch_id=2, live=False)
    between = queries.data_version(authority)
    assert between != before
    actions.set_batch_live(by=imported.service(), batch_id=2, live=True)
    assert queries.data_version(authority) == before
