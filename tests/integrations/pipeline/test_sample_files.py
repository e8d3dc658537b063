"""The two public attendance files, whole, as the upload page takes them: every row is accounted for.

What is expected is counted here from the files with the standard library, not by the importer.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date, datetime

import pyarrow.parquet as pq
import pytest
from tests.integrations.pipeline.conftest import SHARED
from tests.integrations.pipeline.test_files_whole import PUPILS, fresh, table, take_in, upload

from samhandla.analytics import actions as analytics
from samhandla.analytics.measures.level import absence
from samhandla.analytics.models import AttendanceDay, AttendanceWindow, LakeFile, QualityNote
from samhandla.analytics.spans import counted_days
from samhandla.detect import jobs as rules
from samhandla.detect.models import Signal
from samhandla.integrations.actions import sources
from samhandla.integrations.actions.undo import undo_batch
from samhandla.integrations.models import BatchRefusal, Source
from samhandla.people.actions import save_organisation
from samhandla.people.models import Child
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
FOLDER = SHARED / "data/attendance"
EDFI, OEA = "edfi_school_attendance_events.csv", "oea_period_level_2020.csv"
DAY_MINUTES, LESSON_MINUTES = 360, 60
DUPLICATE = ("604822", "2021-12-15")  # the pupil-day that the file has twice
PARTS = ("new", "changed", "unchanged", "refused", "outside", "protected")
__all__ = ["admin", "by"]


@pytest.fixture
def admin(client, cast, lake):
    return cast.login(client, "data_administrator")


@pytest.fixture
def by(cast):
    return cast.service()


def rows_of(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def register(admin, by, rows: list[dict[str, str]], but: str = "") -> Source:
    """Upload a pupil file with everybody whom the attendance file names, at units named as there."""
    first_unit: dict[str, str] = {}
    for row in rows:
        first_unit.setdefault(row["student_id"], row["school_id"])
    for unit in sorted(set(first_unit.values())):
        save_organisation(by=by, name=f"Skolan {unit}", kind="school_unit", school_forms=["GR"])
    units = {unit: f"Skolan {unit}" for unit in set(first_unit.values())}
    source = sources.save_source(by=by, name="Elever", kind="file")
    lines = [
        f"{pupil};Elev;Prov;K;2010-05-01;Skolan {unit};7;GR;7;2020-08-01;0"
        for pupil, unit in first_unit.items()
        if pupil != but
    ]
    take_in(admin, by, source, table(PUPILS, *lines), "elever")
    return sources.save_source(
        by=by, name="Frånvaro", kind="file", register_source=source, settings={"units": units}
    )


def refusals(by, batch) -> set[str]:
    """Return the numbers of the rows that were not taken; one row may have several reasons."""
    with acting_as(by):
        return set(BatchRefusal.objects.filter(batch=batch, kept=False).values_list("row", flat=True))


def live_rows(by) -> dict[str, int]:
    files = LakeFile.objects.filter(authority_id=by.authority_id, live=True)
    return dict(files.values_list("dataset", "rows"))


def accounted(counts: dict[str, int]) -> bool:
    return counts["read"] == sum(counts[name] for name in PARTS)


def expected_windows(rows: list[dict[str, str]]) -> dict[str, tuple[int, int, int]]:
    """Count per school the days, and the minutes of valid and of invalid absence."""
    kinds = {"Excused Absence": "valid", "Unexcused Absence": "invalid"}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    seen: set[tuple[str, str]] = set()
    for row in rows:
        key = (row["student_id"], row["date"])
        if key in seen:
            continue
        seen.add(key)
        found[row["school_id"]]["days"] += 1
        if row["category"] in kinds:
            found[row["school_id"]][kinds[row["category"]]] += DAY_MINUTES
    return {unit: (c["days"], c["valid"], c["invalid"]) for unit, c in found.items()}


def stored_windows(by) -> dict[str, tuple[int, int, int]]:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    with acting_as(by):
        for row in AttendanceWindow.objects.select_related("unit"):
            cell = found[row.unit.name.removeprefix("Skolan ")]
            cell[0] += 1
            cell[1] += row.valid
            cell[2] += row.invalid
    return {unit: tuple(cell) for unit, cell in found.items()}


def test_edfi_rehearsed_taken_in_undone_and_taken_in_again(admin, by):
    rows = rows_of(EDFI)
    source = register(admin, by, rows)
    content = (FOLDER / EDFI).read_bytes()
    rehearsed = upload(admin, by, source, content, "edfi", name=EDFI)
    counts = rehearsed.counts["aggregatedAttendance"]
    assert (counts["read"], counts["new"], counts["refused"]) == (1917, 1916, 1)
    assert accounted(counts)
    second = [n for n, row in enumerate(rows, start=2) if (row["student_id"], row["date"]) == DUPLICATE][1]
    assert refusals(by, rehearsed) == {str(second)}, "the one row that is not taken, by its number"
    assert stored_windows(by) == {}, "a rehearsal writes nothing"
    batch = take_in(admin, by, source, content, "edfi", name=EDFI)
    assert batch.counts["aggregatedAttendance"] == counts
    assert stored_windows(by) == expected_windows(rows)
    assert live_rows(by) == {"totals": 1916}
    page = admin.get(f"/import/{batch.pk}/").content.decode()
    assert "Sen ankomst" in page, "the 66 late arrivals without minutes are told of"
    undo_batch(by=by, batch=fresh(by, batch))
    assert stored_windows(by) == {}
    assert live_rows(by) == {}
    again = take_in(admin, by, source, content, "edfi", name=EDFI)
    assert again.counts["aggregatedAttendance"]["new"] == 1916
    assert stored_windows(by) == expected_windows(rows)


def test_edfi_tells_of_absence_alone_and_no_share_is_made_of_it(admin, by):
    rows = rows_of(EDFI)
    source = register(admin, by, rows)
    take_in(admin, by, source, (FOLDER / EDFI).read_bytes(), "edfi", name=EDFI)
    with acting_as(by), counted_days(by.authority_id, date(2021, 7, 1), date(2022, 6, 30)) as days:
        assert days.count().to_pyarrow().as_py() == 0
    analytics.examine_quality(by=by, authority_id=by.authority_id)
    rules.run_rules(authority_id=by.authority_id)
    with acting_as(by):
        notes = QualityNote.objects.filter(code="absence_only").values_list("unit__name", "count", "of")
        told = {name.removeprefix("Skolan "): (count, of) for name, count, of in notes}
        assert Signal.objects.count() == 0
    first_unit: dict[str, str] = {}
    for row in rows:
        first_unit.setdefault(row["student_id"], row["school_id"])
    size = Counter(first_unit.values())
    assert told == {unit: (n, n) for unit, n in size.items()}, "every pupil, at the school of the register"


def test_edfi_rows_of_somebody_outside_the_register_are_refused_by_number(admin, by):
    rows = rows_of(EDFI)
    stranger = Counter(row["student_id"] for row in rows if row["student_id"] != "604822").most_common(1)[0][
        0
    ]
    source = register(admin, by, rows, but=stranger)
    batch = upload(admin, by, source, (FOLDER / EDFI).read_bytes(), "edfi", name=EDFI)
    theirs = [n for n, row in enumerate(rows, start=2) if row["student_id"] == stranger]
    counts = batch.counts["aggregatedAttendance"]
    assert counts["refused"] == len(theirs) + 1
    assert accounted(counts)
    assert set(map(str, theirs)) <= refusals(by, batch)


def test_oea_rehearsed_taken_in_measured_and_undone(admin, by):
    rows = rows_of(OEA)
    source = register(admin, by, rows)
    content = (FOLDER / OEA).read_bytes()
    rehearsed = upload(admin, by, source, content, "oea", name=OEA)
    counts = rehearsed.counts["attendances"]
    assert (counts["read"], counts["new"], counts["refused"]) == (1050, 1050, 0)
    assert accounted(counts)
    batch = take_in(admin, by, source, content, "oea", name=OEA)
    assert batch.counts["attendances"] == counts
    lessons = Counter(row["student_id"] for row in rows)
    day = datetime.strptime(rows[0]["attendance_date"], "%m/%d/%Y").date()
    with acting_as(by):
        found = list(AttendanceDay.objects.values_list("date", "lessons", "offered", "present", "reported"))
        assert Child.objects.filter(family_name="Prov", given_name="Elev").count() == len(lessons) == 100
    expected = sorted((day, n, *[n * LESSON_MINUTES] * 3) for n in lessons.values())
    assert sorted(found) == expected
    with acting_as(by), counted_days(by.authority_id, day, day) as days:
        measured = absence(days).to_pyarrow().to_pylist()
    assert len(measured) == 100
    assert {(row["absence_share"], row["reporting_rate"]) for row in measured} == {(0.0, 1.0)}
    assert live_rows(by)["lessons"] == 1050
    page = admin.get(f"/import/{batch.pk}/").content.decode()
    assert "2020-08-15 är en lördag" in page
    undo_batch(by=by, batch=fresh(by, batch))
    with acting_as(by):
        assert not AttendanceDay.objects.exists()


def test_the_lake_holds_every_lesson_of_the_file(admin, by, settings):
    rows = rows_of(OEA)
    source = register(admin, by, rows)
    take_in(admin, by, source, (FOLDER / OEA).read_bytes(), "oea", name=OEA)
    file = LakeFile.objects.get(authority_id=by.authority_id, dataset="lessons", live=True)
    lake = pq.read_table(f"{settings.LAKE_DIR}/{file.path}").to_pydict()
    assert Counter(Counter(lake["pupil"]).values()) == Counter(
        Counter(row["student_id"] for row in rows).values()
    )
    assert set(lake["offered"]) == {LESSON_MINUTES}
    assert sum(lake["present"]) == len(rows) * LESSON_MINUTES


@pytest.mark.parametrize(("name", "preset"), [(EDFI, "edfi"), (OEA, "oea")])
def test_a_cut_file_is_refused_whole(admin, by, name, preset):
    source = register(admin, by, rows_of(name))
    content = (FOLDER / name).read_bytes()
    batch = upload(admin, by, source, content[: len(content) // 2].rsplit(b",", 3)[0], preset, name=name)
    assert batch.state == "failed"
    assert batch.reason
    assert live_rows(by) == {}
