"""What the delivered närvarotrappa has come to say since somebody made an earlier one of it their own.

Only what a step still has as it was delivered before is proposed to be changed: what somebody has chosen
stays theirs, and words are never touched.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# What a field was when it was delivered without the present value. `after_step` with no days is what every
# step but the first became when the triggers became data.
BEFORE: dict[str, tuple[Any, ...]] = {
    "contact": ("",),
    "forms": ([],),
    "with_guardian": (False,),
}
TRIGGERS_BEFORE = (("signal", None), ("after_step", 0))


@dataclass(frozen=True)
class Step:
    """One's own step, by what may have been delivered anew; `key` is its number in the register."""

    key: int
    name: str
    is_inquiry: bool
    trigger_kind: str
    trigger_value: int | None
    contact: str
    forms: list[str]
    with_guardian: bool


@dataclass(frozen=True)
class Change:
    """One proposed change: of the step `key`, or a step to be added when it is None."""

    key: int | None
    fields: Mapping[str, Any] = field(default_factory=dict)


def changes_of(
    own: Sequence[Step], delivered: Sequence[Mapping[str, Any]], *, names_before: Collection[str]
) -> list[Change]:
    """Return what the delivered steps would change in one's own.

    A step is known by its name; the step of the inquiry also when it has been given another. A delivered
    step that is missing is proposed only beside the inquiry of the delivered ladder, and never when somebody
    has had it and ended it.

    Args:
        names_before: the names of all steps that there have been.
    """
    by_name = {step.name: step for step in own}
    inquiries = [step for step in own if step.is_inquiry]
    found = []
    for one in delivered:
        step = by_name.get(one["name"]) or _renamed(one, inquiries, delivered)
        if step is not None:
            if fields := _newer(step, one):
                found.append(Change(step.key, fields))
        elif one.get("is_inquiry") and inquiries and one["name"] not in names_before:
            found.append(Change(None, one))
    return found


def _renamed(
    one: Mapping[str, Any], inquiries: Sequence[Step], delivered: Sequence[Mapping[str, Any]]
) -> Step | None:
    """Return one's own step of the inquiry under another name, for the first delivered step of an inquiry."""
    first = next((step for step in delivered if step.get("is_inquiry")), None)
    names = {step["name"] for step in delivered}
    unknown = [step for step in inquiries if step.name not in names]
    return unknown[0] if one is first and len(unknown) == 1 else None


def _newer(step: Step, one: Mapping[str, Any]) -> dict[str, Any]:
    fields = {
        name: one[name]
        for name, before in BEFORE.items()
        if name in one and getattr(step, name) != one[name] and getattr(step, name) in before
    }
    trigger = (one["trigger_kind"], one.get("trigger_value"))
    own = (step.trigger_kind, step.trigger_value)
    if own != trigger and own in TRIGGERS_BEFORE:
        fields |= {"trigger_kind": trigger[0], "trigger_value": trigger[1]}
    return fields
