"""The commit's second half: groups with members, staff with duties, and what did not come."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from samhandla.integrations.actions.writing import Writing
from samhandla.integrations.models import LinkKind
from samhandla.integrations.queries import links
from samhandla.integrations.records import DutyRecord, GroupRecord, PersonRecord
from samhandla.integrations.rules.people import GROUP_KIND, assignment_role, duty_role, main_enrolment
from samhandla.integrations.rules.plan import Item
from samhandla.integrations.rules.rows import Existing, Wanted, dates_of, reconcile, school_year_start
from samhandla.people.register import register_rows

NAME_LENGTH = 100
EPPN_LENGTH = 200  # as an account has it


def write_groups(run: Writing) -> None:
    """Write groups and who is in them."""
    items: list[Item] = [i for i in run.plan.changed("group") if _unit_of_group(run, i.record) is not None]
    new = [item for item in items if item.known is None]
    years = _school_years(run)
    keys = run.ledger.insert("group", [_group(run, item.record, years) for item in new])
    run.remember("group", [item.record.id for item in new], keys)
    run.link(LinkKind.GROUP, new, keys, [_unit_of_group(run, item.record) for item in new])
    old = [item for item in items if item.known is not None]
    run.ledger.settle("group", {run.key_of("group", i.record.id): _group(run, i.record, years) for i in old})
    run.relink("link", links(run.by, run.source.pk, LinkKind.GROUP), old)
    _write_memberships(run, items)


def _school_years(run: Writing) -> dict[str, int]:
    """Return the school year of each pupil that came, by the source's id."""
    found = {}
    for item in run.plan.items["child"]:
        year = main_enrolment(item.enrolments, run.today).school_year
        if year is not None:
            found[item.record.id] = year
    return found


def _unit_of_group(run: Writing, record: GroupRecord) -> int | None:
    """Return a group's unit; one that hangs on a whole school gets the unit most of its members go to."""
    unit = run.unit_of(record.organisation)
    if unit is not None and run.kinds.get(unit) == "school_unit":
        return unit
    homes = Counter(run.homes[m.person] for m in record.memberships if m.person in run.homes)
    if not homes:
        return unit
    return homes.most_common(1)[0][0]


def _group(run: Writing, record: GroupRecord, years: Mapping[str, int]) -> dict[str, Any]:
    said = Counter(years[m.person] for m in record.memberships if m.person in years)
    start = record.start or school_year_start(run.today)
    return {
        "unit_id": _unit_of_group(run, record),
        "kind": GROUP_KIND.get(record.kind.casefold(), "other"),
        "name": record.name[:80],
        "school_year": said.most_common(1)[0][0] if said else None,
        "valid_from": start,
        "valid_to": None if record.end is None else max(record.end, start),
    }


def _write_memberships(run: Writing, items: Sequence[Item]) -> None:
    groups = [run.key_of("group", item.record.id) for item in items]
    old = [run.key_of("group", item.record.id) for item in items if item.known is not None]
    stored: dict[int, list[Existing]] = defaultdict(list)
    columns = ("pk", "group_id", "child_id", "valid_from", "valid_to")
    for key, group, child, start, end in register_rows(run.by, "membership", columns, group_id__in=old):
        stored[group].append(Existing(key, child, start, end))
    rows, settle = [], {}
    for item, group in zip(items, groups, strict=True):
        wanted = {}
        for member in item.record.memberships:
            child = run.key_of("child", member.person)
            if child is not None:
                wanted[child, member.start] = Wanted(child, member.start, member.end)
        todo = reconcile(stored[group], wanted.values(), run.today)
        settle.update(todo.settle)
        unit = _unit_of_group(run, item.record)
        base = {"domain_id": run.domain_id, "unit_id": unit, "group_id": group}
        rows += [{**base, "child_id": w.ident, **dates_of(w, run.today)} for w in todo.insert]
    run.ledger.insert("membership", rows)
    run.ledger.settle("membership", settle)


def write_staff(run: Writing) -> None:
    """Write those who work at the units, and an actor for each new one."""
    items: list[Item] = run.plan.changed("staff")
    new = [item for item in items if item.known is None]
    base = {"authority_id": run.by.authority_id}
    keys = run.ledger.insert("staff", [{**base, **_staff(item.record)} for item in new])
    run.remember("staff", [item.record.id for item in new], keys)
    run.link(LinkKind.STAFF, new, keys, [None] * len(new))
    old = [item for item in items if item.known is not None]
    run.ledger.settle("staff", {run.key_of("staff", i.record.id): _staff(i.record) for i in old})
    run.relink("link", links(run.by, run.source.pk, LinkKind.STAFF), old)


def _staff(record: PersonRecord) -> dict[str, Any]:
    return {
        "given_name": record.given_name[:NAME_LENGTH],
        "family_name": record.family_name[:NAME_LENGTH],
        "email": next((mail.value for mail in record.emails if mail.kind != "private"), ""),
        "eppn": next((name for name in record.eppn if len(name) <= EPPN_LENGTH), ""),
    }


