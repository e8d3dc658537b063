"""Files as a source: CSV, Excel and Edlevo's XML, read through a mapping or a shipped preset.

    table = open_file("franvaro.csv")
    parsed = parse_attendance(table, load_preset("vklass"), Options(today=today))
    parsed.counts, parsed.refused, parsed.records()

Nothing here knows Django, the register or the clock; ids stay the source's own text.
"""

from __future__ import annotations

from samhandla.integrations.files.edlevo import ParsedEdlevo, parse_edlevo
from samhandla.integrations.files.errors import FileSourceError
from samhandla.integrations.files.guess import Preview, filled_out, guess_mapping, preview
from samhandla.integrations.files.lessons import parse_lessons
from samhandla.integrations.files.mapping import Kind, Mapping, Policy, from_json, to_json
from samhandla.integrations.files.parsed import Counts, ParsedLessons, ParsedTotals
from samhandla.integrations.files.persons import ParsedPersons, parse_persons
from samhandla.integrations.files.prepare import Options, pseudonym
from samhandla.integrations.files.presets import load_preset, preset_names
from samhandla.integrations.files.read import FileTable, open_file
from samhandla.integrations.files.refused_rows import RefusedRows, refused_rows
from samhandla.integrations.files.totals import parse_totals

__all__ = [
    "Counts",
    "FileSourceError",
    "FileTable",
    "Kind",
    "Mapping",
    "Options",
    "ParsedEdlevo",
    "ParsedLessons",
    "ParsedPersons",
    "ParsedTotals",
    "Policy",
    "Preview",
    "RefusedRows",
    "filled_out",
    "from_json",
    "guess_mapping",
    "load_preset",
    "open_file",
    "parse_attendance",
    "parse_edlevo",
    "parse_lessons",
    "parse_persons",
    "parse_totals",
    "preset_names",
    "preview",
    "pseudonym",
    "refused_rows",
    "to_json",
]


def parse_attendance(table: FileTable, mapping: Mapping, options: Options) -> ParsedLessons | ParsedTotals:
    """Parse an attendance file by its mapping: lessons, or totals per day or period.

    Raises: as `parse_lessons` and `parse_totals`.
    """
    if mapping.kind is Kind.LESSONS:
        return parse_lessons(table, mapping, options)
    return parse_totals(table, mapping, options)
