"""Limits of rules and of the loop, and the närvarotrappa."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from samhandla.detect.default_ladder import DEFAULT_LADDER
from samhandla.detect.errors import AnswerRefused, NotYours
from samhandla.detect.models import LadderStep, RuleSetting
from samhandla.detect.queries.settings import LOOP
from samhandla.detect.rules.errors import BadRuleSet
from samhandla.detect.rules.ruleset import parse_rules
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
    wide = by.may_any("process_leader")
    if unit_id is None and not wide:
        raise NotYours
    if unit_id is not None and not wide and unit_id not in by.units_as("principal", "deputy_principal"):
        raise NotYours
    if rule != LOOP:
        try:
            parse_rules({"rules": [{"rule": rule, **parameters}]})
        except BadRuleSet as error:
            raise AnswerRefused([str(error)]) from error
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


@action
def adopt_default_ladder(*, by: Viewer, today: date) -> list[LadderStep]:
    """Give an authority that has no närvarotrappa the house's example, to be made its own."""
    steps = [
        LadderStep(authority_id=by.authority_id, number=number, valid_from=today, **step)
        for number, step in enumerate(DEFAULT_LADDER, start=1)
    ]
    LadderStep.objects.bulk_create(steps)
    record(EventKind.LADDER_CHANGED, by=by, details={"steps": len(steps)})
    return steps


@action
def change_ladder_step(*, by: Viewer, step_id: int, today: date, **fields: Any) -> LadderStep:
    """Change a step from today on; the step as it was stays for those who took it."""
    old = LadderStep.objects.filter(pk=step_id, authority_id=by.authority_id, valid_to=None).first()
    if old is None:
        raise NotYours
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
