"""Each check finds its fault, and says nothing about clean data."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import pytest
from tests.analytics.reference import Drawn, school_day

from samhandla.analytics import quality
from samhandla.analytics.calendar import calendar_from_days


def changed(drawn: Drawn, number: int, **values: object) -> Drawn:
    drawn.lessons[number] = {**drawn.lessons[number], **values}
    return drawn


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"valid": -5}, "negative_minutes"),
        ({"offered": 0, "present": 0}, "no_teaching"),
        ({"offered": 300}, "over_long"),
        ({"valid": 90}, "absence_over_offered"),
    ],
)
def test_implausible_lessons_are_set_aside_and_counted(values, code: str):
    drawn = changed(Drawn().add(1, 0, "...."), 1, **values)
    kept, findings = quality.set_aside(drawn.table())
    assert kept.num_rows == 3
    assert [(f.code, f.count, f.of) for f in findings] == [(code, 1, 4)]
    assert findings[0].text.startswith("1 ")


def test_of_duplicates_the_last_row_counts():
    drawn = Drawn().add(1, 0, "g.").add(1, 0, "..")
    kept, findings = quality.set_aside(drawn.table())
    assert [(f.code, f.count) for f in findings] == [("duplicate", 2)]
    assert kept["valid"].to_pylist() == [0, 0]


def test_clean_lessons_have_no_findings(sets, relation):
    drawn = Drawn()
    for day in range(60):
        drawn.add(1, day, "ggoo..").add(2, day, "......")
    kept, aside = quality.set_aside(drawn.table())
    days, _ = sets(kept)
    pupils = relation(drawn.pupils(class_id=[7, 7], class_name=["7A", "7A"]))
    assert aside == []
    assert quality.examine(days, pupils, relation(drawn.calendar())) == []
    assert quality.reporting_rate(days) == 1


def test_low_reporting_names_the_unit_and_not_its_classes_again(sets, relation):
    drawn = Drawn()
    for day in range(10):
        drawn.add(1, day, "--..", unit=1).add(2, day, "....", unit=2).add(3, day, "---.", unit=2)
        for pupil in range(4, 12):
            drawn.add(pupil, day, "....", unit=2)
    days, _ = sets(drawn.table())
    pupils = drawn.pupils(class_id=[1, 2, 3, *[2] * 8], class_name=["1A", "2B", "3C", *["2B"] * 8])
    findings = quality.check_reporting(days, relation(pupils))
    assert [(f.code, f.unit, f.class_id) for f in findings] == [
        ("unreported_unit", 1, None), ("unreported_class", 2, 3),
    ]  # fmt: skip
    assert "I 3C är bara 25" in findings[1].text


def test_units_and_classes_with_one_code_only(sets, relation):
    drawn = Drawn()
    for day in range(20):
        drawn.add(1, day, "ggg", unit=1).add(2, day, "ggo", unit=2).add(3, day, "ooo", unit=2)
    days, _ = sets(drawn.table())
    pupils = relation(drawn.pupils(class_id=[1, 2, 3], class_name=["1A", "2B", "3C"]))
    findings = quality.check_codes(days, pupils)
    assert [(f.code, f.unit, f.class_id) for f in findings] == [
        ("code_never_used", 1, None), ("one_code_class", 2, 3),
    ]  # fmt: skip
    assert "koden ogiltig" in findings[0].text


def test_events_on_a_weekend_are_no_school_days(sets, relation):
    drawn = Drawn()
    for pupil in range(1, 12):
        for day in range(5):
            drawn.add(pupil, day, "..")
    drawn.lessons.append({**drawn.lessons[0], "date": school_day(0) + timedelta(days=5)})
    days, _ = sets(drawn.table())
    table = days.to_pyarrow()
    calendar, stray = calendar_from_days(table["unit"].to_numpy(), table["date"].to_numpy())
    assert calendar.num_rows == 5
    assert stray.pupils.tolist() == [1]
    findings = quality.check_days(days, relation(calendar))
    assert [(f.code, f.count, f.of) for f in findings] == [("not_a_school_day", 1, 56)]


def test_a_register_of_absence_only_is_told(sets):
    days, _ = sets(Drawn().add(1, 0, "gg").add(2, 1, "gg").table())
    assert [f.code for f in quality.check_absence_only(days)] == ["absence_only"]


def test_pupils_unknown_without_teaching_or_adapted(sets, relation):
    drawn = Drawn().add(1, 0, ".").add(2, 0, ".").add(3, 0, ".")
    days, _ = sets(drawn.table())
    pupils = drawn.pupils(adapted=[True, False, False]).slice(0, 2)
    extra = pupils.slice(0, 1).set_column(0, pupils.schema.field("pupil"), pa.array([9], pa.int64()))
    findings = quality.check_pupils(days, relation(pa.concat_tables([pupils, extra])))
    assert {f.code: f.count for f in findings} == {"unknown_pupil": 1, "no_teaching_pupil": 1, "adapted": 2}
