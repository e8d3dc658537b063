"""The commit's second half: groups with members, staff with duties, and what did not come."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from samhandla.integrations.actions.writing import Writing
from samhandla.integrations.models import LinkKind
from samhandla.integrations.queries import links
from samhandla.integrations.records import DutyRecord, GroupRecord, PersonRecord
from samhandla.integrations.rules.people import (
    DEFAULT_ROLE,
    GROUP_KIND,
    MENTOR,
    assignment_role,
    duty_role,
    main_enrolment,
)
from samhandla.integrations.rules.planned import Item
from samhandla.integrations.rules.rows import Existing, Wanted, dates_of, reconcile
from samhandla.lib.i18n import N_
from samhandla.lib.schoolcalendar import school_year_start
from samhandla.people.register import register_rows
from samhandla.people.rules import COMPULSORY_FORMS

GONE = "\x00"  # no id of a source begins so
NAME_LENGTH = 100
EPPN_LENGTH = 200  # as an account has it
SHARED_EPPN = N_("Samma inloggningsnamn (EPPN) finns på flera personer och togs därför inte in.")


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
    """Return the school year of each pupil that came or is named in a group, by the source's id."""
    members = {m.person for item in run.plan.changed("group") for m in item.record.memberships}
    known = {person: run.registered_years.get(run.key_of("child", person)) for person in members}
    found = {person: year for person, year in known.items() if year is not None}
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
    named = (run.home_of(member.person) for member in record.memberships)
    homes = Counter(home for home in named if home is not None)
    return homes.most_common(1)[0][0] if homes else unit


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
    shared = _shared_eppn(run, items)
    keys = run.ledger.insert("staff", [{**base, **_staff(item.record, shared)} for item in new])
    run.remember("staff", [item.record.id for item in new], keys)
    run.link(LinkKind.STAFF, new, keys, [None] * len(new))
    old = [item for item in items if item.known is not None]
    run.ledger.settle("staff", {run.key_of("staff", i.record.id): _staff(i.record, shared) for i in old})
    run.relink("link", links(run.by, run.source.pk, LinkKind.STAFF), old)


def _shared_eppn(run: Writing, items: Sequence[Item]) -> set[str]:
    """Return login names that several people have, which therefore say of nobody who it is."""
    said = {item.record.id: _eppn(item.record) for item in items}
    known = {run.key_of("staff", person): person for person in said}
    stored = register_rows(run.by, "staff", ("pk", "eppn"), eppn__in=set(said.values()) - {""})
    count = Counter(filter(None, said.values()))
    count.update(eppn for key, eppn in stored if key not in known)
    shared = {eppn for eppn, people in count.items() if people > 1}
    left_out = sum(eppn in shared for eppn in said.values())
    if left_out:
        run.remarks.append((SHARED_EPPN, left_out))
    return shared


def _eppn(record: PersonRecord) -> str:
    return next((name for name in record.eppn if len(name) <= EPPN_LENGTH), "")


