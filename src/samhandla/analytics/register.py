"""The register as arrow tables for rules and measures: numbers, never names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from samhandla.analytics.calendar import calendar_from_days, number_days
from samhandla.analytics.tables.attendance import CALENDAR, PUPILS
from samhandla.people.models import Assignment, Child, Enrolment, Group, GroupKind, Membership, SchoolDay
from samhandla.people.queries import children_without_rules, on_day, restricted_children, today
from samhandla.trust.roles import GROUP_ROLES
from samhandla.trust.viewer import Viewer

# Whoever has a marking, or one that nobody knows, keeps only what a signal needs to reach its owner.
PROTECTED = ("marked", "protected")


def pupils_table(by: Viewer, *, on: date | None = None) -> pa.Table:
    """Return the pupils that go to school on a day, as the viewer may see them.

    A pupil with protected identity keeps its number, unit, form, school year, class number and
    mentor, without which no signal would reach anybody; sex, date of birth and the class's name are
    left out. With several main enrolments the latest wins; with several mentors the longest serving.
    A pupil whose data is restricted is not in the table at all; one on whom the rules are not used (an
    objection was granted) is held back from them just as one with an adapted timetable.

    Args:
        by: the service of an authority, in `acting_as`.
        on: the day; today when not given.

    Returns: rows as declared in PUPILS, ordered by pupil.
    Queries: six.
    """
    day = on or today()
    register = Child.objects.filter(authority_id=by.authority_id).exclude(pk__in=restricted_children())
    children = {
        row[0]: row[1:] for row in register.values_list("id", "sex", "birth_date", "adapted", "protection")
    }
    without_rules = children_without_rules()
    places = _groups(day)
    mentors = _mentors(day)
    rows = []
    for pupil, (unit, form, grade, started, moved) in sorted(_enrolments(day).items()):
        if pupil not in children:
            continue
        sex, born, adapted, protection = children[pupil]
        class_id, class_name, groups = places.get(pupil, (0, "", ()))
        mentor = next((mentors[group] for group in groups if group in mentors), 0)
        if protection in PROTECTED:
            sex, born, class_name = "O", None, ""
        rows.append(
            (
                pupil, unit, class_id, class_name, mentor, form, grade or 0, sex, born,
                adapted or pupil in without_rules, started,
                moved,
            )
        )  # fmt: skip
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(PUPILS.names)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, PUPILS.schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=PUPILS.schema)


def calendar_table(by: Viewer, *, days: pa.Table | None = None) -> pa.Table:
    """Return the school days of the authority's units, numbered per school year.

    Args:
        days: day rows (DAYS); a unit that has no calendar yet gets one told from them.

    Returns: rows as declared in CALENDAR, ordered by unit and date.
    """
    known = SchoolDay.objects.filter(unit__authority_id=by.authority_id).values_list("unit_id", "date")
    pairs = list(known)
    units = np.array([unit for unit, _ in pairs], np.int64)
    dates = np.array([day for _, day in pairs], "datetime64[D]")
    tables = [number_days(units, dates)] if pairs else []
    if days is not None and days.num_rows:
        without = days.filter(pc.invert(pc.is_in(days["unit"], pa.array(np.unique(units), pa.int32()))))
        if without.num_rows:
            told, _stray = calendar_from_days(
                without["unit"].to_numpy().astype(np.int64), without["date"].to_numpy()
            )
            tables.append(told)
    if not tables:
        return CALENDAR.schema.empty_table()
    return pa.concat_tables(tables).sort_by([("unit", "ascending"), ("date", "ascending")])


def _enrolments(day: date) -> dict[int, tuple[int, str, int | None, date, bool | None]]:
    """Return each pupil's latest main enrolment on a day, and whether the one before was elsewhere.

    Nothing is said of that where the register has no earlier enrolment.
    """
    rows = Enrolment.objects.filter(main=True, valid_from__lte=day).order_by("valid_from", "id")
    found: dict[int, tuple[int, str, int | None, date, bool | None]] = {}
    before: dict[int, tuple[int, date]] = {}
    for child, unit, form, year, start, end in rows.values_list(
        "child_id", "unit_id", "form", "school_year", "valid_from", "valid_to"
    ):
        if end is None or end >= day:
            earlier, since = before.get(child, (unit, start))
            found[child] = (unit, form, year, start, earlier != unit if since < start else None)
        before[child] = (unit, start)
    return found


def _groups(day: date) -> dict[int, tuple[int, str, tuple[int, ...]]]:
    """Return per pupil the class, its name, and the groups where a mentor is looked for, nearest first."""
    kinds = (GroupKind.MENTOR, GroupKind.CLASS)
    groups = {g.pk: g for g in Group.objects.filter(on_day(day), kind__in=kinds)}
    found: dict[int, list[Group]] = {}
    members = Membership.objects.filter(on_day(day), group__in=groups).order_by("valid_from", "id")
    for child, group in members.values_list("child_id", "group_id"):
        found.setdefault(child, []).append(groups[group])
    return {child: _class_of(held) for child, held in found.items()}


def _class_of(held: Iterable[Group]) -> tuple[int, str, tuple[int, ...]]:
    latest_first = list(held)[::-1]
    classes = [group for group in latest_first if group.kind == GroupKind.CLASS]
    nearest = [group for group in latest_first if group.kind == GroupKind.MENTOR] + classes
    number, name = (classes[0].pk, classes[0].name) if classes else (0, "")
    return number, name, tuple(group.pk for group in nearest)


def _mentors(day: date) -> dict[int, int]:
    """Return per group the number of its mentor or class teacher: who has been it longest."""
    rows = Assignment.objects.filter(on_day(day), role__in=GROUP_ROLES).order_by("-valid_from", "-id")
    return dict(rows.values_list("group_id", "staff_id"))
