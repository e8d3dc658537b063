"""What a shipped preset asks of a file, for whoever writes or checks one: columns, an example, an empty file.

All of it follows from the preset, so that it cannot say anything else than what is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from samhandla.integrations.files.mapping import PEOPLE, Kind, Mapping
from samhandla.integrations.files.presets import load_preset, preset_names
from samhandla.integrations.files.values import Unit
from samhandla.integrations.files.wording import field_word
from samhandla.lib.safe_csv import csv_text

OWN = ("elever", "personal", "vardnadshavare", "samhandla")  # in the order in which they are needed
UNITS = {
    Unit.MINUTES: "minuter",
    Unit.HOURS: "timmar",
    Unit.CLOCK: "tim:min",
    Unit.PERCENT: "procent",
    Unit.SHARE: "andel 0–1",
    Unit.FRACTION: "minuter/minuter",
    Unit.LESSONS: "lektioner",
    Unit.DAYS: "dagar",
}
AMOUNTS = frozenset({"offered", "present", "valid", "invalid", "other", "absence", "late", "unreported"})
NUMBERS = ("200001011493", "200001012392")  # Skatteverket's numbers for tests: they are nobody's
# Two rows' worth of each field; what a kind writes otherwise stands in its own table.
PERSONS = {
    "id": ("p-1", "p-2"),
    "personnummer": NUMBERS,
    "given_name": ("Alma", "Nils"),
    "family_name": ("Exempelsson", "Provdotter"),
    "sex": ("K", "M"),
    "birth_date": ("2013-05-01", "2013-09-14"),
    "unit": ("12345678", "12345678"),
    "class": ("7A", "7A"),
    "school_form": ("GR", "GR"),
    "school_year": ("7", "7"),
    "start": ("2026-08-18", "2026-08-18"),
    "end": ("", ""),
    "municipality": ("2480", "2480"),
    "postal_code": ("90325", "90330"),
    "email": ("alma@example.org", "nils@example.org"),
    "eppn": ("alma@example.org", "nils@example.org"),
    "adapted": ("nej", "nej"),
    "protected": ("0", "0"),
    "role": ("Lärare", "Rektor"),
    "duty_group": ("7A", ""),
    "child": ("p-1", "p-2"),
    "kind": ("vårdnadshavare", "familjehem"),
}
ATTENDANCE = {
    "pupil": ("p-1", "p-2"),
    "unit": ("12345678", "12345678"),
    "date": ("2026-09-01", "2026-09-01"),
    "group": ("7A", "7A"),
    "slot": ("1", "1"),
    "subject": ("Matematik", "Matematik"),
    "offered": ("60", "60"),
    "present": ("60", "0"),
    "valid": ("0", "60"),
    "invalid": ("0", "0"),
    "other": ("0", "0"),
    "absence": ("60", "60"),
    "reported": ("ja", "ja"),
    "unreported": ("0", "0"),
    "participating": ("ja", ""),
}
SHARES = {Unit.PERCENT: ("100", "0"), Unit.DAYS: ("1", "1"), Unit.HOURS: ("1", "0")}


# How a cell is written, where the meaning alone does not tell it.
DAY = "ÅÅÅÅ-MM-DD"
WRITTEN = {
    "sex": "K eller M, tomt när det inte är känt",
    "birth_date": DAY,
    "date": DAY,
    "unit": "skolenhetskod eller enhetens namn",
    "school_form": "kod eller namn, till exempel GR eller grundskola",
    "school_year": "F eller 0–10",
    "adapted": "ja eller nej, tomt ändrar inget",
    "protected": "1 är skyddad, 0 är inte, tomt är okänt",
    "reported": "ja eller nej",
    "participating": "ja eller nej, tomt när ingen har sagt det",
    "duty_group": "klassens namn; flera skiljs åt med komma",
}
WRITTEN_BY_KIND = {
    (True, "start"): DAY,
    (True, "end"): "ÅÅÅÅ-MM-DD, tomt när det inte är bestämt",
    (False, "start"): "TT:MM",
    (False, "end"): "TT:MM",
}


@dataclass(frozen=True)
class TemplateColumn:
    """One thing that a file tells.

    Args:
        header: as the column is called; `others`: headers that are read in its place.
        meaning: in Swedish, to be translated.
        needed: the file is refused without it.
        unit: what its amounts are written in, None where it has none.
    """

    field: str
    header: str
    others: tuple[str, ...]
    meaning: str
    needed: bool
    unit: Unit | None


def columns_of(preset: Mapping) -> list[TemplateColumn]:
    """Return what a preset reads, in its own order; headers of one field stand together."""
    fields = dict.fromkeys(column.field for column in preset.columns)
    found = []
    for field in fields:
        same = [column for column in preset.columns if column.field == field]
        found.append(
            TemplateColumn(
                field,
                same[0].source,
                tuple(column.source for column in same[1:]),
                field_word(field, of_people=preset.kind in PEOPLE),
                any(column.required for column in same),
                same[0].unit if field in AMOUNTS else None,
            )
        )
    return found


def empty_file(name: str) -> str:
    """Return a file with the headers of a shipped preset and no rows, as Swedish Excel opens it.

    Raises:
        UnknownPreset: there is none of that name.
    """
    return csv_text([column.header for column in columns_of(load_preset(name))], [])


def has_headers(preset: Mapping) -> bool:
    """Tell whether files of a preset have a row of headers, so that an empty one says anything."""
    return preset.header_row != 0


def example(preset: Mapping) -> list[list[str]]:
    """Return a file of three lines that the preset reads: its headers, unless it has none, and two rows."""
    columns = columns_of(preset)
    rows = [[_sample(preset, column)[place] for column in columns] for place in (0, 1)]
    return [[column.header for column in columns], *rows] if has_headers(preset) else rows


def _sample(preset: Mapping, column: TemplateColumn) -> tuple[str, str]:
    if preset.kind in PEOPLE:
        return PERSONS[column.field]
    if column.field == "pupil" and preset.person_key == "personnummer":
        return NUMBERS
    if column.field == "status":
        codes = list(preset.values["status"])
        present = [code for code in codes if preset.values["status"][code] == "present"]
        if preset.absence_only:
            present = []
        valid = next(code for code in codes if preset.values["status"][code] == "valid")
        return (present or [valid])[0], valid
    if column.field in ("start", "end"):
        return ("08:15", "08:15") if column.field == "start" else ("09:15", "09:15")
    if column.field == "date" and preset.date_style == "mdy":
        return "9/1/2026", "9/1/2026"
    return _amount(preset, column)


def _amount(preset: Mapping, column: TemplateColumn) -> tuple[str, str]:
    if column.field == "reported" and preset.kind is Kind.TOTALS:
        return ("100", "100") if _unit_of(preset, "reported") == Unit.PERCENT else ("60", "60")
    if column.field == "absence" and not preset.absence_only:
        return "", ("1" if column.unit == Unit.HOURS else "60")
    sample = ATTENDANCE[column.field]
    if column.unit == Unit.HOURS:
        return (_in_hours(sample[0]), _in_hours(sample[1]))
    return SHARES[Unit.DAYS] if column.unit == Unit.DAYS else sample


def _unit_of(preset: Mapping, field: str) -> Unit:
    return next(column.unit for column in preset.columns if column.field == field)


def _in_hours(minutes: str) -> str:
    return str(int(minutes) // 60)


def in_order() -> list[str]:
    """Return every shipped preset, our own first."""
    return [*OWN, *(name for name in preset_names() if name not in OWN)]


def handbook_parts() -> Iterable[str]:
    """Return the handbook's words about every shipped preset: its columns, and a file of three lines."""
    for name in in_order():
        preset = load_preset(name)
        yield f"## {preset.title} (`{name}`)"
        yield from (statement.text for statement in preset.statements if statement.about == "scope")
        rows = [
            [
                f"`{column.header}`",
                column.meaning,
                _written(preset, column),
                "ja" if column.needed else "",
                ", ".join(f"`{other}`" for other in column.others),
            ]
            for column in columns_of(preset)
        ]
        yield _table(["Kolumn", "Betyder", "Skrivs", "Måste finnas", "Läses också under namnet"], rows)
        lines = "\n".join(";".join(row) for row in example(preset))
        yield f"```text\n{lines}\n```"


def _written(preset: Mapping, column: TemplateColumn) -> str:
    if column.field == "date" and preset.date_style == "mdy":
        return "månad/dag/år"
    if column.field == "status":
        return ", ".join(f"`{code}`" for code in preset.values["status"])
    if column.field == "reported" and preset.kind is Kind.TOTALS:
        return UNITS[_unit_of(preset, "reported")]
    if column.unit is not None:
        return UNITS[column.unit]
    people = preset.kind in PEOPLE
    return WRITTEN_BY_KIND.get((people, column.field), WRITTEN.get(column.field, ""))


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])
