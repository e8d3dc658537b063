"""Limits of rules and of the loop, and the närvarotrappa."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Max

from samhandla.detect.default_ladder import DEFAULT_LADDER
from samhandla.detect.errors import AnswerRefused, Conflict, NotYours
from samhandla.detect.models import LadderStep, RuleSetting
from samhandla.detect.queries.delivered import delivered_changes_for, mark_of
from samhandla.detect.queries.settings import LOOP, LOOP_RANGES, list_ladder_for, sets_for_all
from samhandla.detect.queries.units import PRINCIPALS, unit_ids_for
from samhandla.detect.rules.errors import BadRuleSet
from samhandla.detect.rules.ruleset import parse_rules
from samhandla.detect.rules.triggers import allows
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer


@action
def set_rule(
    *,
    by: Viewer,
    rule: str,
    parameters: dict[str, float],
    today: date,
    active: bool = True,
    unit_id: int | None = None,
    form: str = "",
    school_year: int | None = None,
    reason: str = "",
) -> RuleSetting:
    """Set local limits from today on; earlier settings stay, so that old signals can be explained.

    Raises:
        NotYours: a principal sets limits of another unit, or of the whole authority.
        AnswerRefused: a value is outside what the rule allows (the code is the message).
    """
    wide = sets_for_all(by)
    if unit_id is None and not wide:
        raise NotYours
    if unit_id is not None and not wide and unit_id not in unit_ids_for(by, *PRINCIPALS):
        raise NotYours
    if rule == LOOP:
        _check_loop(parameters, unit_id)
    else:
        try:
            parse_rules({"rules": [{"rule": rule, **parameters}]})
        except BadRuleSet as error:
            raise AnswerRefused([error.said]) from error
    row = RuleSetting.objects.create(
        authority_id=by.authority_id,
        unit_id=unit_id,
        form=form,
        school_year=school_year,
        rule=rule,
        parameters=parameters,
        active=active,
        valid_from=today,
        set_by_id=by.actor_id,
        reason=reason,
    )
    record(EventKind.RULES_CHANGED, by=by, about=row, details={"rule": rule, "parameters": parameters})
    return row


def _check_loop(parameters: dict[str, float], unit_id: int | None) -> None:
    """Refuse limits of the loop that do not exist, lie outside their range or are for one unit only."""
    if unit_id is not None:
        raise NotYours
    for name, value in parameters.items():
        low, high = LOOP_RANGES.get(name, (1, 0))
        if not low <= value <= high:
            raise AnswerRefused([f"{name} = {value:g}: {low}–{high}"])


@action
def adopt_default_ladder(*, by: Viewer, today: date) -> list[LadderStep]:
    """Give an authority that has no närvarotrappa the house's example, to be made its own.

    Raises:
        Conflict: there is one already.
    """
    if list_ladder_for(by, on=today):
        raise Conflict
    steps = [
        LadderStep(authority_id=by.authority_id, number=number, valid_from=today, **step)
        for number, step in enumerate(DEFAULT_LADDER, start=1)
    ]
    LadderStep.objects.bulk_create(steps)
    record(EventKind.LADDER_CHANGED, by=by, details={"steps": len(steps)})
    return steps


def _living_step(by: Viewer, step_id: int) -> LadderStep:
    rows = LadderStep.objects.select_for_update()
    step = rows.filter(pk=step_id, authority_id=by.authority_id, valid_to=None).first()
    if step is None:
        raise NotYours
    return step


def _check_trigger(kind: str, value: int | None) -> None:
    if not allows(kind, value):
        raise AnswerRefused(["trigger_value"])


@action
def add_ladder_step(*, by: Viewer, today: date, **fields: Any) -> LadderStep:
    """Add a step after the last one.

    Raises:
        AnswerRefused: `trigger_value` when the number does not belong to what proposes the step.
    """
    _check_trigger(fields.get("trigger_kind", LadderStep.Trigger.SIGNAL), fields.get("trigger_value"))
    steps = LadderStep.objects.filter(authority_id=by.authority_id)
    last = steps.aggregate(last=Max("number"))["last"] or 0
    step = LadderStep.objects.create(
        authority_id=by.authority_id, number=last + 1, valid_from=today, **fields
    )
    record(EventKind.LADDER_CHANGED, by=by, about=step)
    return step


@action
def change_ladder_step(*, by: Viewer, step_id: int, today: date, **fields: Any) -> LadderStep:
    """Change a step from today on; the step as it was stays for those who took it.

    Raises:
        NotYours: no such step, or one that has ended.
        AnswerRefused: as `add_ladder_step`.
    """
    old = _living_step(by, step_id)
    _check_trigger(
        fields.get("trigger_kind", old.trigger_kind), fields.get("trigger_value", old.trigger_value)
    )
    if old.valid_from == today:
        LadderStep.objects.filter(pk=old.pk).update(**fields)
        old.refresh_from_db()
        step = old
    else:
        LadderStep.objects.filter(pk=old.pk).update(valid_to=today - timedelta(days=1))
        kept = {
            f.name: getattr(old, f.name) for f in LadderStep._meta.fields if f.name not in ("id", "valid_to")
        }
        step = LadderStep.objects.create(**{**kept, **fields, "valid_from": today})
    record(EventKind.LADDER_CHANGED, by=by, about=step)
    return step


@action
def end_ladder_step(*, by: Viewer, step_id: int, today: date) -> LadderStep:
    """Let a step end: it is not begun any more, and stays for those who took it.

    Raises:
        NotYours: no such step, or one that has ended.
    """
    step = _living_step(by, step_id)
    # A step that began today has no yesterday: it holds for the rest of the day.
    step.valid_to = max(step.valid_from, today - timedelta(days=1))
    step.save(update_fields=["valid_to"])
    record(EventKind.LADDER_CHANGED, by=by, about=step, details={"ended": True})
    return step


@action
def take_up_delivered(*, by: Viewer, mark: str, today: date) -> int:
    """Change one's own närvarotrappa from today on as the delivered one has changed.

    Args:
        mark: of the changes that were shown (`queries.delivered.mark_of`).
    Returns: how many steps were changed or added.
    Raises:
        Conflict: there is nothing to take up, or something else than what was shown.
    """
    proposals = delivered_changes_for(by, on=today)
    if not proposals or mark_of(proposals) != mark:
        raise Conflict
    for proposal in proposals:
        if proposal.old is None:
            add_ladder_step(by=by, today=today, **proposal.fields)
        else:
            change_ladder_step(by=by, step_id=proposal.old.pk, today=today, **proposal.fields)
    record(EventKind.LADDER_CHANGED, by=by, details={"delivered": len(proposals)})
    return len(proposals)
