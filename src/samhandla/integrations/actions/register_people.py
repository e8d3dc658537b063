"""The commit's first half: organisations, pupils with their numbers and places, guardians."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from django.conf import settings

from samhandla.integrations.actions.marked import MASKED_FAMILY, MASKED_GIVEN, marked_keys
from samhandla.integrations.actions.writing import Writing
from samhandla.integrations.models import LinkKind
from samhandla.integrations.queries import child_links, links
from samhandla.integrations.records import OrganisationRecord, PersonRecord
from samhandla.integrations.rules.people import (
    GUARDIAN_KIND,
    ORGANISATION_KIND,
    REGISTER_PROTECTION,
    is_main,
    main_enrolment,
)
from samhandla.integrations.rules.planned import ChildItem, Item
from samhandla.integrations.rules.rows import Existing, Wanted, dates_of, reconcile
from samhandla.integrations.ss12000.markings import PROTECTED
from samhandla.lib.personnummer import PersonnummerError, parse_personnummer
from samhandla.people.actions import derive_access
from samhandla.people.actions.bulk import remove_rows
from samhandla.people.register import register_rows
from samhandla.trust import crypto

NAME_LENGTH = 100


def write_organisations(run: Writing) -> None:
    """Write the units, parents first, and let the service reach the new ones."""
    items: list[Item] = run.plan.changed("organisation")
    new = [item for item in items if item.known is None]
    adopted = {item.record.id: _adopted(run, item.record) for item in new}
    fresh = [item for item in new if adopted[item.record.id] is None]
    keys = run.ledger.insert(
        "organisation",
        [{"authority_id": run.by.authority_id, **_organisation(item.record)} for item in fresh],
    )
    adopted.update(zip((item.record.id for item in fresh), keys, strict=True))
    run.remember("organisation", list(adopted), list(adopted.values()))
    refs = [adopted[item.record.id] for item in new]
    run.link(LinkKind.ORGANISATION, new, refs, refs)
    if fresh:
        derive_access(run.by.authority_id, families=False)
    wanted = {
        run.key_of("organisation", item.record.id): {
            **_organisation(item.record),
            "parent_id": run.unit_of_parent(item.record),
        }
        for item in items
    }
    run.ledger.settle("organisation", wanted)
    old = [item for item in items if item.known is not None]
    run.relink("link", links(run.by, run.source.pk, LinkKind.ORGANISATION), old)
    rows = register_rows(run.by, "organisation", ("pk", "area_id", "kind"))
    run.area_of_unit = {key: area for key, area, _kind in rows}
    run.kinds = {key: kind for key, _area, kind in rows}


def _organisation(record: OrganisationRecord) -> dict[str, Any]:
    return {
        "name": record.name[:200],
        "kind": ORGANISATION_KIND.get(record.kind.casefold(), "other"),
        "skolenhetskod": (record.skolenhetskod or "")[:8],
        "school_forms": list(record.forms),
    }


def _adopted(run: Writing, record: OrganisationRecord) -> int | None:
    """Return the register's own unit with the same skolenhetskod, so that no unit is made twice."""
    return run.known.units.get(record.skolenhetskod.casefold()) if record.skolenhetskod else None


def write_guardians(run: Writing) -> None:
    """Write the adults; whom they belong to is written with the children."""
    items: list[Item] = run.plan.changed("guardian")
    new = [item for item in items if item.known is None]
    keys = run.ledger.insert(
        "guardian", [{"authority_id": run.by.authority_id, **_guardian(item.record)} for item in new]
    )
    run.remember("guardian", [item.record.id for item in new], keys)
    run.link(LinkKind.GUARDIAN, new, keys, [None] * len(new))
    old = _still_unmarked(run, [item for item in items if item.known is not None])
    run.ledger.settle(
        "guardian", {run.key_of("guardian", i.record.id): _known_guardian(run, i.record) for i in old}
    )
    run.relink("link", links(run.by, run.source.pk, LinkKind.GUARDIAN), old)


def _still_unmarked(run: Writing, items: list[Item]) -> list[Item]:
    """Leave out adults whose marking may have come with a reference that only a full fetch brings again."""
    if not run.plan.changes_only:
        return items
    keys = [run.key_of("guardian", item.record.id) for item in items]
    stored = dict(register_rows(run.by, "guardian", ("pk", "protection"), pk__in=keys))
    return [
        item
        for item, key in zip(items, keys, strict=True)
        if item.record.protection in PROTECTED or stored.get(key) not in ("marked", "protected")
    ]


def _guardian(record: PersonRecord) -> dict[str, Any]:
    return {
        "given_name": record.given_name[:NAME_LENGTH],
        "family_name": record.family_name[:NAME_LENGTH],
        "protection": REGISTER_PROTECTION[record.protection],
        # How to reach somebody with protected identity is never kept.
        "email": "" if record.protection in PROTECTED else next((mail.value for mail in record.emails), ""),
    }


