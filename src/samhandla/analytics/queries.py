"""Reads of attendance: pages read day rows in PostgreSQL, jobs read the lake."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Min, Q, QuerySet, Sum

from samhandla.analytics import quality
from samhandla.analytics.engine import connect
from samhandla.analytics.models import (
    AttendanceDay,
    AttendanceWindow,
    LakeFile,
    QualityNote,
    QualitySetting,
)
from samhandla.analytics.reach import Calendar, days_until, latest_school_day
from samhandla.analytics.register import calendar_table, pupils_table
from samhandla.analytics.tables.derived import DAYS, SUBJECTS
from samhandla.analytics.winners import BatchFile, winning_days, winning_subjects
from samhandla.people.models import Organisation, SchoolDay
from samhandla.people.queries import domain_of, restricted_children, service_viewer, today
from samhandla.trust.models import Branch
from samhandla.trust.rls import key_of
from samhandla.trust.roles import UNIT_ROLES
from samhandla.trust.viewer import Viewer, acting_as

LOW_REPORTING = Decimal(f"{quality.LOW_REPORTING:.2f}")
SATURDAY = 5
SUM_CODES = ("only_sums", "some_sums", "absence_only")  # known by sums of a source without lessons
WHOLE_AUTHORITY = frozenset({"data_administrator", "process_leader"})
UNIT_CODES = ("reporting", "code_never_used", *SUM_CODES)
CLASS_CODES = ("unreported_class", "one_code_class")
# What is set aside, or changed afterwards: said by number beside what makes the figures uncertain.
COUNTED_CODES = ("late_corrections", "duplicate", "not_a_school_day")
SUMMED = ("lessons", "absent_lessons", "offered", "present", "valid", "invalid", "other", "reported")


@dataclass(frozen=True)
class UnitQuality:
    """What was found in one unit's data; `rate` is registered of offered teaching, 0–1.

    `only_sums`: the unit's source tells of no lessons. Where it does not tell what is registered either,
    there is no rate, and nothing is low.
    """

    name: str
    rate: float | None
    low: bool
    only_sums: bool
    notes: list[QualityNote]
    first: date
    last: date
    examined_at: datetime


@dataclass(frozen=True)
class LessonDetail:
    """One lesson of one pupil; `start` in minutes after midnight, the rest in minutes."""

    start: int
    slot: int
    subject: str
    offered: int
    present: int
    valid: int
    invalid: int
    other: int
    reported: bool
    participating: bool | None

    @property
    def clock(self) -> str:
        return f"{self.start // 60:02d}:{self.start % 60:02d}"


def _school_domain(viewer: Viewer) -> int:
    return domain_of(viewer.authority_id, Branch.SCHOOL).pk


def days_of_child_for(viewer: Viewer, child_id: int, first: date, last: date) -> QuerySet[AttendanceDay]:
    """Return a child's day rows in order; empty when there is none or the viewer may not see them.

    Queries: two, when it is read.
    """
    key = key_of(child_id, _school_domain(viewer))
    return AttendanceDay.objects.filter(child_key=key, date__range=(first, last)).order_by("date", "unit_id")


def absent_before(viewer: Viewer, children: Collection[int], day: date) -> dict[int, tuple[int, bool]]:
    """Return how long some children had been away when a day came, by what is stored of earlier days.

    Days without lessons, weekends and, where the unit has a calendar of that time, days that it does not have
    are passed over.

    Returns: per child with any such day the days since one that the child attended, and whether there is
        one; without one all its days are counted. Queries: three, however many children.
    """
    domain = _school_domain(viewer)
    rows = AttendanceDay.objects.filter(
        child_key__in=[key_of(child, domain) for child in children],
        date__lt=day,
        offered__gt=0,
        absence_only=False,
    )
    stored = list(rows.values_list("child_id", "unit_id", "date", "offered", "valid", "invalid"))
    held = SchoolDay.objects.filter(unit_id__in={row[1] for row in stored}, date__lt=day)
    calendar = set(held.values_list("unit_id", "date"))
    known = {unit for unit, _day in calendar}
    by_child: dict[int, dict[date, bool]] = {}
    for child, unit, on, offered, valid, invalid in stored:
        if (unit, on) in calendar if unit in known else on.weekday() < SATURDAY:
            days = by_child.setdefault(child, {})
            days[on] = days.get(on, False) or valid + invalid < offered
    return {child: _since_there(days) for child, days in by_child.items()}


def _since_there(days: dict[date, bool]) -> tuple[int, bool]:
    last = max((day for day, there in days.items() if there), default=None)
    return sum(1 for day in days if last is None or day > last), last is not None


def windows_of_child_for(
    viewer: Viewer, child_id: int, first: date, last: date
) -> QuerySet[AttendanceWindow]:
    """Return a child's totals whose windows lie within the days, for sources without lessons."""
    rows = AttendanceWindow.objects.filter(child_key=key_of(child_id, _school_domain(viewer)))
    return rows.filter(first_date__gte=first, last_date__lte=last).order_by("first_date", "activity")


