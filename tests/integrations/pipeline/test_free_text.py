"""Why somebody was away, in free words, may be about health: it is nowhere once an import is taken in."""

from __future__ import annotations

import copy
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.apps import apps
from django.db import connection

from samhandla.analytics.models import AttendanceDay
from samhandla.integrations.actions import sources
from samhandla.integrations.actions.batches import start_batch
from samhandla.integrations.actions.running import run_batch
from samhandla.integrations.actions.staging import kept_file
from samhandla.integrations.models import Batch
from samhandla.integrations.ss12000.fake import FakeServer
from samhandla.integrations.ss12000.fake_source import FakeSource
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
WORDS = "Migrän efter Zebrabesöket"
OURS = [m for m in apps.get_models() if m.__module__.startswith("samhandla.")]
# The running role has no right to them at all; none has words of anybody's in it.
UNREADABLE = {"trust.Access", "trust.SigningKey", "trust.Withheld"}


def where_kept(desk) -> list[str]:
    """Return every table and file in which the words stand."""
    found = []
    with acting_as(desk.by):
        for model in OURS:
            if model._meta.label not in UNREADABLE:
                found += [model.__name__ for row in model.objects.values() if "Zebra" in str(row)]
    return found + [str(path) for path in desk.folder.rglob("*") if path.is_file() and _holds(path)]


def test_only_what_nobody_may_read_is_left_out():
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relkind = 'r' and not has_table_privilege(oid, 'select')"
        )
        closed = {table for (table,) in cursor.fetchall()}
    assert {m._meta.label for m in OURS if m._meta.db_table in closed} == UNREADABLE


def _holds(path: Path) -> bool:
    if path.suffix == ".parquet":
        return "Zebra" in str(pq.read_table(path).to_pydict())
    return b"Zebra" in path.read_bytes()


def commit(desk, batch) -> None:
    run_batch(desk.by, batch.pk)
    with acting_as(desk.by):
        assert Batch.objects.get(pk=batch.pk).state == "committed"
        assert AttendanceDay.objects.exists()


def test_of_a_fetched_source(desk):
    resources = {name: copy.deepcopy(rows) for name, rows in desk.world.resources.items()}
    for row in resources["attendances"]:
        row["absenceReason"] = WORDS
    for event in resources["calendarEvents"]:
        for inside in (event.get("_embedded") or {}).get("attendance") or []:
            inside["absenceReason"] = WORDS
    with FakeServer(FakeSource(resources)) as server:
        kept = {
            "base_url": server.base_url, "huvudman": desk.world.huvudman,
            "window": ["2025-08-01", "2025-08-22"],
        }  # fmt: skip
        source = sources.save_source(
            by=desk.by, name="Server", kind="ss12000", settings=kept, credentials={"token": "prov"}
        )
        commit(desk, start_batch(by=desk.by, source=source, wants_commit=True))
    assert where_kept(desk) == []


@pytest.mark.parametrize("rows_refused", [0, 1])
def test_of_a_file_also_when_a_row_is_refused(desk, rows_refused):
    desk.take_in()
    path = desk.lesson_file()
    head, *lines = path.read_text().splitlines()
    cells = lines[0].split(",")
    if rows_refused:
        cells[head.replace('"', "").split(",").index("valid")] = "-5"
    lines[0] = ",".join(cells)
    path.write_text("\n".join([head + ",orsak", *(f"{line},{WORDS}" for line in lines)]) + "\n")
    batch = desk.upload(path, wants_commit=True)
    path.unlink()
    assert kept_file(batch.pk).opened().read(3) == head[:3].encode(), "the file is kept until it is taken in"
    assert where_kept(desk) == [], "and it lies sealed"
    commit(desk, batch)
    with acting_as(desk.by):
        assert batch.refusals.count() == rows_refused
    assert where_kept(desk) == []