def _known_guardian(run: Writing, record: PersonRecord) -> dict[str, Any]:
    """A marking that came later takes effect at once: what was stored about the adult is blanked."""
    if record.protection not in PROTECTED:
        return _guardian(record)
    blank = {"email": "", "phone": ""}
    if run.source.protection == "need_to_know":
        return {**_guardian(record), **blank}
    return {
        "given_name": MASKED_GIVEN,
        "family_name": MASKED_FAMILY,
        "protection": REGISTER_PROTECTION[record.protection],
        **blank,
    }


def write_children(run: Writing) -> None:
    """Write the pupils, their numbers, their places at units and the adults tied to them."""
    items: list[ChildItem] = run.plan.changed("child")
    new = [item for item in items if item.known is None]
    base = {"authority_id": run.by.authority_id}
    keys = run.ledger.insert(
        "child",
        [{**base, **_child(run, item), "adapted": _adapted(item).get("adapted", False)} for item in new],
    )
    run.remember("child", [item.record.id for item in new], keys)
    old = [item for item in items if item.known is not None]
    wanted = {
        run.key_of("child", i.record.id): {**_child(run, i), **_adapted(i), "missing_since": None}
        for i in old
    }
    run.ledger.settle("child", wanted)
    _place_unchanged(run)
    _link_children(run, items)
    _write_numbers(run, items)
    _write_enrolments(run, items)
    _write_guardianships(run, items)


def _place_unchanged(run: Writing) -> None:
    """Let pupils of whom the source says nothing new follow when areas have been decided otherwise."""
    told = "areas" in run.source.settings
    wanted = {}
    for item in run.plan.items["child"]:
        if item.status == "unchanged":
            row = _child(run, item)
            names = ("school_in_id", "lives_in_id") if told else ("school_in_id",)
            wanted[run.key_of("child", item.record.id)] = {name: row[name] for name in names}
    run.ledger.settle("child", wanted)


def lift_protection(run: Writing) -> None:
    """Mark children who did not come themselves but whose family has protected identity."""
    children = [run.key_of("child", name) for name in sorted(run.plan.lifted)]
    children += sorted(_family_of_marked(run) - set(children))
    stored = register_rows(run.by, "child", ("pk", "protection"), pk__in=children) if children else []
    weaker = [child for child, now in stored if now not in ("marked", "protected")]
    run.ledger.settle("child", {child: {"protection": "marked", "lives_in_id": None} for child in weaker})


def _family_of_marked(run: Writing) -> set[int]:
    """Return children, who may not have come, of those marked in this delivery: own and siblings."""
    adults, marked = marked_keys(run, "guardian"), marked_keys(run, "child")
    if marked:
        ties = register_rows(run.by, "guardianship", ("guardian_id",), child_id__in=marked, valid_to=None)
        adults += [adult for (adult,) in ties]
    if not adults:
        return set()
    ties = register_rows(run.by, "guardianship", ("child_id",), guardian_id__in=adults, valid_to=None)
    return {child for (child,) in ties}


def _child(run: Writing, item: ChildItem) -> dict[str, Any]:
    unit = run.unit_of(item.unit)
    record: PersonRecord = item.record
    area = record.home_area.postal_code if record.home_area else None
    hidden = item.protection in PROTECTED
    row = {
        "unit_id": unit,
        "school_in_id": run.area_of_unit.get(unit or 0),
        "protection": REGISTER_PROTECTION[item.protection],
        "lives_in_id": None if hidden else run.areas.get(area or ""),
    }
    if item.masked:
        names = {"given_name": MASKED_GIVEN, "family_name": f"{MASKED_FAMILY} {item.key[:6]}"}
        return {**row, **names, "birth_date": None, "sex": "O"}
    return {
        **row,
        "given_name": record.given_name[:NAME_LENGTH],
        "family_name": record.family_name[:NAME_LENGTH],
        "birth_date": record.birth_date,
        "sex": record.sex.value,
    }


def _adapted(item: ChildItem) -> dict[str, bool]:
    """Return what the source says of an adapted course of study; nothing leaves the register's word."""
    told = msgspec.UNSET if item.masked else item.record.adapted
    return {} if told is msgspec.UNSET else {"adapted": told}


def _child_row(run: Writing, item: ChildItem, unit: int | None = None) -> dict[str, Any]:
    """Return what every row about a child carries: whose it is and at which unit it was made."""
    return {
        "child_id": run.key_of("child", item.record.id),
        "domain_id": run.domain_id,
        "unit_id": unit if unit is not None else run.unit_of(item.unit),
    }


def _link_children(run: Writing, items: Sequence[ChildItem]) -> None:
    known = child_links(run.by, run.source.pk)
    rows, old = [], []
    for item in items:
        own = {"source_id": run.source.pk, "fingerprint": item.fingerprint}
        if item.key in known:
            old.append(item)
        else:
            rows.append({**_child_row(run, item), **own, "key": item.key, "other": False})
        names = () if item.masked else item.record.external_ids
        others = {run.keyer.of("child", one.value) for one in names} - known.keys() - {item.key}
        rows += [{**_child_row(run, item), **own, "key": other, "other": True} for other in sorted(others)]
    run.ledger.insert("childlink", rows)
    run.relink("childlink", {key: link.pk for key, link in known.items()}, old)


