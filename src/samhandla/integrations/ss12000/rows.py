"""Reads one JSON object field by field, keeping what is right and noting what is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime
from typing import Any, TypeVar

from samhandla.integrations.records import Refused
from samhandla.integrations.ss12000 import values
from samhandla.lib.i18n import N_

T = TypeVar("T")
MAX_DETAILS = 10_000


@dataclass(frozen=True)
class ParseOptions:
    """How a source is read.

    `reasons` maps the source's absence reasons, lower case, to codes; a reason that is not in
    it is dropped, since free text may be about health. `area_when_unknown` keeps the area of
    persons for whom no marking was sent, for a source that never sends markings.
    """

    reasons: Mapping[str, str] = dataclass_field(default_factory=dict)
    area_when_unknown: bool = False


class RowRefused(Exception):
    """A row lacks something it cannot be without."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


class Findings:
    """What was met while reading: refused rows and fields, and deviations from the standard.

    The first `MAX_DETAILS` refusals are kept with row and reason, all of them are counted.
    """

    def __init__(self) -> None:
        self.refused: list[Refused] = []
        self.rows_refused = 0
        self.reasons: Counter[str] = Counter()
        self.deviations: Counter[str] = Counter()

    def refuse(self, row: int | str, field: str, reason: str, *, kept: bool = False, times: int = 1) -> None:
        """Note that a row, or with `kept` only one field of it, could not be taken."""
        if not kept:
            self.rows_refused += times
        self.reasons[f"{field}: {reason}"] += times
        if len(self.refused) < MAX_DETAILS:
            self.refused.append(Refused(row=row, field=field, reason=reason, kept=kept))

    def deviate(self, code: str) -> None:
        """Count one departure from the standard; the codes are worded in `deviations.py`."""
        self.deviations[code] += 1


class Row:
    """One object of a page. Required fields raise RowRefused, others are left out with a note."""

    def __init__(self, data: Mapping[str, Any], findings: Findings, name: int | str) -> None:
        self.data = data
        self.name = name
        self.findings = findings

    def note(self, field: str, reason: str) -> None:
        """Note that a field is left out while the row is kept."""
        self.findings.refuse(self.name, field, reason, kept=True)

    def read(self, field: str, reader: Callable[[object], T]) -> T | None:
        """Read an optional field."""
        value = self.data.get(field)
        if value is None or value == "":
            return None
        try:
            return reader(value)
        except ValueError as error:
            self.note(field, str(error))
            return None

    def need(self, field: str, reader: Callable[[object], T]) -> T:
        """Read a required field. Raises: RowRefused."""
        value = self.data.get(field)
        if value is None or value == "":
            raise RowRefused(field, "saknas")
        try:
            return reader(value)
        except ValueError as error:
            raise RowRefused(field, str(error)) from error

    def own_id(self) -> str:
        return self.need("id", _identifier)

    def text(self, field: str) -> str | None:
        return self.read(field, _text)

    def day(self, field: str) -> date | None:
        return self.read(field, values.read_day)

    def moment(self, field: str) -> datetime | None:
        found = self.read(field, values.read_moment)
        self._note_offset(field, found)
        return found

    def need_moment(self, field: str) -> datetime:
        found = self.need(field, values.read_moment)
        self._note_offset(field, found)
        return found

    def minutes(self, field: str) -> int | None:
        return self.read(field, values.read_minutes)

    def listed(self, field: str, allowed: frozenset[str]) -> str | None:
        """Read a word of a value list; one that is off the list is kept and noted."""
        found = self.text(field)
        if found is not None and found not in allowed:
            self.findings.deviate("off_list_value")
        return found

    def truth(self, field: str, *, default: bool) -> bool:
        value = self.data.get(field)
        if isinstance(value, str) and value.strip().lower() in ("true", "false"):
            return value.strip().lower() == "true"
        return value if isinstance(value, bool) else default

    def reference(self, *fields: str) -> str | None:
        """Return the id that the first filled field refers to, None when nothing does."""
        for name in fields:
            value = self.data.get(name)
            if value is None:
                continue
            if isinstance(value, str) and value.strip():
                self.findings.deviate("reference_as_text")
                return value.strip()
            found = value.get("id") if isinstance(value, dict) else None
            if isinstance(found, str | int) and str(found).strip():
                return str(found).strip()
            self.findings.deviate("reference_without_id")
        return None

    def need_reference(self, *fields: str) -> str:
        found = self.reference(*fields)
        if found is None:
            raise RowRefused(fields[0], N_("saknar hänvisning (id)"))
        return found

    def rows(self, *fields: str) -> Iterator[Row]:
        """Walk the objects of the first list found, leaving out nulls with a note."""
        for name in fields:
            value = self.data.get(name)
            if isinstance(value, dict):
                value = [value]
            if not isinstance(value, list):
                continue
            for item in value:
                if isinstance(item, dict):
                    yield Row(item, self.findings, self.name)
                else:
                    self.findings.deviate("null_in_list")
            return

    def modified(self) -> datetime | None:
        """Return meta.modified; 2.0 may lack it."""
        meta = self.data.get("meta")
        return Row(meta, self.findings, self.name).moment("modified") if isinstance(meta, dict) else None

    def _note_offset(self, field: str, found: datetime | None) -> None:
        if found is not None and not values.has_offset(str(self.data[field])):
            self.findings.deviate("time_without_offset")


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError(N_("är inte text"))


def _identifier(value: object) -> str:
    if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
        return str(value).strip()
    raise ValueError(N_("är inte ett id"))
