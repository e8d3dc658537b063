"""Examines what the attendance data can carry, and sets which reporting rate is too low."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from django.utils import timezone

from samhandla.analytics.engine import connect
from samhandla.analytics.errors import AnalyticsError
from samhandla.analytics.measures.declare import ratio
from samhandla.analytics.models import LakeFile, QualityNote, QualitySetting
from samhandla.analytics.quality import LATE_DAYS, check_codes, told_apart
from samhandla.analytics.queries import (
    absence_days,
    as_batch_file,
    data_up_to,
    live_files,
    load_for_rules,
    low_reporting,
)
from samhandla.analytics.spans import stored_windows, sums_for_rules
from samhandla.analytics.tables.attendance import LESSONS
from samhandla.analytics.winners import BATCH, shared_days, with_batch
from samhandla.lib.schoolcalendar import school_year_end, school_year_start
from samhandla.people.models import Group
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer

SUBJECT_LENGTH = 80  # as a note has it


@action
def set_low_reporting(*, by: Viewer, share: Decimal) -> QualitySetting:
    """Set below which share of registered teaching every figure is greyed.

    Raises:
        AnalyticsError: not a share between 0 and 1.
    """
    if not Decimal(0) < share <= Decimal(1):
        raise AnalyticsError("Gränsen ska vara mer än 0 och högst 100 procent. Ingenting ändrades.")
    setting, _created = QualitySetting.objects.update_or_create(
        authority_id=by.authority_id, defaults={"low_reporting": share}
    )
    record(EventKind.QUALITY_LIMIT_SET, by=by, about=setting, details={"low_reporting": str(share)})
    return setting


@action
def examine_quality(*, by: Viewer, authority_id: int) -> int:
    """Examine the school year's attendance and keep what was found per unit, without any pupil.

    Runs as the authority's service, in a job: it reads the lake. Earlier notes are replaced.

    Returns: how many notes.
    """
    last = data_up_to(authority_id)
    QualityNote.objects.filter(authority_id=authority_id).delete()
    notes: list[QualityNote] = []
    if last is not None:
        first = school_year_start(last)
        common = {
            "authority_id": authority_id,
            "first_date": first,
            "last_date": last,
            "examined_at": timezone.now(),
        }
        notes = [QualityNote(**common, **found) for found in _findings(authority_id, first)]
    QualityNote.objects.bulk_create(notes)
    record(EventKind.QUALITY_EXAMINED, by=by, details={"notes": len(notes)})
    return len(notes)


def _findings(authority_id: int, first: date) -> Iterator[dict[str, Any]]:
    day_rows, _subjects, pupil_rows, calendar_rows = load_for_rules(authority_id, since=first)
    sums = sums_for_rules(first, school_year_end(first), day_rows)
    yield from _sums(sums, day_rows, pupil_rows)
    partial = stored_windows(first, school_year_end(first), absence_only=True)
    missed = absence_days(authority_id, first)
    yield from _absence_only([partial["pupil"], missed["pupil"]], pupil_rows)
    if not day_rows.num_rows:
        return
    days, pupils, calendar = (ibis.memtable(rows) for rows in (day_rows, pupil_rows, calendar_rows))
    classes = _class_names(pupil_rows)
    yield from _reporting(days, pupils, float(low_reporting(authority_id)), classes)
    for finding in check_codes(days, pupils):
        yield _note(
            finding.unit, finding.code, classes.get(finding.class_id or 0, ""), finding.count, finding.of
        )
    yield from _stray_days(days, calendar)
    yield from _in_lessons(authority_id, first)


def _note(unit: int | None, code: str, subject: str, count: int, of: int) -> dict[str, Any]:
    return {"unit_id": unit or None, "code": code, "subject": subject, "count": count, "of": of}


def _class_names(pupil_rows: pa.Table) -> dict[int, str]:
    """Return what each class is called; classes of one unit with one name get what tells them apart.

    That is the grade, else the day it began, else its number: the first that differs.
    """
    found = {row["class_id"] for row in pupil_rows.to_pylist() if row["class_id"] > 0}
    alike: dict[tuple[int, str], list[Group]] = {}
    for group in Group.objects.filter(pk__in=found).order_by("pk"):
        alike.setdefault((group.unit_id, group.name), []).append(group)
    names: dict[int, str] = {}
    for groups in alike.values():
        apart = _apart(groups) if len(groups) > 1 else [""]
        for group, what in zip(groups, apart, strict=True):
            names[group.pk] = group.name[: SUBJECT_LENGTH - len(what)] + what
    return names


def _apart(groups: list[Group]) -> list[str]:
    """Return what is added to the name of each of some classes with one name."""
    told: tuple[list[str], ...] = (
        [told_apart("grade", g.school_year) for g in groups if g.school_year is not None],
        [told_apart("from", g.valid_from) for g in groups],
        [told_apart("number", g.pk) for g in groups],
    )
    return next(way for way in told if len(set(way)) == len(groups))


def _rows(table: ibis.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return rows


def _reporting(
    days: ibis.Table, pupils: ibis.Table, low: float, classes: dict[int, str]
) -> Iterator[dict[str, Any]]:
    """Yield every unit's reporting rate, and the classes that are below the limit."""
    units = days.group_by("unit").agg(offered=days.offered.sum(), reported=days.reported.sum())
    for row in _rows(units.order_by("unit")):
        yield _note(row["unit"], "reporting", "", row["reported"], row["offered"])
    joined = days.inner_join(pupils.select("pupil", "class_id"), "pupil")
    joined = joined.filter(joined.class_id > 0)
    sums = joined.group_by("unit", "class_id").agg(
        offered=joined.offered.sum(), reported=joined.reported.sum()
    )
    for row in _rows(sums.filter(ratio(sums.reported, sums.offered) < low).order_by("unit", "class_id")):
        missing = row["offered"] - row["reported"]
        yield _note(
            row["unit"], "unreported_class", classes.get(row["class_id"], ""), missing, row["offered"]
        )