def unit_day_sums_for(
    viewer: Viewer, first: date, last: date, *, unit_ids: Sequence[int] | None = None
) -> list[dict[str, Any]]:
    """Return minutes and lessons summed per unit and day over the rows that the viewer may see.

    A mentor's sums are those of the own group, never of the unit.

    Args:
        unit_ids: only these units; the viewer's all when not given.

    Returns: one dict per unit and day with `unit_id`, `date` and the sums, in that order.
    Queries: one or two.
    """
    rows = AttendanceDay.objects.filter(date__range=(first, last), absence_only=False)
    if unit_ids is not None:
        domain = _school_domain(viewer)
        rows = rows.filter(unit_key__in=[key_of(unit, domain) for unit in unit_ids])
    sums = rows.values("unit_id", "date").annotate(**{f"{name}_sum": Sum(name) for name in SUMMED})
    return [
        {name.removesuffix("_sum"): value for name, value in row.items()}
        for row in sums.order_by("unit_id", "date")
    ]


def live_files(authority_id: int, dataset: str, *, absence_only: bool | None = None) -> list[LakeFile]:
    """Return the manifest's live files of a dataset, earliest batch first.

    Args:
        absence_only: those that tell of absence alone, or those that do not; both when not given.
    """
    rows = LakeFile.objects.filter(authority_id=authority_id, dataset=dataset, live=True)
    if absence_only is not None:
        rows = rows.filter(absence_only=absence_only)
    return list(rows.order_by("batch_id"))


def data_up_to(authority_id: int) -> date | None:
    """Return the latest school day with registered lessons in live batches, None before the first import.

    Never a day without school at the unit, nor one to come. Queries: three.
    """
    return max(data_up_to_by_source(authority_id).values(), default=None)


def data_up_to_by_source(authority_id: int) -> dict[int, date]:
    """Return `data_up_to` of each source that has told of any school day. Queries: three."""
    datasets = (LakeFile.Dataset.LESSONS, LakeFile.Dataset.TOTALS)
    files = LakeFile.objects.filter(authority_id=authority_id, live=True, dataset__in=datasets)
    rows = list(files.values_list("source_id", "told", "last_date"))
    now = today()
    found: dict[int, date] = {}
    everywhere = list(Organisation.objects.filter(authority_id=authority_id).values_list("pk", flat=True))
    told = [(source, _days_told(told, last, everywhere, now)) for source, told, last in rows]
    calendars = _calendars(
        everywhere, {day for _source, days in told for some in days.values() for day in some}
    )
    for source, days in told:
        latest = latest_school_day(days, calendars, now)
        if latest is not None:
            found[source] = max(latest, found.get(source, latest))
    return found


def _days_told(
    told: dict[str, list[str]] | None, last: date, units: list[int], now: date
) -> dict[int, tuple[date, ...]]:
    """Return the days that a file tells of by unit; a sum over a period tells of each day in it alike."""
    if told is None:
        return dict.fromkeys(units, tuple(days_until(last, now)))
    return {int(unit): tuple(map(date.fromisoformat, days)) for unit, days in told.items()}


def _calendars(unit_ids: list[int], days: set[date]) -> dict[int, Calendar]:
    if not days:
        return {}
    rows = SchoolDay.objects.filter(unit_id__in=unit_ids).values_list("unit_id")
    among = Q(date__in=days)
    found = rows.annotate(
        first=Min("date"), last=Max("date"), days=ArrayAgg("date", filter=among, default=[])
    )
    return {unit: Calendar(frozenset(some), first, last) for unit, first, last, some in found}


def data_version(authority_id: int) -> str:
    """Return a name for exactly the data that counts now: the live batches' numbers and hashes."""
    live = LakeFile.objects.filter(authority_id=authority_id, live=True).order_by("batch_id", "dataset")
    text = ";".join(f"{batch}:{sha}" for batch, sha in live.values_list("batch_id", "sha256"))
    return hashlib.sha256(text.encode()).hexdigest()


def low_reporting(authority_id: int) -> Decimal:
    """Return the share of registered teaching below which figures are greyed; 0.80 unless it is set."""
    setting = QualitySetting.objects.filter(authority_id=authority_id).first()
    return setting.low_reporting if setting else LOW_REPORTING