def _write_numbers(run: Writing, items: Sequence[ChildItem]) -> None:
    """Seal the personal numbers; numbers can change, and a protected child's is taken away."""
    secret = settings.SAMHANDLA_SECRET
    stored = {
        child: (key, blind)
        for key, child, blind in _rows_of(run, "childidentity", items, ("pk", "child_id", "blind_index"))
    }
    rows, changed, purged = [], {}, []
    for item in items:
        child = run.key_of("child", item.record.id)
        key, blind = stored.get(child, (None, ""))
        if item.masked and key is not None:
            purged.append(key)
        number = None if item.masked else _number(item.record)
        if number is None or run.blind(number.number) == blind:
            continue
        sealed = crypto.encrypt(secret, number.number, bound_to=f"child {child}")
        row = {"kind": number.kind, "sealed": sealed, "blind_index": run.blind(number.number)}
        if key is None:
            rows.append({**_child_row(run, item), **row})
        else:
            changed[key] = row
    run.ledger.insert("childidentity", rows)
    run.ledger.settle("childidentity", changed)
    if purged:
        remove_rows(by=run.by, table="childidentity", keys=purged)


def _number(record: PersonRecord) -> Any:
    if record.personnummer is None:
        return None
    try:
        return parse_personnummer(record.personnummer)
    except PersonnummerError:
        return None


def _rows_of(
    run: Writing, table: str, items: Iterable[ChildItem], columns: tuple[str, ...]
) -> list[tuple[Any, ...]]:
    """Return rows about those of the children who were known before."""
    children = [run.key_of("child", item.record.id) for item in items if item.known is not None]
    return register_rows(run.by, table, columns, child_id__in=children) if children else []


def _write_enrolments(run: Writing, items: Sequence[ChildItem]) -> None:
    columns = ("pk", "child_id", "unit_id", "form", "valid_from", "valid_to")
    stored: dict[int, list[Existing]] = defaultdict(list)
    for key, child, unit, form, start, end in _rows_of(run, "enrolment", items, columns):
        stored[child].append(Existing(key, (unit, form), start, end))
    rows, settle = [], {}
    for item in items:
        child = run.key_of("child", item.record.id)
        main = main_enrolment(item.enrolments, run.today)
        wanted = [
            Wanted(
                (run.unit_of(e.unit), e.form),
                e.start,
                e.end,
                {"school_year": e.school_year, "main": is_main(e, main)},
            )
            for e in item.enrolments
        ]
        todo = reconcile(stored[child], _once(wanted), run.today, end_missing=not item.partly)
        settle.update(todo.settle)
        for want in todo.insert:
            unit, form = want.ident  # type: ignore[misc]  # of an enrolment
            dates = dates_of(want, run.today)
            rows.append({**_child_row(run, item, unit), "form": form, **want.columns, **dates})
    run.ledger.insert("enrolment", rows)
    run.ledger.settle("enrolment", settle)


def _once(wanted: Sequence[Wanted]) -> list[Wanted]:
    """Return the rows without repeats of the same thing from the same day; the last said counts."""
    return list({(want.ident, want.start): want for want in wanted}.values())


def _write_guardianships(run: Writing, items: Sequence[ChildItem]) -> None:
    if not run.plan.ties_told:
        return
    told = [(_child_row(run, item), list(item.ties)) for item in items]
    units = dict(register_rows(run.by, "child", ("pk", "unit_id")))
    for name, adults in run.plan.other_ties.items():
        child = run.key_of("child", name)
        told.append(({"child_id": child, "domain_id": run.domain_id, "unit_id": units[child]}, adults))
    columns = ("pk", "child_id", "guardian_id", "valid_from", "valid_to")
    stored: dict[int, list[Existing]] = defaultdict(list)
    about = [base["child_id"] for base, _ties in told]
    for key, child, adult, start, end in register_rows(run.by, "guardianship", columns, child_id__in=about):
        stored[child].append(Existing(key, str(adult), start, end))
    rows, settle = [], {}
    others = {run.key_of("child", name) for name in run.plan.other_ties}
    for base, adults in told:
        ties = {str(run.key_of("guardian", tie.guardian)): tie for tie in adults}
        wanted = [
            Wanted(adult, None, None, {"kind": GUARDIAN_KIND.get(tie.kind, "okand")})
            for adult, tie in ties.items()
        ]
        child = base["child_id"]
        todo = reconcile(stored[child], wanted, run.today, end_missing=child not in others)
        settle.update(todo.settle)
        rows += [
            {
                **base,
                "guardian_id": want.ident,
                **want.columns,
                "valid_from": run.today,
                "valid_to": None,
            }
            for want in todo.insert
        ]
    run.ledger.insert("guardianship", rows)
    run.ledger.settle("guardianship", settle)
