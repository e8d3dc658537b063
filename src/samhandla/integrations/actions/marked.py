"""People who did not come themselves, but whom something that came says have protected identity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samhandla.integrations.actions.writing import Writing
from samhandla.integrations.models import LinkKind
from samhandla.integrations.queries import child_links, links
from samhandla.integrations.rules.people import REGISTER_PROTECTION
from samhandla.integrations.rules.rows import Existing, reconcile
from samhandla.integrations.ss12000.markings import PROTECTED
from samhandla.people.actions.bulk import remove_rows
from samhandla.people.register import register_rows

MASKED_GIVEN, MASKED_FAMILY = "Skyddade", "uppgifter"
ORDER = ("none", "unknown", "marked", "protected")


def mark_named(run: Writing) -> None:
    """Mark known pupils and adults whom only references name, and blank what is kept of them.

    What the source last said of them is forgotten, so that the next row about them is read anew.
    """
    _mark_children(run, run.plan.named["child"])
    _mark_guardians(run, run.plan.named["guardian"])


def _protection(run: Writing, table: str, named: Mapping[str, Any]) -> dict[Any, tuple[str, str]]:
    """Return key → the source's id, and the stricter of the protection told and the one stored."""
    keys = {run.key_of(table, name): name for name in named}
    stored = register_rows(run.by, table, ("pk", "protection"), pk__in=list(keys)) if keys else []
    told = {key: REGISTER_PROTECTION[named[name]] for key, name in keys.items()}
    return {key: (keys[key], max(now, told[key], key=ORDER.index)) for key, now in stored}


def _mark_children(run: Writing, named: Mapping[str, Any]) -> None:
    found = _protection(run, "child", named)
    if not found:
        return
    rows = {}
    for key, (name, protection) in found.items():
        rows[key] = {"protection": protection, "lives_in_id": None}
        if run.plan.masks:
            family = f"{MASKED_FAMILY} {run.keyer.of('child', name)[:6]}"
            rows[key] |= {"given_name": MASKED_GIVEN, "family_name": family, "birth_date": None, "sex": "O"}
    run.ledger.settle("child", rows)
    if run.plan.masks:
        _purge(run, list(rows))
    known = child_links(run.by, run.source.pk).values()
    run.ledger.settle("childlink", {link.pk: {"fingerprint": ""} for link in known if link.child in rows})


def _purge(run: Writing, children: list[int]) -> None:
    """Take away the numbers of marked children, and end their ties to adults."""
    numbers = register_rows(run.by, "childidentity", ("pk",), child_id__in=children)
    if numbers:
        remove_rows(by=run.by, table="childidentity", keys=[key for (key,) in numbers])
    columns = ("pk", "guardian_id", "valid_from", "valid_to")
    ties = register_rows(run.by, "guardianship", columns, child_id__in=children)
    existing = [Existing(key, str(adult), start, end) for key, adult, start, end in ties]
    run.ledger.settle("guardianship", reconcile(existing, (), run.today).settle)


def _mark_guardians(run: Writing, named: Mapping[str, Any]) -> None:
    found = _protection(run, "guardian", named)
    if not found:
        return
    names = {"given_name": MASKED_GIVEN, "family_name": MASKED_FAMILY} if run.plan.masks else {}
    rows = {
        key: {"protection": protection, "email": "", "phone": "", **names}
        for key, (_name, protection) in found.items()
    }
    run.ledger.settle("guardian", rows)
    stored = links(run.by, run.source.pk, LinkKind.GUARDIAN)
    told = [run.keyer.of("guardian", name) for name, _protection in found.values()]
    run.ledger.settle("link", {stored[key]: {"fingerprint": ""} for key in told if key in stored})


def marked_keys(run: Writing, kind: str) -> list[Any]:
    """Return the register's keys of known people of a kind whom this delivery says are protected."""
    came = {
        "child": [(i.record.id, i.protection) for i in run.plan.items["child"] if i.known is not None],
        "guardian": [
            (i.record.id, i.record.protection) for i in run.plan.items["guardian"] if i.known is not None
        ],
    }[kind]
    told = [name for name, mark in came if mark in PROTECTED]
    return [run.key_of(kind, name) for name in [*told, *run.plan.named[kind]]]