def list_quality_for(viewer: Viewer) -> list[UnitQuality]:
    """Return what the latest examination found, per unit, lowest reporting rate first.

    Whoever works at units sees those and the units below them; whoever looks after the data or the
    way of working sees all of the authority. Queries: four.
    """
    rows = QualityNote.objects.filter(authority_id=viewer.authority_id).select_related("unit")
    if not viewer.roles & WHOLE_AUTHORITY:
        rows = rows.filter(unit_id__in=_with_units_below(viewer))
    low = low_reporting(viewer.authority_id)
    by_unit: dict[int, list[QualityNote]] = {}
    for row in rows.order_by("unit_id", "code", "subject"):
        by_unit.setdefault(row.unit_id or 0, []).append(row)
    found = [_unit_quality(notes, low) for notes in by_unit.values()]
    return sorted(found, key=lambda unit: (unit.rate is None, unit.rate or 0, unit.name))


def quality_notes_for(
    viewer: Viewer, *, unit_ids: Collection[int], classes: Collection[str] | None = None
) -> list[QualityNote]:
    """Return what makes the figures of some units uncertain, to be read before any list of pupils.

    That is low reporting, a class with one code only, a code that is never used and pupils known by sums
    alone, and COUNTED_CODES: late corrections, doubles and days without school.

    Args:
        classes: only these classes, and what holds for the whole unit; every class when not given.

    Queries: two, however many units.
    """
    rows = QualityNote.objects.filter(authority_id=viewer.authority_id, unit_id__in=unit_ids)
    low = low_reporting(viewer.authority_id)
    about_units = (*UNIT_CODES, *COUNTED_CODES)
    notes = rows.filter(code__in=(*about_units, *CLASS_CODES)).select_related("unit")
    return [
        note
        for note in notes.order_by("unit__name", "subject", "code")
        if (note.code != "reporting" or (note.of and note.count < low * note.of))
        and (note.code in about_units or classes is None or _is_about(note, classes))
    ]


def _is_about(note: QualityNote, classes: Collection[str]) -> bool:
    """Tell whether a note is about one of some classes; one of two alike has more behind its name."""
    return quality.class_of(note.subject)[0] in classes


def _with_units_below(viewer: Viewer) -> set[int]:
    own = set(viewer.units_as(*UNIT_ROLES))
    parents = Organisation.objects.filter(authority_id=viewer.authority_id).values_list("id", "parent_id")
    tree = list(parents)
    while below := {unit for unit, parent in tree if parent in own and unit not in own}:
        own |= below
    return own


def _unit_quality(notes: list[QualityNote], low: Decimal) -> UnitQuality:
    reporting = next((n for n in notes if n.code == "reporting" and n.of), None)
    rate = reporting.count / reporting.of if reporting else None
    unit = notes[0].unit
    codes = {note.code for note in notes}
    only_sums = "only_sums" in codes or (reporting is None and "absence_only" in codes)
    return UnitQuality(
        unit.name if unit else "",
        rate,
        not only_sums if rate is None else rate < float(low),
        only_sums,
        [note for note in notes if note.code != "reporting"],
        notes[0].first_date,
        notes[0].last_date,
        notes[0].examined_at,
    )


def lesson_detail_for(viewer: Viewer, child_id: int, day: date) -> list[LessonDetail]:
    """Return one pupil's lessons of one day from the lake, after an access check.

    The check is the day row itself: who may read it under row-level security may read its lessons,
    and only those of the units and the batch that the row names. Missing and forbidden look alike.

    Returns: lessons by start; empty when there is nothing or nothing may be seen.
    """
    lessons: list[LessonDetail] = []
    for row in days_of_child_for(viewer, child_id, day, day):
        file = LakeFile.objects.filter(batch_id=row.batch_id, dataset=LakeFile.Dataset.LESSONS).first()
        if file is None:
            continue
        wanted = (
            (ds.field("pupil") == child_id) & (ds.field("date") == day) & (ds.field("unit") == row.unit_id)
        )
        table = ds.dataset(_path(file)).to_table(filter=wanted)
        names = list(LessonDetail.__dataclass_fields__)
        lessons.extend(LessonDetail(**lesson) for lesson in table.select(names).to_pylist())
    return sorted(lessons, key=lambda lesson: lesson.start)


