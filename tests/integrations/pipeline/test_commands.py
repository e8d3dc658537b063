"""`samhandla import` without a database: counts, refused rows, exit codes."""

from __future__ import annotations

import json

import pytest

from samhandla.integrations.ss12000.fake import FakeServer
from samhandla.integrations.ss12000.fake_source import FakeSource
from samhandla.project.cli import main

HEADER = "elev;datum;lektion;undervisning;giltig;ogiltig"


@pytest.fixture
def server(world):
    with FakeServer(FakeSource(world.resources)) as fake:
        yield fake


def answer(capsys, *words: str) -> tuple[int, dict]:
    code = main(["import", *words, "--dry-run", "--without-database", "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_file_counts_new_and_tells_bad_rows(capsys, tmp_path):
    path = tmp_path / "f.csv"
    path.write_text(f"{HEADER}\na;2026-03-02;1;60;0;0\na;2026-03-02;2;300;0;0\n")
    code, said = answer(capsys, "file", str(path), "--preset", "samhandla")
    counts = said["resources"]["attendances"]
    assert (code, said["rows"], said["stopped"]) == (0, 2, None)
    assert (counts["read"], counts["new"], counts["refused"]) == (2, 1, 1)
    assert [row["row"] for row in said["refused_rows"]] == [3]


@pytest.mark.parametrize(("name", "code"), [("saknas.csv", 2), ("tom.csv", 3)])
def test_unusable_file_ends_with_its_own_code(capsys, tmp_path, name, code):
    (tmp_path / "tom.csv").write_text("")
    found, said = answer(capsys, "file", str(tmp_path / name), "--preset", "samhandla")
    assert found == code
    assert len(said["refused"]) > 10


def test_unknown_preset_is_a_bad_argument(capsys, tmp_path):
    path = tmp_path / "f.csv"
    path.write_text(HEADER + "\n")
    code, said = answer(capsys, "file", str(path), "--preset", "finns-inte")
    assert code == 2
    assert "samhandla" in said["refused"]


def test_ss12000_counts_every_resource(capsys, server, world):
    words = ("--base-url", server.base_url, "--token", "prov", "--from", "2025-08-18", "--to", "2025-09-05")
    code, said = answer(capsys, "ss12000", *words)
    assert code == 0
    persons = said["resources"]["persons"]
    assert persons["read"] == len(world.resources["persons"])
    assert persons["new"] + persons["protected"] == persons["read"]
    assert said["resources"]["attendances"]["new"] > 1000
    assert said["capabilities"]["calendarEvents"] == "supported"


def test_ss12000_by_client_credentials_and_refused_ones(capsys, server):
    base = ("--base-url", server.base_url, "--token-url", server.token_url, "--client-id", "samhandla")
    code, said = answer(capsys, "ss12000", *base, "--client-secret", "hemlig")
    assert code == 0
    code, said = answer(capsys, "ss12000", *base, "--client-secret", "fel")
    assert code == 3
    assert said["refused"]


def test_two_ways_to_log_in_at_once_is_a_bad_argument(capsys):
    words = ("--base-url", "https://x.se/v2", "--token", "a", "--client-id", "b")
    assert answer(capsys, "ss12000", *words)[0] == 2