def _sums(sums: pa.Table, day_rows: pa.Table, pupil_rows: pa.Table) -> Iterator[dict[str, Any]]:
    """Yield of each unit how many of its pupils are known by sums alone, and what is told of registering."""
    if not sums.num_rows:
        return
    register = pupil_rows.select(["pupil", "unit"])
    size = dict(_grouped(register, [], "pupil", "count"))
    known = sums.filter(pc.invert(pc.is_in(sums["pupil"], value_set=pc.unique(day_rows["pupil"]))))
    joined = known.join(register, "pupil", join_type="inner")
    lessons_at = set(pc.unique(day_rows["unit"]).to_pylist())
    told = _grouped(joined, ["reported", "told"], "pupil", "count_distinct")
    for unit, reported, of, pupils in sorted(told):
        yield _note(unit, "some_sums" if unit in lessons_at else "only_sums", "", pupils, size[unit])
        if unit not in lessons_at:
            yield _note(unit, "reporting", "", reported, of)


def _absence_only(told: list[pa.ChunkedArray], pupil_rows: pa.Table) -> Iterator[dict[str, Any]]:
    """Yield of each unit how many of its pupils absence alone is told of, which makes no share."""
    register = pupil_rows.select(["pupil", "unit"])
    size = dict(_grouped(register, [], "pupil", "count"))
    known = pa.concat_tables([pa.table({"pupil": column.cast(pa.int64())}) for column in told])
    joined = known.join(register, "pupil", join_type="inner")
    for unit, pupils in sorted(_grouped(joined, [], "pupil", "count_distinct")):
        yield _note(unit, "absence_only", "", pupils, size[unit])


def _grouped(rows: pa.Table, summed: list[str], counted: str, how: str) -> list[tuple[Any, ...]]:
    """Return per unit the sums of some columns, and a count of another."""
    found = rows.group_by("unit").aggregate([*((name, "sum") for name in summed), (counted, how)])
    names = ["unit", *(f"{name}_sum" for name in summed), f"{counted}_{how}"]
    return list(zip(*(found[name].to_pylist() for name in names), strict=True))


def _stray_days(days: ibis.Table, calendar: ibis.Table) -> Iterator[dict[str, Any]]:
    """Yield pupil-days on weekends, holidays and other days without school, per unit."""
    stray = days.anti_join(calendar, ["unit", "date"])
    total = {row["unit"]: row["of"] for row in _rows(days.group_by("unit").agg(of=days.count()))}
    for row in _rows(stray.group_by("unit").agg(found=stray.count()).order_by("unit")):
        yield _note(row["unit"], "not_a_school_day", "", row["found"], total[row["unit"]])


def _in_lessons(authority_id: int, first: date) -> Iterator[dict[str, Any]]:
    """Yield doubles within a batch, and corrections that came more than a week late, per unit."""
    files_now = live_files(authority_id, LakeFile.Dataset.LESSONS, absence_only=False)
    live = [f for f in files_now if f.last_date >= first]
    stored = pa.table({BATCH: [f.batch_id for f in live], "stored": [f.stored_at.date() for f in live]})
    files = [as_batch_file(f) for f in live]
    with connect() as engine:
        rows = with_batch(engine, files, [*LESSONS.key, "unit"])
        total = {row["unit"]: row["of"] for row in _rows(rows.group_by("unit").agg(of=rows.count()))}
        seen = rows.group_by(*LESSONS.key, "unit", BATCH).agg(times=rows.count())
        seen = seen.filter(seen.times > 1)
        for row in _rows(seen.group_by("unit").agg(found=(seen.times - 1).sum()).order_by("unit")):
            yield _note(row["unit"], "duplicate", "", row["found"], total[row["unit"]])
        shared = shared_days(files)
        if shared:
            days = rows.filter(rows.date.isin(shared)).select("pupil", "unit", "date", BATCH).distinct()
            days = days.inner_join(ibis.memtable(stored), BATCH)
            latest = days.group_by("pupil", "unit", "date").agg(batches=days.count(), at=days.stored.max())
            corrected = latest.filter(latest.batches > 1)
            late = corrected.at.delta(corrected.date, unit="day") > LATE_DAYS
            sums = corrected.group_by("unit").agg(of=corrected.count(), found=late.ifelse(1, 0).sum())
            for row in _rows(sums.filter(sums.found > 0).order_by("unit")):
                yield _note(row["unit"], "late_corrections", "", row["found"], row["of"])