def lessons_of_child_for(viewer: Viewer, child_id: int) -> list[dict[str, Any]]:
    """Return all of one pupil's lessons in the lake that its day rows name, after the same access check.

    Returns: one dict per lesson with `date` and the columns of `LessonDetail`, by date and start. Each file
        is read once, however many days. Queries: three at most.
    """
    days = AttendanceDay.objects.filter(child_key=key_of(child_id, _school_domain(viewer)))
    named: dict[int, set[tuple[date, int]]] = {}
    for batch, day, unit in days.values_list("batch_id", "date", "unit_id"):
        named.setdefault(batch, set()).add((day, unit))
    files = LakeFile.objects.filter(batch_id__in=named, dataset=LakeFile.Dataset.LESSONS)
    columns = ["date", "unit", *LessonDetail.__dataclass_fields__]
    found: list[dict[str, Any]] = []
    for file in files:
        table = ds.dataset(_path(file)).to_table(filter=ds.field("pupil") == child_id, columns=columns)
        lessons = ((row.pop("unit"), row) for row in table.to_pylist())
        found.extend(row for unit, row in lessons if (row["date"], unit) in named[file.batch_id])
    return sorted(found, key=lambda row: (row["date"], row["start"], row["slot"]))


def load_for_rules(
    authority_id: int, *, since: date | None = None, term_of_day: date | None = None
) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table]:
    """Return what the rules need, for a job of one authority.

    Args:
        since: leave out earlier days; the rules look at one school year.
        term_of_day: only the subjects of the term of this day; of all terms when not given.

    Returns: days (DAYS), subjects (SUBJECTS), pupils (PUPILS), calendar (CALENDAR); the first two
        are empty when nothing has been imported. Sources that tell of absence alone are in
        `absence_days`, never here.
    """
    by = service_viewer(authority_id)
    days = _batch_files(authority_id, LakeFile.Dataset.DAYS, since)
    if days:
        lessons = _batch_files(authority_id, LakeFile.Dataset.LESSONS, since)
        subjects = _batch_files(authority_id, LakeFile.Dataset.SUBJECTS, since)
        with connect() as engine:
            rows = winning_days(engine, days).select(*DAYS.names)
            if since is not None:
                rows = rows.filter(rows.date >= ibis.date(since.isoformat()))
            day_rows = rows.to_pyarrow()
            subject_rows = winning_subjects(engine, subjects, lessons, term_of_day=term_of_day).to_pyarrow()
        tables = (_in_use(by, day_rows.cast(DAYS.schema)), _in_use(by, subject_rows.cast(SUBJECTS.schema)))
    else:
        tables = (DAYS.schema.empty_table(), SUBJECTS.schema.empty_table())
    with acting_as(by):
        return (*tables, pupils_table(by), calendar_table(by, days=tables[0]))


def _in_use(by: Viewer, rows: pa.Table) -> pa.Table:
    """Return rows without those of pupils whose data is kept and not used. Queries: one."""
    with acting_as(by):
        kept = list(restricted_children().values_list("child_id", flat=True))
    return rows.filter(pc.invert(pc.is_in(rows["pupil"], pa.array(kept, pa.int64())))) if kept else rows


def as_batch_file(file: LakeFile) -> BatchFile:
    return BatchFile(file.batch_id, _path(file), file.first_date, file.last_date)


def absence_days(authority_id: int, since: date) -> pa.Table:
    """Return the day rows (DAYS) of sources that tell of missed lessons alone, for a job of one authority.

    Their `offered` is the length of what was missed, so that no share can be computed from them; a day that
    another source tells of in full is left out.
    """
    by = service_viewer(authority_id)
    files = _batch_files(authority_id, LakeFile.Dataset.DAYS, since, absence_only=True)
    if not files:
        return DAYS.schema.empty_table()
    whole = _batch_files(authority_id, LakeFile.Dataset.DAYS, since)
    with connect() as engine:
        rows = winning_days(engine, files).select(*DAYS.names)
        rows = rows.filter(rows.date >= ibis.date(since.isoformat()))
        if whole:
            known = winning_days(engine, whole).select("pupil", "date")
            rows = rows.anti_join(known, ["pupil", "date"])
        return _in_use(by, rows.to_pyarrow().cast(DAYS.schema))


def _batch_files(
    authority_id: int, dataset: str, since: date | None, *, absence_only: bool = False
) -> list[BatchFile]:
    """Return the files that count; those that tell of absence alone never stand among the others."""
    files = live_files(authority_id, dataset, absence_only=absence_only)
    return [as_batch_file(f) for f in files if _after(f, since)]


def _after(file: LakeFile, since: date | None) -> bool:
    return since is None or file.last_date >= since


def _path(file: LakeFile) -> Path:
    return Path(settings.LAKE_DIR) / file.path


__all__ = [
    "LessonDetail",
    "UnitQuality",
    "absence_days",
    "absent_before",
    "as_batch_file",
    "calendar_table",
    "data_up_to",
    "data_up_to_by_source",
    "data_version",
    "days_of_child_for",
    "lesson_detail_for",
    "lessons_of_child_for",
    "list_quality_for",
    "live_files",
    "load_for_rules",
    "low_reporting",
    "pupils_table",
    "unit_day_sums_for",
    "windows_of_child_for",
]
