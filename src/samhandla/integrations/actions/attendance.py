"""Attendance of a run: from the source's ids to the lake, counted against what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from samhandla.analytics.actions import replace_window, set_batch_live, store_lessons
from samhandla.analytics.queries import as_batch_file, live_files
from samhandla.integrations.compare import Comparison, compare_lessons, compare_totals
from samhandla.integrations.delivery import Counts, Delivery
from samhandla.integrations.models import Batch, Source
from samhandla.integrations.queries import child_links, left_out, link_refs, units_by_name
from samhandla.integrations.rules.attendance import Places, Resolved, resolve_lessons, resolve_totals
from samhandla.integrations.rules.keys import Keyer
from samhandla.integrations.rules.limits import Facts
from samhandla.people.register import register_rows
from samhandla.trust import crypto
from samhandla.trust.viewer import Viewer


@dataclass(frozen=True)
class Outside:
    """What a delivery tells of another organiser: its pupils and its units, by the source's ids.

    `until`: those of the pupils who went here until a day; what is told of days until then is their own.
    """

    pupils: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    until: Mapping[str, date] = field(default_factory=dict)


NOBODY = Outside()


@dataclass
class AttendancePlan:
    """What a commit would do to the lake, and what was found out about the delivery."""

    name: str
    counts: Counts
    facts: list[Facts]
    resolved: Resolved
    comparison: Comparison
    absence_only: bool = False  # no share can be computed from the lessons

    @property
    def changes(self) -> bool:
        return self.comparison.new + self.comparison.changed + self.comparison.missing > 0

    @property
    def window(self) -> tuple[date, date] | None:
        """The first and last day of what was taken."""
        table = self.resolved.table
        if not table.num_rows:
            return None
        first, last = ("date", "date") if "date" in table.column_names else ("first_date", "last_date")
        return pc.min(table[first]).as_py(), pc.max(table[last]).as_py()


def plan_attendance(
    by: Viewer,
    source: Source,
    delivery: Delivery,
    keyer: Keyer,
    scope: frozenset[int] | None,
    outside: Outside = NOBODY,
) -> AttendancePlan | None:
    """Return what the delivery's attendance would change; None when it has none.

    Reads the register as it is now, so at a commit it runs after the register is written.

    Args:
        outside: pupils and units of another organiser; rows about either are counted and passed over, also
            when a pupil who has moved is in both registers.
    """
    rows = delivery.attendance
    if rows is None:
        return None
    rows, passed_over = _own_rows(rows, outside)
    lessons = delivery.lessons is not None
    places = places_for(by, source, rows, delivery, keyer, scope)
    if lessons:
        resolved = resolve_lessons(rows, places)
    else:
        resolved = resolve_totals(rows, places, absence_only=delivery.offered_with_absence)
    dataset = "lessons" if lessons else "totals"
    live = live_files(by.authority_id, dataset)
    files = [as_batch_file(file) for file in live if file.source_id == source.pk]
    found = (compare_lessons if lessons else compare_totals)(resolved.table, files)
    name = delivery.attendance_name
    counts = Counts(
        read=delivery.read[name],
        new=found.new,
        changed=found.changed,
        unchanged=found.unchanged,
        missing=found.missing,
        refused=delivery.refused_total[name] + resolved.refused_total,
        protected=delivery.protected[name] + resolved.protected,
        outside=passed_over,
    )
    facts = _facts(by, delivery, found, resolved, counts)
    return AttendancePlan(name, counts, facts, resolved, found, delivery.absence_only)


def _own_rows(rows: pa.Table, outside: Outside) -> tuple[pa.Table, int]:
    """Return the rows of the authority's own pupils at its own units, and how many others there were."""
    own = rows
    for column, others in (("pupil", outside.pupils - outside.until.keys()), ("unit", outside.units)):
        if others and own.num_rows:
            which = pa.array(sorted(others), pa.string())
            own = own.filter(pc.invert(pc.is_in(own[column].cast(pa.string()), value_set=which)))
    if outside.until and own.num_rows:
        own = own.filter(_in_their_time(own, outside.until))
    return own, rows.num_rows - own.num_rows


def _in_their_time(rows: pa.Table, until: Mapping[str, date]) -> pa.ChunkedArray:
    """Mark the rows that are of no day after the last one of a pupil who has left."""
    left = pa.array(list(until), pa.string())
    last = pa.array([*until.values()], pa.date32())
    days = last.take(pc.index_in(rows["pupil"].cast(pa.string()), value_set=left))
    day = rows["date" if "date" in rows.column_names else "end"]
    return pc.fill_null(pc.less_equal(day, days), True)


