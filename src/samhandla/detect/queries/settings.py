"""Local limits of rules and of the loop, as they hold on a day."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from samhandla.detect.models import LadderStep, RuleSetting
from samhandla.detect.rules.loop import LoopLimits
from samhandla.detect.rules.ruleset import Change, RuleSet
from samhandla.people.models import SchoolForm
from samhandla.people.queries import on_day
from samhandla.trust.viewer import Viewer

LOOP = "loop"  # the settings row that holds the loop's own limits
# Lowest and highest value of each limit of the loop. "Känt – hanteras" ends within 20 school days.
LOOP_RANGES = {
    "new_per_mentor_week": (1, 20),
    "answer_days": (1, 20),
    "known_days": (1, 20),
    "follow_days": (1, 90),
    "error_days": (1, 30),
    "notice_days": (1, 30),
}


def sets_for_all(viewer: Viewer) -> bool:
    """Tell whether the viewer sets limits for the whole authority, not only for own units."""
    return viewer.may_any("process_leader")


def rule_settings_for(viewer: Viewer, *, on: date) -> list[RuleSetting]:
    """Return the settings that hold on a day, wide before narrow and old before new: the last one wins."""
    rows = RuleSetting.objects.filter(authority_id=viewer.authority_id, valid_from__lte=on)
    return sorted(rows, key=lambda r: (_narrowness(r), r.valid_from, r.pk))


def _narrowness(row: RuleSetting) -> int:
    return 4 * (row.unit_id is not None) + 2 * (row.school_year is not None) + (row.form != "")


def rule_set_for(viewer: Viewer, *, on: date) -> RuleSet:
    """Return the rules with the authority's own limits on a day."""
    return RuleSet(
        tuple(
            Change(row.rule, row.form or None, row.unit_id, row.school_year, row.parameters, row.active)
            for row in rule_settings_for(viewer, on=on)
            if row.rule != LOOP
        )
    )


def loop_limits_for(viewer: Viewer, *, on: date) -> LoopLimits:
    """Return the loop's limits of the authority on a day."""
    known = {f.name for f in fields(LoopLimits)}
    values: dict[str, int] = {}
    for row in rule_settings_for(viewer, on=on):
        if row.rule == LOOP:
            values.update({k: int(v) for k, v in row.parameters.items() if k in known})
    return LoopLimits(**values)


def list_ladder_for(viewer: Viewer, *, on: date) -> list[LadderStep]:
    """Return the steps of the authority's närvarotrappa on a day, in order, those told that are a first step.

    That is the first of any school form; a step for guardians is passed over for who is 18, so that the
    next is a first one too.
    """
    found = LadderStep.objects.filter(on_day(on), authority_id=viewer.authority_id)
    steps, met = list(found.order_by("number", "-valid_from")), set[str]()
    for step in steps:
        forms = set(step.forms) or set(SchoolForm.values)
        step.is_first = not forms <= met
        if not step.with_guardian:
            met |= forms
    return steps


def history_of_rule_for(viewer: Viewer, rule: str) -> list[RuleSetting]:
    """Return every setting that a rule has had in the authority, latest first; limits are open to read."""
    rows = RuleSetting.objects.filter(authority_id=viewer.authority_id, rule=rule)
    return list(rows.select_related("unit", "set_by").order_by("-valid_from", "-pk"))


def ladder_history_for(viewer: Viewer) -> list[LadderStep]:
    """Return the steps that have ended, latest first."""
    rows = LadderStep.objects.filter(authority_id=viewer.authority_id, valid_to__isnull=False)
    return list(rows.order_by("-valid_to", "number", "-pk"))


def get_ladder_step_for(viewer: Viewer, step_id: int) -> LadderStep | None:
    """Return a step of the authority that has not ended, None when there is none."""
    return LadderStep.objects.filter(pk=step_id, authority_id=viewer.authority_id, valid_to=None).first()
