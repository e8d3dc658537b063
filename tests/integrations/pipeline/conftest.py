"""A small invented municipality as an SS 12000 delivery and as a lesson file, and sources to import them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.csv as pacsv
import pytest

from samhandla.integrations import files
from samhandla.integrations.actions import batches, sources
from samhandla.integrations.actions.staging import keep_file
from samhandla.integrations.gather import StagedPage, from_pages
from samhandla.integrations.simulator.attendance import whole_year
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.ss12000 import ss12000_resources
from samhandla.integrations.simulator.world import build_world
from samhandla.integrations.ss12000 import connection
from samhandla.people.actions import derive_access
from samhandla.people.models import Organisation
from samhandla.people.queries import service_viewer
from samhandla.trust.viewer import acting_as

SHARED = Path(__file__).resolve().parents[4] / "shared"
NUMBERS = SHARED / "data/testpersonnummer/testpersonnummer.txt"
REGISTER = ("organisations", "persons", "groups", "duties")


@dataclass
class World:
    """The invented municipality: SS 12000 objects by resource, and its lessons."""

    resources: dict[str, list[dict]]
    lessons: pa.Table
    huvudman: str
    units: dict[str, str]

    def pages(self, names=REGISTER, change=None) -> list[StagedPage]:
        rows = {name: orjson.loads(orjson.dumps(self.resources[name])) for name in names}
        if change:
            change(rows)
        return [StagedPage(name, 1, orjson.dumps(rows[name])) for name in names]

    def delivery(self, names=REGISTER, change=None, **options):
        states = dict.fromkeys(names, ("complete", None))
        return from_pages(self.pages(names, change), states, **options)

    def unit_ids(self) -> list[str]:
        return [o["id"] for o in self.resources["organisations"] if o["organisationType"] == "Skolenhet"]


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Try again at once: how long a client waits is tested where the client is."""
    monkeypatch.setattr(connection, "backoff", lambda attempt, chance: 0.0)


@pytest.fixture(scope="session")
def world() -> World:
    invented = build_world(90, 3, 5, 2025, 12, NUMBERS)
    lessons = whole_year(invented, Settings(faults=())).lessons
    resources = ss12000_resources(invented, lessons)
    roots = [o for o in resources["organisations"] if o["organisationType"] == "Huvudman"]
    units = {str(o.number): o.code for o in invented.organisations if o.code}
    return World(resources, lessons, roots[0]["id"], units)


@pytest.fixture
def lake(settings, tmp_path):
    settings.LAKE_DIR = tmp_path / "lake"
    settings.UPLOAD_DIR = tmp_path / "uploads"
    settings.VAR_DIR = tmp_path
    return tmp_path


@dataclass
class Desk:
    """What a test needs to import: the authority's service, a register source and a file source."""

    authority_id: int
    world: World
    folder: Path

    def __post_init__(self) -> None:
        self.by = service_viewer(self.authority_id)
        self.register = sources.save_source(
            by=self.by, name="Elevregistret", kind="ss12000", settings={"huvudman": self.world.huvudman}
        )
        self.file = sources.save_source(
            by=self.by,
            name="Frånvarofil",
            kind="file",
            register_source=self.register,
            settings={"units": self.world.units},
        )

    def start(self, source=None, **options):
        return batches.start_batch(by=self.by, source=source or self.register, **options)

    def take_in(self, delivery=None, source=None, **options):
        batch = self.start(source, **options)
        outcome = batches.commit(by=self.by, batch=batch, delivery=delivery or self.world.delivery())
        return batch, outcome

    def make_unit(self, code="12345678") -> Organisation:
        """A school unit that files of people may name."""
        with acting_as(self.by):
            unit = Organisation.objects.create(
                authority_id=self.authority_id, kind="school_unit", name="Filskolan", skolenhetskod=code
            )
            derive_access(self.authority_id)
            return unit

    def rehearse(self, delivery, source=None, **options):
        batch = self.start(source, **options)
        return batch, batches.rehearse(by=self.by, batch=batch, delivery=delivery)

    def lesson_file(self, name="lektioner.csv", rows: pa.Table | None = None) -> Path:
        path = self.folder / name
        table = self.world.lessons if rows is None else rows
        if len(table) and pa.types.is_dictionary(table["subject"].type):
            table = table.set_column(6, "subject", table["subject"].cast(pa.string()))
        pacsv.write_csv(table, path)
        return path

    def upload(self, path: Path, preset="samhandla", **options):
        """A batch with a file, as the upload page makes it."""
        batch = self.start(self.file, **options)
        _, sha = keep_file(batch.pk, path.name, [path.read_bytes()])
        mapping = files.to_json(files.load_preset(preset)).decode()
        return batches.attach_file(
            by=self.by, batch=batch, name=path.name, sha256=sha, mapping=mapping, unit=None
        )


@pytest.fixture
def desk(db, world, lake) -> Desk:
    from samhandla.people import actions

    authority = actions.found_authority(
        by=None, name="Barn- och skolnämnden", kind="board", branches=("school", "emi")
    )
    return Desk(authority.pk, world, lake)


@pytest.fixture
def inside(desk):
    """Run the test as the authority's service."""
    with acting_as(desk.by):
        yield desk
