"""What the delivered närvarotrappa would change in one's own, as a preview."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from samhandla.detect.default_ladder import DEFAULT_LADDER
from samhandla.detect.models import LadderStep
from samhandla.detect.queries.settings import list_ladder_for
from samhandla.detect.rules.delivered import Step, changes_of
from samhandla.trust.viewer import Viewer

OWN = ("name", "is_inquiry", "trigger_kind", "trigger_value", "contact", "forms", "with_guardian")


@dataclass(frozen=True)
class Proposal:
    """One change: the step as it is, None for one to be added, and as it would be. Nothing is stored."""

    old: LadderStep | None
    new: LadderStep
    fields: Mapping[str, Any]

    @property
    def changes_trigger(self) -> bool:
        return "trigger_kind" in self.fields

    @property
    def changes_forms(self) -> bool:
        return "forms" in self.fields

    @property
    def changes_contact(self) -> bool:
        return "contact" in self.fields

    @property
    def changes_guardian(self) -> bool:
        return "with_guardian" in self.fields


def delivered_changes_for(viewer: Viewer, *, on: date) -> list[Proposal]:
    """Return what the delivered ladder would change in the authority's own. Queries: two."""
    steps = {step.pk: step for step in list_ladder_for(viewer, on=on) if step.valid_to is None}
    own = [Step(key=pk, **{name: getattr(step, name) for name in OWN}) for pk, step in steps.items()]
    if not own:
        return []
    ever = LadderStep.objects.filter(authority_id=viewer.authority_id)
    names = set(ever.values_list("name", flat=True))
    return [
        _proposal(steps.get(change.key or 0), change.fields)
        for change in changes_of(own, DEFAULT_LADDER, names_before=names)
    ]


def _proposal(old: LadderStep | None, fields: Mapping[str, Any]) -> Proposal:
    kept = {} if old is None else {f.name: getattr(old, f.name) for f in LadderStep._meta.fields}
    return Proposal(old, LadderStep(**{**kept, **fields}), fields)


def mark_of(proposals: Sequence[Proposal]) -> str:
    """Return a word for exactly these changes, so that nothing else is taken up than what was shown."""
    about = [(p.old.pk if p.old else None, dict(p.fields)) for p in proposals]
    return hashlib.blake2b(msgspec.json.encode(about, order="sorted"), digest_size=8).hexdigest()
