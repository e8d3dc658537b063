"""`samhandla detect` on plain files: the JSON, the exit codes, and help that a stranger can use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.detect.rules.invented import year

from samhandla.project.cli import main


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two classes; E1 is away a day in four, E2 every Monday of the last weeks, the rest now and then."""
    lines = ["elev;datum;starttid;minuter;giltig;ogiltig;klass"]
    dates = year(1, 60).dates
    for pupil in range(20):
        for number, day in enumerate(dates):
            away = (pupil == 1 and number % 4 == 0) or (pupil > 2 and (number + 7 * pupil) % 41 == 0)
            away |= pupil == 2 and number % 5 == 0 and number > 10
            lines += [f"E{pupil};{day};{8 + s:02}:00;60;{60 if away else 0};0;7A" for s in range(5)]
    path = tmp_path / "lessons.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict]:
    code = main(["detect", *[str(word) for word in words], "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_json_has_signals_and_quality(data: Path, capsys):
    code, result = run(capsys, "--data", data)
    assert code == 0
    mine = {s["rule"]: s for s in result["signals"] if s["pupil"] == "E1"}
    assert {"level_year", "spells"} <= set(mine)
    assert mine["level_year"]["numbers"]["share"] == 0.25
    assert mine["level_year"]["since"] == "2025-09-12"
    assert mine["level_year"]["text"].startswith("Frånvaron hittills i år är 25")
    assert {"pupil", "rule", "since", "numbers", "text"} <= set(result["signals"][0])
    assert (result["quality"]["rows"], result["quality"]["reporting_rate"]) == (6000, 1.0)
    assert "weekday" in {s["rule"] for s in result["signals"] if s["pupil"] == "E2"}


def test_earlier_day_and_local_limits(data: Path, tmp_path: Path, capsys):
    rules = tmp_path / "rules.toml"
    rules.write_text('[[rules]]\nrule = "level_year"\nthreshold = 0.5\n')
    _, early = run(capsys, "--data", data, "--as-of", "2025-08-29")
    _, strict = run(capsys, "--data", data, "--rules", rules)
    assert "level_year" not in {s["rule"] for s in early["signals"]}
    assert "level_year" not in {s["rule"] for s in strict["signals"]}


def test_class_signals_have_no_pupil(tmp_path: Path, capsys):
    lines = ["pupil,date,status,class"]
    lines += [
        f"{p},{d},{'ogiltig' if (n + p) % 4 == 0 else 'närvarande'},7B"
        for n, d in enumerate(year(1, 40).dates) for p in range(12)
    ]  # fmt: skip
    path = tmp_path / "l.csv"
    path.write_text("\n".join(lines), "utf-8")
    _, result = run(capsys, "--data", path)
    groups = [s for s in result["signals"] if s["pupil"] is None]
    assert ("class_level", "7B") in {(s["rule"], s.get("class")) for s in groups}


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("pupil,date,valid\n1,i går,0\n", 3, "rad 2: date"),
        ("pupil,date,valid\n1,2025-09-01,-5\n", 3, "negativa minuter"),
        ("pupil,date,valid\n", 3, "inga rader"),
        ("a,b\n1,2\n", 3, "saknar kolumnen"),
    ],
)
def test_refusals(tmp_path: Path, capsys, text: str, code: int, says: str):
    path = tmp_path / "l.csv"
    path.write_text(text, "utf-8")
    got, result = run(capsys, "--data", path)
    assert got == code
    assert says in result["refused"]


def test_bad_arguments(data: Path, tmp_path: Path, capsys):
    assert run(capsys, "--data", tmp_path / "borta.csv")[0] == 2
    code, result = run(capsys, "--data", data, "--as-of", "snart")
    assert code == 2
    assert "--as-of" in result["refused"]
    with pytest.raises(SystemExit) as caught:
        main(["detect"])
    assert caught.value.code == 2


def test_bad_rules_file(data: Path, tmp_path: Path, capsys):
    rules = tmp_path / "rules.json"
    rules.write_text('{"rules": [{"rule": "x"}]}')
    code, result = run(capsys, "--data", data, "--rules", rules)
    assert code == 3
    assert "ingen känd regel" in result["refused"]


def test_text_shows_the_state_of_the_data_first(data: Path, capsys):
    assert main(["detect", "--data", str(data)]) == 0
    text = capsys.readouterr().out
    assert text.index("Underlaget:") < text.index("Signaler till och med")
    assert "E1: Frånvaron hittills i år" in text


def test_help_documents_the_columns(capsys):
    with pytest.raises(SystemExit):
        main(["detect", "--help"])
    text = capsys.readouterr().out
    assert all(word in text for word in ("pupil (elev", "participating", "Avslutskod", "årskurs"))
