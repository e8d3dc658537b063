"""The demonstration's day to fetch: every row of it is taken, or belongs to somebody else."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from samhandla.analytics.models import AttendanceDay
from samhandla.integrations.actions.batches import start_batch
from samhandla.integrations.actions.running import run_batch
from samhandla.integrations.actions.sources import save_source
from samhandla.integrations.models import Batch, BatchRefusal
from samhandla.integrations.rules.people import SUGGESTED_ROLES
from samhandla.integrations.simulator.attendance import simulate_school
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.ss12000_ids import Ids
from samhandla.integrations.ss12000.fake import FakeServer
from samhandla.people import actions as people
from samhandla.people.queries import service_viewer
from samhandla.project.demo_school import LESSONS, TOKEN, Municipality, on_school_days, school_of
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db

MUNICIPALITY = Municipality(pupils=600, schools=12, seed=3, school_year=2025)
MOVED = date(2025, 10, 22)  # one pupil of the independent school begins at a municipal one
DAY = date(2025, 11, 12)


@pytest.fixture(scope="module")
def world():
    return MUNICIPALITY.build()


@pytest.fixture
def school(world, tmp_path, settings):
    """The school system of the demonstration with one day in it, as `make demo` leaves it."""
    settings.LAKE_DIR, settings.UPLOAD_DIR, settings.VAR_DIR = tmp_path / "lake", tmp_path / "up", tmp_path
    made = pa.concat_tables(simulate_school(world, one, Settings()).lessons for one in world.schools())
    pq.write_table(on_school_days(made.filter(pc.equal(made["date"], pa.scalar(DAY)))), tmp_path / LESSONS)
    MUNICIPALITY.describe(tmp_path)
    with FakeServer(school_of(tmp_path), token=TOKEN) as server:
        yield server.base_url


def fetched(owner, ids, url):
    """Found an organiser's authority and fetch its day as the night does."""
    kind = "independent" if owner.number != 1 else "board"
    authority = people.found_authority(by=None, name=owner.name, kind=kind, branches=("school", "emi"))
    by = service_viewer(authority.pk)
    kept = {"base_url": url, "allow_plain_http": True, "huvudman": ids.of("organisation", owner.number)}
    kept["window"] = [DAY.isoformat(), DAY.isoformat()]
    fields = {"kind": "ss12000", "settings": kept, "credentials": {"token": TOKEN}}
    source = save_source(by=by, name="Elevregistret", roles=dict(SUGGESTED_ROLES), **fields)
    outcome = run_batch(by, start_batch(by=by, source=source, wants_commit=True).pk)
    with acting_as(by):
        batch = Batch.objects.get(source=source)
        refused = list(BatchRefusal.objects.filter(batch=batch, kept=False).values_list("row", "reason"))
        return batch, outcome, refused, AttendanceDay.objects.count()


def test_no_row_of_the_day_is_refused_though_a_pupil_is_in_both_registers(world, school):
    owners = [one for one in world.organisations if one.kind == "huvudman"]
    authority_of = {one.unit.number: one.unit.authority for one in world.schools()}
    pupils = [pupil for one in world.schools() for pupil in one.pupils if len(pupil.enrolments) > 1]
    moved = [p for p in pupils if len({authority_of[e.unit] for e in p.enrolments}) == 2]
    assert [pupil.enrolments[-1].started for pupil in moved] == [MOVED]
    ids, read, taken = Ids(world.seed, world.school_year), 0, 0
    for owner in owners:
        batch, outcome, refused, day_rows = fetched(owner, ids, school)
        assert (batch.state, refused) == ("committed", []), batch.reason
        counts = outcome.counts["attendances"]
        assert counts["refused"] == 0
        assert min(counts["new"], counts["outside"], day_rows) > 0
        read, taken = counts["read"], taken + counts["new"] + counts["protected"]
    assert taken == read  # every row has one organiser, and only one