def _facts(
    by: Viewer, delivery: Delivery, found: Comparison, resolved: Resolved, counts: Counts
) -> list[Facts]:
    """Tell how rows and pupils compare with before; at the first import, with who goes to the units."""
    rows = Facts(
        resource=delivery.attendance_name,
        known=found.known,
        came=found.known - found.missing,
        missing=found.missing,
        changed=found.changed,
        read=counts.read,
        refused=counts.refused,
        units_before=found.units_before,
        units_now=found.units_now,
        other_unit=resolved.other_unit,
    )
    if delivery.absence_only or not resolved.table.num_rows:
        return [rows]
    usual, came = found.usual_pupils, found.pupils
    if not usual:
        units = pc.unique(resolved.table["unit"]).to_pylist()
        usual, came = enrolled_at(by, units), len(pc.unique(resolved.table["pupil"]))
    return [rows, Facts(resource="pupils", known=usual, came=came, read=counts.read)]


def enrolled_at(by: Viewer, units: list[int]) -> int:
    """Count the pupils who go to some units and whose source still has them."""
    return len(register_rows(by, "child", ("pk",), unit_id__in=units, missing_since__isnull=True))


def places_for(
    by: Viewer,
    source: Source,
    rows: pa.Table,
    delivery: Delivery,
    keyer: Keyer,
    scope: frozenset[int] | None,
) -> Places:
    """Return what the source's words stand for, its own links before those of the source it refers to."""
    named = [source.pk] if source.register_source_id is None else [source.register_source_id, source.pk]
    known = {key: row.child for pk in named for key, row in child_links(by, pk).items()}
    words = _words(rows["pupil"])
    if delivery.by_personnummer:
        pupils = _by_number(by, words)
    else:
        found = {word: known.get(keyer.of("child", word)) for word in words}
        pupils = {word: child for word, child in found.items() if child is not None}
    hidden = left_out(by, named)
    by_name = units_by_name(by)
    said = {
        word: by_name.get(str(unit).casefold()) for word, unit in source.settings.get("units", {}).items()
    }
    by_name |= {word.casefold(): unit for word, unit in said.items() if unit is not None}
    units = by_name | _linked(by, named, "organisation", _words(rows["unit"]), keyer)
    groups: dict[str, int] = {}
    if "group" in rows.column_names:
        groups = _linked(by, named, "group", _words(rows["group"]), keyer)
    homes = dict(register_rows(by, "child", ("pk", "unit_id")))
    return Places(pupils, lambda word: keyer.of("left_out", word) in hidden, units, groups, homes, scope)


def _words(column: pa.ChunkedArray) -> list[str]:
    return [word for word in pc.unique(column.cast(pa.string())).to_pylist() if word is not None]


def _by_number(by: Viewer, words: list[str]) -> dict[str, int]:
    blind = dict(register_rows(by, "childidentity", ("blind_index", "child_id")))
    secret, within = settings.SAMHANDLA_SECRET, str(by.authority_id)
    found = {word: blind.get(crypto.blind_index(secret, word, within=within)) for word in words}
    return {word: child for word, child in found.items() if child is not None}


def _linked(by: Viewer, named: list[int], kind: str, words: list[str], keyer: Keyer) -> dict[str, int]:
    refs = link_refs(by, named, kind)
    found = {word: refs.get(keyer.of(kind, word)) for word in words}
    return {word: int(ref) for word, ref in found.items() if ref}


def commit_attendance(by: Viewer, source: Source, batch: Batch, plan: AttendancePlan) -> dict[str, Any]:
    """Write what differs to the lake and make it count, in the running transaction.

    Of lessons only the pupil-days that differ are written, so that a nightly run over two weeks adds
    little; totals are replaced whole.
    """
    if not plan.changes or not plan.resolved.table.num_rows:
        return {}
    whole = {"authority_id": by.authority_id, "source_id": source.pk, "batch_id": batch.pk}
    if "date" not in plan.resolved.table.column_names:
        return replace_window(by=by, table=plan.resolved.table, **whole)
    rows = plan.resolved.table.take(plan.comparison.differing)
    if not rows.num_rows:
        return {}
    stored = store_lessons(by=by, table=rows, absence_only=plan.absence_only, **whole)
    return {**stored, **set_batch_live(by=by, batch_id=batch.pk, live=True)}
