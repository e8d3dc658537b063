"""From the rows of a page to records, tolerant to SS 12000 2.0 and 2.1 and to what servers really send.

A row that cannot be used is refused with its id and the reason; a field that cannot be used
is left out with a note; everything else is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from samhandla.integrations.records import Record
from samhandla.integrations.ss12000 import parse_register, parse_teaching
from samhandla.integrations.ss12000.records import DeletedRecord
from samhandla.integrations.ss12000.rows import Findings, ParseOptions, Row, RowRefused
from samhandla.lib.i18n import N_

MISSPELT = {
    "activitites": "activities",
    "studyPlans": "studyplans",
    "attendanceSchedules": "attendanceSchedule",
}

PARSERS: dict[str, Callable[[Row, ParseOptions], Record]] = {
    "organisations": parse_register.read_organisation,
    "persons": parse_register.read_person,
    "groups": parse_register.read_group,
    "duties": parse_register.read_duty,
    "syllabuses": parse_teaching.read_syllabus,
    "activities": parse_teaching.read_activity,
    "calendarEvents": parse_teaching.read_calendar_event,
    "attendances": parse_teaching.read_attendance,
    "absences": parse_teaching.read_absence,
    "aggregatedAttendance": parse_teaching.read_aggregated,
}


def parse_rows(
    resource: str, rows: Sequence[Any], findings: Findings, options: ParseOptions | None = None
) -> list[Record]:
    """Read the rows of one page of a resource.

    Returns: one record per row that could be used, in the order sent.
    Raises: KeyError for a resource that is not imported.
    """
    read = PARSERS[resource]
    options = options or ParseOptions()
    records = []
    for number, data in enumerate(rows, start=1):
        if not isinstance(data, dict):
            findings.deviate("null_in_list")
            if data is not None:
                findings.refuse(number, "", N_("raden är inte ett objekt"))
            continue
        row = Row(data, findings, _row_name(data, number))
        try:
            records.append(read(row, options))
        except RowRefused as refusal:
            findings.refuse(row.name, refusal.field, refusal.reason)
    return records


def parse_deleted(data: object, findings: Findings) -> list[DeletedRecord]:
    """Read the data of deletedEntities: an object of id lists, or a list of such objects or of ids."""
    if isinstance(data, dict):
        return [one for key, ids in data.items() for one in _deleted_ids(key, ids, findings)]
    found: list[DeletedRecord] = []
    if isinstance(data, list):
        findings.deviate("deleted_as_list")
        for item in data:
            found += _deleted_item(item, findings)
    return found


def _deleted_item(item: object, findings: Findings) -> list[DeletedRecord]:
    if isinstance(item, dict) and "id" in item:
        kind = next(
            (item[key] for key in ("entityType", "resourceType", "type", "entity") if key in item), ""
        )
        return _deleted_ids(_endpoint_of(str(kind)), [item["id"]], findings)
    if isinstance(item, dict):
        return [one for key, ids in item.items() for one in _deleted_ids(key, ids, findings)]
    return _deleted_ids("", [item], findings)


def _deleted_ids(key: str, ids: object, findings: Findings) -> list[DeletedRecord]:
    resource = MISSPELT.get(key, key)
    found = []
    for one in ids if isinstance(ids, list) else []:
        if isinstance(one, str) and one.strip():
            found.append(DeletedRecord(resource=resource, id=one.strip()))
        else:
            findings.deviate("null_in_list")
    return found


def _endpoint_of(kind: str) -> str:
    if not kind or kind.endswith("s"):
        return kind
    word = kind[0].lower() + kind[1:]
    irregular = {"activity": "activities", "duty": "duties", "syllabus": "syllabuses"}
    return irregular.get(word, word + "s")


def _row_name(data: Mapping[str, Any], number: int) -> int | str:
    found = data.get("id")
    return found if isinstance(found, str) and found else number
