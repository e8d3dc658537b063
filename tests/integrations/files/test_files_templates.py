"""What is said of the shipped presets is what they read: the columns, the examples, the empty files."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import date

import pytest

from samhandla.integrations.files import Kind, load_preset, open_file, parse_attendance, preset_names
from samhandla.integrations.files.errors import MissingColumn, UnknownPreset
from samhandla.integrations.files.mapping import PEOPLE, find_columns
from samhandla.integrations.files.persons import parse_persons
from samhandla.integrations.files.templates import (
    OWN,
    columns_of,
    empty_file,
    example,
    handbook_parts,
    has_headers,
    in_order,
)
from samhandla.project.documentation import HANDBOOK, HANDBOOK_PAGES

WITH_HEADERS = [name for name in preset_names() if has_headers(load_preset(name))]


@pytest.mark.parametrize("name", preset_names())
def test_the_example_is_read_without_a_refusal(name, write, options):
    preset = load_preset(name)
    lines = "\n".join(";".join(row) for row in example(preset)) + "\n"
    if preset.kind is Kind.TOTALS:  # who imports says which period it is about
        options = replace(options, window=(date(2026, 8, 18), date(2026, 9, 30)))
    table = open_file(write(lines)).with_header_row(preset.header_row)
    parsed = (parse_persons if preset.kind in PEOPLE else parse_attendance)(table, preset, options)
    assert [one.reason for one in parsed.refused] == []
    assert parsed.counts.read == 2
    assert parsed.counts.refused == 0
    if preset.kind is Kind.LESSONS:
        assert {row.valid for row in parsed.records()} >= {60}


@pytest.mark.parametrize("name", WITH_HEADERS)
def test_the_empty_file_has_every_header_that_is_needed(name):
    text = empty_file(name)
    headers = tuple(text.lstrip("\ufeff").splitlines()[0].split(";"))
    found = find_columns(load_preset(name), headers)
    assert set(found) == {column.field for column in load_preset(name).columns}
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize("name", WITH_HEADERS)
def test_a_column_is_called_needed_exactly_when_the_file_is_refused_without_it(name):
    preset = load_preset(name)
    columns = columns_of(preset)
    for left_out in columns:
        headers = tuple(column.header for column in columns if column is not left_out)
        with pytest.raises(MissingColumn) if left_out.needed else nullcontext():
            find_columns(preset, headers)


def test_an_unknown_template_has_no_empty_file():
    with pytest.raises(UnknownPreset):
        empty_file("hemlig")


def test_our_own_come_first_and_none_is_forgotten():
    assert tuple(in_order()[:4]) == OWN
    assert sorted(in_order()) == preset_names()
    assert sum(part.startswith("## ") for part in handbook_parts()) == len(preset_names())


def test_the_handbook_says_what_the_presets_say():
    for name, page in HANDBOOK_PAGES.items():
        stored = (HANDBOOK / f"{name}.md").read_text(encoding="utf-8")
        assert stored == page(), "python -m samhandla.project.documentation --pages"
