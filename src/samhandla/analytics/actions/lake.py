"""Batches of attendance: stored, made live, undone, swept.

A batch lies in the lake as immutable files. **For each pupil and day the latest live batch that has
it counts**: `set_batch_live` moves its day rows into PostgreSQL and removes those of earlier
batches; undoing it takes its rows away and brings back, from the files, what it had replaced.
Batches may be undone in any order. One transaction holds rows and manifest, so nothing is ever
half live.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings

from samhandla.analytics.actions import dayrows
from samhandla.analytics.engine import connect, read
from samhandla.analytics.errors import AnalyticsError, UnreadableFile
from samhandla.analytics.models import LakeFile
from samhandla.analytics.queries import as_batch_file
from samhandla.analytics.reach import Told, told_by
from samhandla.analytics.store import DRAFT_MARK, Written, file_hash, write_lessons, write_totals
from samhandla.analytics.tables.derived import DAYS
from samhandla.analytics.tables.totals import TOTALS
from samhandla.analytics.winners import BATCH, winning_days
from samhandla.people.queries import domain_of, today
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Branch
from samhandla.trust.viewer import Viewer

OF_BATCH = "batch_id = %(batch)s"
KEPT_HOURS = 24  # a draft or an unlisted folder younger than this may belong to an import that runs


class NoBatch(AnalyticsError):
    """A batch has no files in the manifest."""


class UnknownPersons(AnalyticsError):
    """Rows are about pupils or units that the authority's register does not have."""


@action
def store_lessons(
    *,
    by: Viewer,
    authority_id: int,
    source_id: int,
    batch_id: int,
    table: pa.Table,
    absence_only: bool = False,
) -> dict[str, Any]:
    """Write a batch of lessons and its derived sets to the lake. Nothing counts until it is made live.

    Args:
        table: rows as declared in LESSONS, with the register's numbers of pupils and units.
        absence_only: only lessons that somebody missed are in it, so that no share can be computed.

    Returns: rows per dataset, first and last day.

    Raises:
        BadColumns, EmptyFile: see `store.as_declared`; nothing was written.
        AnalyticsError: the batch is already live.
    """
    _refuse_live(batch_id, authority_id)
    files = write_lessons(_lake(), source_id, batch_id, table)
    told = told_by(table, today())
    stored = _list_files(by, authority_id, source_id, batch_id, files, told)
    if absence_only:
        LakeFile.objects.filter(batch_id=batch_id, authority_id=authority_id).update(absence_only=True)
    return stored


@action
def store_totals(
    *, by: Viewer, authority_id: int, source_id: int, batch_id: int, table: pa.Table
) -> dict[str, Any]:
    """Write a batch of totals per window (TOTALS) to the lake. Nothing counts until it is made live."""
    _refuse_live(batch_id, authority_id)
    files = write_totals(_lake(), source_id, batch_id, table, TOTALS)
    return _list_files(by, authority_id, source_id, batch_id, files)


def replace_window(
    *, by: Viewer, authority_id: int, source_id: int, batch_id: int, table: pa.Table
) -> dict[str, Any]:
    """Store totals and make them live: every window in them is replaced whole, for all its pupils.

    Undone by `set_batch_live(live=False)`, which brings back what the source said before.
    """
    stored = store_totals(
        by=by, authority_id=authority_id, source_id=source_id, batch_id=batch_id, table=table
    )
    return {**stored, **set_batch_live(by=by, batch_id=batch_id, live=True)}


