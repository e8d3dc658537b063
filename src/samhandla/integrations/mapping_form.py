"""Between the form of a column mapping and the mapping itself."""

from __future__ import annotations

from typing import Any

import msgspec

from samhandla.integrations.files import Mapping
from samhandla.integrations.files.mapping import FIELDS, Kind, SourceColumn, same_header
from samhandla.integrations.files.values import DateStyle, Unit
from samhandla.integrations.forms import MARK_WORDS

# Without its column nobody can be told apart, and without the mark a protected person would pass unseen.
IDENTIFIES = frozenset({"pupil", "protected"})


def initial_of(mapping: Mapping, headers: list[str]) -> dict[str, Any]:
    """Return how a mapping fills in the form for a file's headers."""
    by_header = {same_header(column.source): column for column in reversed(mapping.columns)}
    codes = mapping.values.get("status", {})
    found: dict[str, Any] = {
        "kind": mapping.kind.value,
        "date_style": mapping.date_style.value,
        "person_key": mapping.person_key,
        "lesson_minutes": mapping.lesson_minutes,
        "codes": "\n".join(f"{code} = {MARK_WORDS[mark]}" for code, mark in codes.items()),
    }
    used: set[str] = set()
    for place, header in enumerate(headers):
        column = by_header.get(same_header(header))
        if column is not None and column.field not in used:
            used.add(column.field)
            found[f"field_{place}"], found[f"unit_{place}"] = column.field, column.unit.value
        else:
            found[f"unit_{place}"] = Unit.MINUTES.value
    return found


def mapping_of(base: Mapping, headers: list[str], data: dict[str, Any]) -> Mapping:
    """Return a mapping as filled in; what the form does not ask about is kept from the base.

    Raises:
        BadMapping: the fields do not belong to the kind of file chosen.
    """
    kind = Kind(data["kind"])
    columns = tuple(
        SourceColumn(
            source=header,
            field=data[f"field_{place}"],
            unit=Unit(data.get(f"unit_{place}") or Unit.MINUTES.value),
            required=data[f"field_{place}"] in IDENTIFIES,
        )
        for place, header in enumerate(headers)
        if data.get(f"field_{place}") and data[f"field_{place}"] in FIELDS[kind]
    )
    chosen = {column.field for column in columns}
    needed = (c for c in base.columns if c.required and c.field in (IDENTIFIES - chosen) & FIELDS[kind])
    return msgspec.structs.replace(
        base,
        kind=kind,
        columns=(*columns, *needed),
        values={**base.values, "status": data["codes"]} if data.get("codes") else base.values,
        date_style=DateStyle(data["date_style"]),
        person_key=data["person_key"],
        lesson_minutes=data.get("lesson_minutes") or base.lesson_minutes,
    )