def write_duties(run: Writing) -> None:
    """Write duties and tasks in groups. A duty's word gives a role only by the source's own mapping."""
    items: list[Item] = [i for i in run.plan.changed("duty") if run.unit_of(i.record.organisation)]
    new = [item for item in items if item.known is None]
    keys = run.ledger.insert("duty", [_duty(run, item.record) for item in new])
    run.link(LinkKind.DUTY, new, keys, [run.unit_of(item.record.organisation) for item in new])
    old = [item for item in items if item.known is not None]
    run.ledger.settle("duty", {int(i.known.ref): _duty(run, i.record) for i in old if i.known})
    run.relink("link", links(run.by, run.source.pk, LinkKind.DUTY), old)
    _write_assignments(run, {item.record.person for item in items})


def _duty(run: Writing, record: DutyRecord) -> dict[str, Any]:
    start = record.start or school_year_start(run.today)
    return {
        "staff_id": run.key_of("staff", record.person or ""),
        "unit_id": run.unit_of(record.organisation),
        "role": duty_role(record.role, run.source.roles),
        "valid_from": start,
        "valid_to": None if record.end is None else max(record.end, start),
    }


def _write_assignments(run: Writing, people: set[str]) -> None:
    """Make the tasks of some staff be as all of their delivered duties say."""
    staff = {run.key_of("staff", person): person for person in people}
    columns = ("pk", "staff_id", "group_id", "role", "valid_from", "valid_to")
    stored: dict[int, list[Existing]] = defaultdict(list)
    for key, who, group, role, start, end in register_rows(
        run.by, "assignment", columns, staff_id__in=list(staff)
    ):
        stored[who].append(Existing(key, (group, role), start, end))
    wanted = _wanted_assignments(run, people)
    rows, settle = [], {}
    for who, person in staff.items():
        todo = reconcile(stored[who], wanted[person], run.today)
        settle.update(todo.settle)
        for want in todo.insert:
            group, role = want.ident  # type: ignore[misc]
            rows.append({"staff_id": who, "group_id": group, "role": role, **dates_of(want, run.today)})
    run.ledger.insert("assignment", rows)
    run.ledger.settle("assignment", settle)


def _wanted_assignments(run: Writing, people: set[str]) -> dict[str, list[Wanted]]:
    forms = {item.record.id: item.record.form for item in run.plan.items["group"]}
    years = dict(
        register_rows(run.by, "group", ("pk", "school_year"), unit__authority_id=run.by.authority_id)
    )
    found: dict[str, list[Wanted]] = defaultdict(list)
    for item in run.plan.items["duty"]:
        duty: DutyRecord = item.record
        if duty.person not in people:
            continue
        for task in duty.assignments:
            group = run.key_of("group", task.group)
            if group is None:
                continue
            role = assignment_role(task.role, forms.get(task.group), years.get(group))
            want = Wanted((group, role), task.start or duty.start, task.end or duty.end)
            if want not in found[duty.person]:
                found[duty.person].append(want)
    return found


def mark_missing(run: Writing) -> None:
    """Mark pupils who did not come; end groups, places and duties that did not. Nothing is removed."""
    gone = [int(run.known.children[key].ref) for key in run.plan.missing.get("child", [])]
    run.ledger.settle("child", {child: {"missing_since": run.today} for child in gone})
    yesterday = run.today - timedelta(days=1)
    for kind in ("group", "duty", "guardian", "staff"):
        missing = run.plan.missing.get(kind, [])
        if kind in ("group", "duty"):
            keys = [int(run.known.rows[kind][key].ref) for key in missing]
            _end(run, kind, yesterday, pk__in=keys)
        if kind == "group":
            _end(run, "membership", yesterday, group_id__in=keys)
            _end(run, "assignment", yesterday, group_id__in=keys)
        stored = links(run.by, run.source.pk, LinkKind(kind))
        run.ledger.settle("link", {stored[key]: {"missing_since": run.today} for key in missing})


def _end(run: Writing, table: str, last: Any, **which: Any) -> None:
    rows = register_rows(run.by, table, ("pk", "valid_from", "valid_to"), **which)
    run.ledger.settle(
        table,
        {key: {"valid_to": max(start, last)} for key, start, end in rows if end is None or end > last},
    )


def leave_out(run: Writing) -> None:
    """Remember, as hashes, who was left out, so that rows about them are passed over in silence."""
    new = [key for key in run.plan.left_out if key not in run.known.left_out]
    run.ledger.insert(
        "link",
        [
            {
                "authority_id": run.by.authority_id,
                "source_id": run.source.pk,
                "kind": LinkKind.LEFT_OUT,
                "key": key,
                "fingerprint": "",
            }
            for key in new
        ],
    )
