"""Asking for a rehearsal of limits, and keeping what it came to."""

from __future__ import annotations

from datetime import date
from typing import Any

from samhandla.detect.errors import AnswerRefused, NotYours
from samhandla.detect.models import Rehearsal
from samhandla.detect.queries.rehearsal import list_rehearsal_units_for, sees_all_units
from samhandla.detect.rules.errors import BadRuleSet
from samhandla.detect.rules.ruleset import parse_rules
from samhandla.lib.i18n import storable
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer


@action
def ask_rehearsal(
    *, by: Viewer, unit_id: int | None, until: date, changes: list[dict[str, Any]]
) -> Rehearsal:
    """Ask for a rehearsal of proposed limits beside today's; the job does the counting.

    Args:
        unit_id: one unit, or None for the whole authority.
        changes: entries as `parse_rules` takes them.
    Raises:
        NotYours: a unit, or the whole authority, that the viewer does not work with.
        AnswerRefused: a limit outside its range (the code is the message).
    """
    if unit_id is None and not sees_all_units(by):
        raise NotYours
    if unit_id is not None and unit_id not in {unit.pk for unit in list_rehearsal_units_for(by)}:
        raise NotYours
    try:
        parse_rules({"rules": changes})
    except BadRuleSet as error:
        raise AnswerRefused([error.said]) from error
    row = Rehearsal.objects.create(
        authority_id=by.authority_id, unit_id=unit_id, until=until, changes=changes, asked_by_id=by.actor_id
    )
    record(EventKind.REHEARSAL_RUN, by=by, about=row, details={"state": row.state})
    return row


@action
def advance_rehearsal(
    *, by: Viewer, rehearsal_id: int, state: str, result: dict[str, Any] | None = None, problem: str = ""
) -> None:
    """Tell how far a rehearsal has come; with the last state comes its result or its problem.

    Args:
        problem: a sentence made with `say`; its parts are kept, for readers of another language.
    """
    fields: dict[str, Any] = {"state": state, "problem": problem[:300]}
    if result is not None:
        fields["result"] = result
    elif problem:
        fields["result"] = {"problem": storable(problem)}
    changed = Rehearsal.objects.filter(pk=rehearsal_id, authority_id=by.authority_id).update(**fields)
    if not changed:
        raise NotYours
    record(EventKind.REHEARSAL_RUN, by=by, details={"state": state, "rehearsal": rehearsal_id})
