"""What somebody can say is wrong, and corrections beside what is said today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps

from samhandla.people.models import Child
from samhandla.rights.models import Correction, RightsRequest
from samhandla.rights.queries.gather import correctable_of
from samhandla.trust.viewer import Viewer

# Owned by the school's own register or attendance system: corrected there, and it comes with the next import.
SOURCE_ROOMS = frozenset({"people", "analytics"})
LONGEST = 90
# What follows from other rows, and is right when they are.
FOLLOWS_FROM_OTHERS = frozenset(
    {"detect.signal", "detect.reason", "detect.watch", "people.processinglimit", "rights.correction"}
)
DAY_TABLE, DAY_FIELDS = "analytics.attendanceday", frozenset({"valid", "invalid"})


@dataclass(frozen=True)
class Correctable:
    """One value that can be said to be wrong. `heading`: where it stands, for a reader."""

    key: str
    table: str
    row: str
    field: str
    heading: str
    said: str
    at_source: bool
    unit_id: int | None = None


def list_correctable_for(viewer: Viewer, request: RightsRequest) -> list[Correctable]:
    """Return everything about the child that the viewer reads and that somebody can say is wrong.

    Queries: one or two for each table.
    """
    child = Child.objects.select_related("unit", "lives_in", "school_in").filter(pk=request.child_id).first()
    if child is None:
        return []
    return [
        Correctable(
            key=f"{section['table']}:{row['row']}:{column['name']}",
            table=section["table"],
            row=row["row"],
            field=column["name"],
            heading=f"{section['heading']}: {_when(row)}{column['label']}",
            said=row["text"][column["name"]],
            at_source=section["table"].split(".")[0] in SOURCE_ROOMS,
        )
        for section in correctable_of(viewer, child, request.domain_id)
        for row in section["rows"]
        for column in section["columns"]
        if _can_be_wrong(section["table"], column["name"], row)
    ]


def _can_be_wrong(table: str, field: str, row: dict[str, Any]) -> bool:
    """Tell whether a value is one to choose: of attendance only absence that was registered."""
    if table in FOLLOWS_FROM_OTHERS:
        return False
    if table == DAY_TABLE:
        return field in DAY_FIELDS and bool(row["values"].get(field))
    return bool(row["text"].get(field))


def _when(row: dict[str, Any]) -> str:
    """Return the day of a row, so that one of many alike is found."""
    named = ("on", "date", "asked_on", "opened_on", "first_date", "valid_from", "at")
    days = (row["text"].get(name, "") for name in named)
    day = next((day for day in days if day), "")
    return f"{day}, " if day else ""


def correctable_for(viewer: Viewer, request: RightsRequest, key: str) -> Correctable | None:
    """Return one of them by its key, with the unit where its row was made; None when it is not there."""
    found = next((one for one in list_correctable_for(viewer, request) if one.key == key), None)
    if found is None:
        return None
    row = apps.get_model(found.table).objects.filter(pk=found.row).first()
    unit = getattr(row, "unit_id", None)
    return Correctable(**{**vars(found), "unit_id": unit})


@dataclass(frozen=True)
class CorrectionRow:
    """A correction, and what stands in its place today. `waits`: the source has not changed it yet."""

    correction: Correction
    present: str

    @property
    def waits(self) -> bool:
        return self.correction.at_source and self.present == self.correction.said


def list_corrections_for(viewer: Viewer, child_id: int) -> list[CorrectionRow]:
    """Return the corrections about a child that the viewer reads, the latest first.

    Queries: one, and one for each that waits for the school register.
    """
    rows = list(Correction.objects.filter(child_id=child_id).select_related("by").order_by("-on", "-pk"))
    return [CorrectionRow(row, _present(viewer, row) if row.at_source else row.said) for row in rows]


def _present(viewer: Viewer, row: Correction) -> str:
    """Return what the register says now in the place that a correction is about."""
    child = Child.objects.filter(pk=row.child_id).select_related("unit", "lives_in", "school_in").first()
    if child is None:
        return row.said
    for section in correctable_of(viewer, child, row.domain_id):
        if section["table"] == row.table:
            return next((r["text"].get(row.field, "") for r in section["rows"] if r["row"] == row.row), "")
    return ""