@action
def set_batch_live(*, by: Viewer, batch_id: int, live: bool) -> dict[str, Any]:
    """Make a stored batch count, or stop it from counting, in one transaction with its manifest.

    Runs as the authority's service, which sees all its units. Doing it twice changes nothing.

    Returns: `added` and `removed` rows, and `settled`: pupil-days that a later batch has.

    Raises:
        NoBatch: nothing is stored under that number in the viewer's authority.
        UnknownPersons: pupils or units outside the register; nothing was changed.
        UnreadableFile: a file of the batch is gone or changed.
    """
    dayrows.one_at_a_time(by.authority_id)
    files = {f.dataset: f for f in LakeFile.objects.filter(batch_id=batch_id, authority_id=by.authority_id)}
    if not files:
        raise NoBatch(f"Importen {batch_id} har inga sparade filer. Kör importen på nytt.")
    changed = {"added": 0, "removed": 0, "settled": 0}
    if any(file.live != live for file in files.values()):
        main = files.get("days") or files["totals"]
        change = {("days", True): _days_in, ("days", False): _days_out, ("totals", True): _windows_in}
        changed = change.get((main.dataset, live), _windows_out)(main)
        LakeFile.objects.filter(batch_id=batch_id, authority_id=by.authority_id).update(live=live)
    kind = EventKind.ATTENDANCE_LIVE if live else EventKind.ATTENDANCE_UNDONE
    record(kind, by=by, details={"batch": batch_id, **changed})
    return changed


@action
def sweep_lake(*, by: Viewer, authority_id: int) -> dict[str, int]:
    """Remove the files of batches that do not count, and drafts left by killed imports.

    A batch that is not live keeps its row until its files are gone; younger than a day nothing is
    touched, since an import may be about to make it live.

    Returns: how many batches and drafts went.
    """
    dayrows.one_at_a_time(authority_id)
    lake, oldest = _lake(), time.time() - KEPT_HOURS * 3600
    dead = LakeFile.objects.filter(authority_id=authority_id, live=False)
    gone = {f.batch_id: lake / Path(f.path).parent for f in dead if _age(lake / f.path) < oldest}
    LakeFile.objects.filter(authority_id=authority_id, batch_id__in=gone, live=False).delete()
    drafts = [folder for folder in _unlisted(lake) if _age(folder) < oldest]
    for folder in (*gone.values(), *drafts):
        shutil.rmtree(folder, ignore_errors=True)
    swept = {"batches": len(gone), "drafts": len(drafts)}
    record(EventKind.LAKE_SWEPT, by=by, details=swept)
    return swept


def _lake() -> Path:
    return Path(settings.LAKE_DIR)


def _unlisted(lake: Path) -> list[Path]:
    """Return drafts, and folders whose import was rolled back after they were moved in place."""
    listed = {str(Path(path).parent) for path in LakeFile.objects.values_list("path", flat=True)}
    found = [path for path in lake.glob("*/*") if path.is_dir()]
    return [p for p in found if p.name.startswith(DRAFT_MARK) or str(p.relative_to(lake)) not in listed]


