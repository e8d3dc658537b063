"""`samhandla import` into the database: taken in as the authority's service, or rehearsed, or refused."""

from __future__ import annotations

import json

import pytest

from samhandla.analytics.models import AttendanceDay
from samhandla.integrations.models import Batch, Source
from samhandla.integrations.ss12000.fake import FakeServer
from samhandla.integrations.ss12000.fake_source import FakeSource
from samhandla.people import actions
from samhandla.people.models import Child
from samhandla.people.queries import service_viewer
from samhandla.project.cli import main
from samhandla.trust.viewer import acting_as, current_viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    """There is a database, as the command line finds out."""
    monkeypatch.setenv("DATABASE_URL", "postgres:///finns")


@pytest.fixture
def server(world):
    with FakeServer(FakeSource(world.resources)) as fake:
        yield fake


def answer(capsys, *words: str) -> tuple[int, dict]:
    code = main(["import", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def fetched(desk, server, capsys, *more: str) -> tuple[int, dict]:
    words = ("--base-url", server.base_url, "--token", "prov", "--huvudman", desk.world.huvudman)
    return answer(capsys, "ss12000", *words, "--from", "2025-08-18", "--to", "2025-08-29", *more)


def kept(desk) -> tuple[int, int]:
    with acting_as(desk.by):
        return Child.objects.count(), AttendanceDay.objects.count()


def test_a_source_is_taken_in_and_the_second_time_nothing_is_new(desk, server, capsys):
    code, said = fetched(desk, server, capsys)
    assert (code, said["state"], said["stopped"]) == (0, "committed", None)
    children, days = kept(desk)
    assert 0 < children < said["resources"]["persons"]["new"], "guardians and staff are persons too"
    assert days > 100
    assert current_viewer() is None, "the command leaves no viewer behind"
    code, again = fetched(desk, server, capsys)
    assert (code, again["resources"]["persons"]["new"], kept(desk)) == (0, 0, (children, days))
    with acting_as(desk.by):
        assert Source.objects.filter(kind="ss12000", settings__base_url=server.base_url).count() == 1


def test_a_rehearsal_changes_nothing(desk, server, capsys):
    code, said = fetched(desk, server, capsys, "--dry-run")
    assert (code, said["state"]) == (0, "rehearsed")
    assert said["resources"]["persons"]["new"] > 0
    assert kept(desk) == (0, 0)


def test_a_file_is_taken_in_with_its_bad_rows_told(desk, capsys):
    desk.take_in()
    path = desk.lesson_file()
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[1].replace("2025", "1925", 1)]) + "\n")
    words = ("--preset", "samhandla", "--source", desk.file.name)
    code, said = answer(capsys, "file", str(path), *words)
    assert (code, said["state"]) == (0, "committed")
    assert said["rows"] == len(lines)
    assert [row["row"] for row in said["refused_rows"]] == [len(lines) + 1]
    assert kept(desk)[1] > 0


def test_between_several_boards_nothing_is_chosen(desk, server, capsys):
    other = actions.found_authority(by=None, name="Utbildningsnämnden", kind="board", branches=("school",))
    code, said = fetched(desk, server, capsys)
    assert code == 2
    assert "Barn- och skolnämnden" in said["refused"]
    assert "Utbildningsnämnden" in said["refused"]
    assert kept(desk) == (0, 0)
    code, _said = fetched(desk, server, capsys, "--authority", "Barn- och skolnämnden")
    assert code == 0
    with acting_as(service_viewer(other.pk)):
        assert (Child.objects.count(), Batch.objects.count()) == (0, 0)


def test_a_board_without_schools_is_never_meant(desk, server, capsys):
    actions.found_authority(by=None, name="Socialnämnden", kind="board", branches=("social",))
    assert fetched(desk, server, capsys, "--authority", "Socialnämnden")[0] == 2
    assert fetched(desk, server, capsys, "--dry-run")[0] == 0