def _staff(record: PersonRecord, shared_eppn: Collection[str]) -> dict[str, Any]:
    eppn = _eppn(record)
    return {
        "given_name": record.given_name[:NAME_LENGTH],
        "family_name": record.family_name[:NAME_LENGTH],
        "email": next((mail.value for mail in record.emails if mail.kind != "private"), ""),
        "eppn": "" if eppn in shared_eppn else eppn,
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
    people = {item.record.person for item in items} | _staff_without_a_duty(run)
    if run.plan.teaching_known and run.known.scope is None:
        people |= {item.record.person for item in run.plan.items["duty"]}
    _write_assignments(run, people)


def _duty(run: Writing, record: DutyRecord) -> dict[str, Any]:
    start = record.start or school_year_start(run.today)
    return {
        "staff_id": run.key_of("staff", record.person or ""),
        "unit_id": run.unit_of(record.organisation),
        "role": duty_role(record.role, run.source.roles),
        "valid_from": start,
        "valid_to": None if record.end is None else max(record.end, start),
    }


def _staff_without_a_duty(run: Writing) -> set[str]:
    """Return who had a duty that did not come: their tasks are to be as the duties that they still have say.

    Somebody with no duty left is named by the register's key, as no row of the source names them.
    """
    gone = [int(run.known.rows["duty"][key].ref) for key in run.plan.missing.get("duty", [])]
    staff = {who for (who,) in register_rows(run.by, "duty", ("staff_id",), pk__in=gone)} if gone else set()
    named = {item.record.person for item in run.plan.items["duty"]}
    people = {run.key_of("staff", person): person for person in named}
    left = {f"{GONE}{who}": who for who in staff - people.keys()}
    run.remember("staff", list(left), list(left.values()))
    return {people[who] for who in staff & people.keys()} | left.keys()


def _write_assignments(run: Writing, people: set[str]) -> None:
    """Make the tasks of some staff be as all of their delivered duties say."""
    staff = {run.key_of("staff", person): person for person in people}
    columns = ("pk", "staff_id", "group_id", "role", "valid_from", "valid_to")
    stored: dict[int, list[Existing]] = defaultdict(list)
    which: dict[str, Any] = {"staff_id__in": list(staff)}
    if run.known.scope is not None:
        which["group__unit_id__in"] = list(run.known.scope)
    for key, who, group, role, start, end in register_rows(run.by, "assignment", columns, **which):
        stored[who].append(Existing(key, (group, role), start, end))
    wanted = _wanted_assignments(run, people)
    rows, settle = [], {}
    for who, person in staff.items():
        kept = [] if run.plan.teaching_known else _teaching_kept(run, person, stored[who], wanted[person])
        todo = reconcile(stored[who], [*wanted[person], *kept], run.today)
        settle.update(todo.settle)
        for want in todo.insert:
            group, role = want.ident  # type: ignore[misc]  # of an assignment
            rows.append({"staff_id": who, "group_id": group, "role": role, **dates_of(want, run.today)})
    run.ledger.insert("assignment", rows)
    run.ledger.settle("assignment", settle)


def _teaching_kept(
    run: Writing, person: str, stored: Sequence[Existing], wanted: Sequence[Wanted]
) -> list[Wanted]:
    """Return what somebody still teaches when this time nothing was said of it: as before, while at work.

    Nobody keeps a group past the last of the duties, and somebody without a duty keeps none.
    """
    ends = [item.record.end for item in run.plan.items["duty"] if item.record.person == person]
    if not ends:
        return []
    last = None if None in ends else max(end for end in ends if end is not None)
    said = {want.ident for want in wanted}
    kept = [row for row in stored if row.ident not in said and row.ident[1] == DEFAULT_ROLE]  # type: ignore[index]  # as above
    return [
        Wanted(row.ident, row.start, min((d for d in (row.end, last) if d is not None), default=None))
        for row in kept
    ]


def _wanted_assignments(run: Writing, people: set[str]) -> dict[str, list[Wanted]]:
    forms = {item.record.id: item.record.form for item in run.plan.items["group"]}
    years = dict(
        register_rows(run.by, "group", ("pk", "school_year"), unit__authority_id=run.by.authority_id)
    )
    found: dict[str, list[Wanted]] = defaultdict(list)
    duties: list[DutyRecord] = [item.record for item in run.plan.items["duty"]]
    for duty in duties:
        for task in duty.assignments if duty.person in people else ():
            group = run.key_of("group", task.group)
            if group is None or duty.person is None:
                continue
            form = None
            if task.role == MENTOR:
                form = forms[task.group] if task.group in forms else _form_of(run, group)
            role = assignment_role(task.role, form, years.get(group))
            if role is None:
                continue
            want = Wanted((group, role), task.start or duty.start, task.end or duty.end)
            if want not in found[duty.person]:
                found[duty.person].append(want)
    return found


def _form_of(run: Writing, group: int) -> str | None:
    """Return a school form of a group that did not come this time: compulsory, where its unit has any."""
    rows = register_rows(run.by, "group", ("unit__school_forms",), pk=group)
    forms = [form for (some,) in rows for form in some]
    return next((form for form in forms if form in COMPULSORY_FORMS), None)


def mark_missing(run: Writing) -> None:
    """Mark pupils who did not come; end groups, places and duties that did not. Nothing is removed.

    Of a pupil whom the source says it has deleted, or who has no place here any more, the places end too;
    of such a guardian the ties to children.
    """
    gone = [int(run.known.children[key].ref) for key in run.plan.missing.get("child", [])]
    run.ledger.settle("child", {child: {"missing_since": run.today} for child in gone})
    yesterday = run.today - timedelta(days=1)
    ended = [int(run.known.children[key].ref) for key in run.plan.ended.get("child", [])]
    for table in ("enrolment", "membership") if ended else ():
        _end(run, table, yesterday, child_id__in=ended)
    adults = [run.known.rows["guardian"][key].ref for key in run.plan.ended.get("guardian", [])]
    if adults:
        _end(run, "guardianship", yesterday, guardian_id__in=adults)
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