def _age(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0


def _refuse_live(batch_id: int, authority_id: int) -> None:
    others = LakeFile.objects.filter(batch_id=batch_id)
    if others.filter(live=True).exists() or others.exclude(authority_id=authority_id).exists():
        raise AnalyticsError(f"Importen {batch_id} är redan inne. Ångra den innan den läses in igen.")


def _list_files(
    by: Viewer,
    authority_id: int,
    source_id: int,
    batch_id: int,
    files: list[Written],
    told: Told | None = None,
) -> dict[str, Any]:
    LakeFile.objects.filter(batch_id=batch_id, authority_id=authority_id).delete()
    common = {"authority_id": authority_id, "source_id": source_id, "batch_id": batch_id}
    lessons = LakeFile.Dataset.LESSONS
    LakeFile.objects.bulk_create(
        [LakeFile(**common, **vars(f), told=told if f.dataset == lessons else None) for f in files]
    )
    stored: dict[str, Any] = {f.dataset: f.rows for f in files}
    record(EventKind.ATTENDANCE_STORED, by=by, details={"batch": batch_id, **stored})
    return {**stored, "first_date": files[0].first_date, "last_date": files[0].last_date}


def _whole(file: LakeFile) -> Path:
    path = _lake() / file.path
    if not path.is_file() or file_hash(path) != file.sha256:
        raise UnreadableFile(
            f"Filen {file.path} är borta eller ändrad. Hämta tillbaka den ur säkerhetskopian, "
            "eller ångra importen och läs in den på nytt."
        )
    return path


def _overlapping(file: LakeFile) -> list[LakeFile]:
    """Return other live files of the same kind whose days overlap, earliest batch first."""
    return list(
        LakeFile.objects.filter(
            authority_id=file.authority_id,
            dataset=file.dataset,
            live=True,
            first_date__lte=file.last_date,
            last_date__gte=file.first_date,
        )
        .exclude(batch_id=file.batch_id)
        .order_by("batch_id")
    )


def _school_domain(file: LakeFile) -> int:
    return domain_of(file.authority_id, Branch.SCHOOL).pk


def _refuse_unknown(file: LakeFile) -> None:
    unknown = dayrows.unknown_persons(file.authority_id)
    if unknown:
        raise UnknownPersons(
            f"{unknown} elever eller skolenheter i importen finns inte i registret. Ingenting ändrades. "
            "Läs in registret först."
        )


def _days_in(file: LakeFile) -> dict[str, int]:
    domain, others = _school_domain(file), _overlapping(file)
    dayrows.copy_in(dayrows.DAY_COLUMNS, _whole(file))
    _refuse_unknown(file)
    settled = removed = 0
    if any(other.batch_id > file.batch_id for other in others):
        settled = dayrows.drop_settled(domain, file.batch_id)
    if any(other.batch_id < file.batch_id for other in others):
        removed = dayrows.drop_replaced(domain, file.batch_id)
    added = dayrows.insert(dayrows.INSERT_DAYS, batch=file.batch_id, domain=domain)
    return {"added": added, "removed": removed, "settled": settled}


def _days_out(file: LakeFile) -> dict[str, int]:
    removed = dayrows.run(f"delete from analytics_attendanceday where {OF_BATCH}", batch=file.batch_id)
    others = _overlapping(file)
    if not others:
        return {"added": 0, "removed": removed, "settled": 0}
    with connect() as engine:
        for other in others:
            _whole(other)
        counts = winning_days(engine, [as_batch_file(other) for other in others])
        mine = read(engine, _lake() / file.path).select("pupil", "date").distinct()
        back = counts.filter(counts[BATCH] < file.batch_id).semi_join(mine, ["pupil", "date"])
        rows = back.select(*DAYS.names, BATCH).to_pyarrow()
    dayrows.copy_in(dayrows.DAY_COLUMNS, rows, extra={BATCH: "bigint"})
    added = dayrows.insert(dayrows.INSERT_DAYS, batch=None, domain=_school_domain(file))
    return {"added": added, "removed": removed, "settled": 0}


def _windows_in(file: LakeFile) -> dict[str, int]:
    """Put in the windows of a batch; a window that a later batch of the source has is settled."""
    dayrows.copy_in(dayrows.WINDOW_COLUMNS, _whole(file))
    _refuse_unknown(file)
    same = "w.source_id = %(source)s and w.first_date = i.first_date and w.last_date = i.last_date"
    ours = {"source": file.source_id, "batch": file.batch_id}
    settled = dayrows.run(
        f"delete from incoming i using analytics_attendancewindow w where {same} and w.batch_id > %(batch)s",
        **ours,
    )
    removed = dayrows.run(
        "delete from analytics_attendancewindow w using "
        f"(select distinct first_date, last_date from incoming) i where {same} and w.batch_id < %(batch)s",
        **ours,
    )
    added = dayrows.insert(
        dayrows.INSERT_WINDOWS, batch=file.batch_id, domain=_school_domain(file), source=file.source_id
    )
    return {"added": added, "removed": removed, "settled": settled}


def _windows_out(file: LakeFile) -> dict[str, int]:
    """Take out the windows of a batch and put in again what earlier live batches of the source say."""
    gone = f"delete from analytics_attendancewindow where {OF_BATCH}"
    removed = dayrows.run(gone, batch=file.batch_id)
    added = 0
    for other in _overlapping(file):
        if other.source_id == file.source_id:
            dayrows.run(gone, batch=other.batch_id)
            added += _windows_in(other)["added"]
    return {"added": added, "removed": removed, "settled": 0}
