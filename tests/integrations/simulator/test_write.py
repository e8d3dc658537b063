from __future__ import annotations

import argparse
import hashlib
import json

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from samhandla.analytics.tables.attendance import LESSONS
from samhandla.integrations.simulator import commands, write
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.world import build_world
from samhandla.integrations.simulator.write import FolderUnusable, write_world
from samhandla.lib.command import DONE, BadArguments, Refusal


@pytest.fixture
def small():
    return build_world(120, 2, 5, days=25)


def digests(folder) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_same_seed_same_bytes(tmp_path, file_format) -> None:
    for name in ("one", "two"):
        write_world(build_world(120, 2, 5, days=25), tmp_path / name, file_format=file_format)
    write_world(build_world(120, 2, 6, days=25), tmp_path / "other", file_format=file_format)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    name = f"lessons.{file_format}"
    assert digests(tmp_path / "one")[name] != digests(tmp_path / "other")[name]


def test_says_what_it_wrote(tmp_path, small) -> None:
    written = {entry.table: entry for entry in write_world(small, tmp_path)}
    assert {"lessons", "pupils", "calendar", "truth", "guardians", "staff", "groups", "organisations"} <= set(
        written
    )
    for entry in written.values():
        assert pq.read_metadata(entry.path).num_rows == entry.rows
    assert written["pupils"].rows == written["children"].rows == 120
    assert pq.read_schema(written["lessons"].path).equals(LESSONS.schema)


def test_csv_holds_the_same_lessons(tmp_path, small) -> None:
    write_world(small, tmp_path / "p")
    write_world(small, tmp_path / "c", file_format="csv")
    parquet, csv = pq.read_table(tmp_path / "p/lessons.parquet"), pa_csv.read_csv(tmp_path / "c/lessons.csv")
    assert csv.column_names == parquet.column_names
    assert csv.num_rows == parquet.num_rows
    for name in ("pupil", "date", "valid", "reported", "participating"):
        assert csv[name].to_pylist() == parquet[name].to_pylist()
    assert csv["subject"].to_pylist() == parquet["subject"].cast("string").to_pylist()


def test_an_empty_table_keeps_its_columns(tmp_path, small) -> None:
    write_world(small, tmp_path, Settings(faults=(), new_problems=0))
    truth = pq.read_table(tmp_path / "truth.parquet")
    assert truth.num_rows == 0
    assert "onset_day_no" in truth.column_names


def test_refuses_a_folder_that_is_a_file(tmp_path, small) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(FolderUnusable, match="Välj en mapp"):
        write_world(small, tmp_path / "taken" / "out")


def test_a_full_disk_leaves_no_half_file(tmp_path, small, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write, "register_tables", full)
    with pytest.raises(FolderUnusable, match="No space left"):
        write_world(small, tmp_path)
    assert list(tmp_path.iterdir()) == []


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    commands.register(parser.add_subparsers(required=True))
    args = parser.parse_args(["simulate", *words])
    return args.run(args)


def test_command_works(tmp_path, capsys) -> None:
    words = ("--pupils", "150", "--seed", "4", "--days", "20", "--out", str(tmp_path), "--json")
    assert run(*words, "--no-faults", "--without-codes") == DONE
    answer = json.loads(capsys.readouterr().out)
    assert (answer["seed"], answer["pupils"], answer["days"]) == (4, 150, 20)
    assert (answer["faults"], answer["codes"]) == ([], False)
    rows = {entry["table"]: entry["rows"] for entry in answer["written"]}
    assert rows["lessons"] == pq.read_metadata(tmp_path / "lessons.parquet").num_rows > 0


def test_command_tells_a_person(tmp_path, capsys) -> None:
    assert run("--pupils", "150", "--days", "20", "--out", str(tmp_path), "--format", "csv") == DONE
    assert "lessons.csv" in capsys.readouterr().out


def test_command_takes_the_numbers_file_from_the_environment(tmp_path, numbers_file, monkeypatch) -> None:
    monkeypatch.setenv(commands.NUMBERS_VARIABLE, str(numbers_file))
    run("--pupils", "150", "--days", "20", "--out", str(tmp_path))
    numbers = pq.read_table(tmp_path / "children.parquet")["personnummer"]
    assert numbers.null_count < 15


@pytest.mark.parametrize(
    "words", [("--pupils", "5"), ("--schools", "0"), ("--days", "400"), ("--personnummer", "/none/at/all")]
)
def test_command_rejects_bad_arguments(tmp_path, words) -> None:
    with pytest.raises(BadArguments):
        run("--out", str(tmp_path), *words)
    assert list(tmp_path.iterdir()) == []


def test_command_refuses_an_unusable_folder(tmp_path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(Refusal, match="taken"):
        run("--pupils", "150", "--days", "20", "--out", str(tmp_path / "taken"))
