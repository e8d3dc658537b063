"""What people decide and write about the figures: goals, forecasts, analyses."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from samhandla.govern.models import ANALYSIS_LENGTH, BoardAssessment, BoardGoal
from samhandla.govern.rules import Term
from samhandla.people.queries import today
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


def require_freezer(by: Viewer) -> None:
    """Refuse whoever may only read the page.

    Raises:
        PermissionDenied: the viewer may not freeze the page, so neither write on it.
    """
    if not by.may(Permission.BOARD_FREEZE):
        raise PermissionDenied


@action
def set_goal(
    *,
    by: Viewer,
    name: str,
    form: str,
    kind: str,
    target: Decimal,
    base_term: str = "",
    base_percent: Decimal | None = None,
    valid_from: date | None = None,
) -> BoardGoal:
    """Set a goal of the board for one school form.

    Args:
        target: per cent for a level and for a relative fall, percentage points for "fall_points".
        base_term: where a fall is counted from; its published figure, else the live one, is the base.
        base_percent: the base itself, when it was published before this system was there.

    Raises:
        PermissionDenied: the viewer may not write on the page.
        NoTerm: the base term is no term.
    """
    require_freezer(by)
    if base_term:
        Term.parse(base_term)
    goal = BoardGoal.objects.create(
        authority_id=by.authority_id,
        name=name,
        form=form,
        kind=kind,
        target=target,
        base_term=base_term,
        base_percent=base_percent,
        valid_from=valid_from or today(),
    )
    record(EventKind.BOARD_CHANGED, by=by, about=goal)
    return goal


@action
def end_goal(*, by: Viewer, goal_id: int) -> BoardGoal:
    """End a goal; it stays on pages that are frozen and in the history.

    Raises:
        PermissionDenied: the viewer may not write on the page.
        BoardGoal.DoesNotExist: the viewer's authority has no such goal.
    """
    require_freezer(by)
    goal = BoardGoal.objects.get(pk=goal_id, authority_id=by.authority_id)
    goal.valid_to = max(goal.valid_from, today()) - timedelta(days=1)
    goal.save(update_fields=["valid_to"])
    record(EventKind.BOARD_CHANGED, by=by, about=goal, details={"ended": str(goal.valid_to)})
    return goal


@action
def set_assessment(
    *,
    by: Viewer,
    term: str,
    goal_id: int | None,
    forecast: str = "",
    analysis: str = "",
    not_comparable_with: str = "",
    because: str = "",
) -> BoardAssessment:
    """Write the forecast and the analysis of a goal (or of the whole page) in a term.

    The forecast is a person's choice; nothing in the system proposes one.

    Raises:
        PermissionDenied: the viewer may not write on the page.
        NoTerm: not a term.
        BoardGoal.DoesNotExist: the viewer's authority has no such goal.
        ValidationError: the analysis is too long, or only half of "not comparable with … because …".
    """
    require_freezer(by)
    code = Term.parse(term).code
    if goal_id is not None:
        BoardGoal.objects.get(pk=goal_id, authority_id=by.authority_id)
    if len(analysis) > ANALYSIS_LENGTH:
        raise ValidationError(
            _("Analysen är %(length)s tecken. Korta den till %(most)s.")
            % {"length": len(analysis), "most": ANALYSIS_LENGTH}
        )
    if bool(not_comparable_with) != bool(because):
        raise ValidationError(
            _("Fyll i både vad siffran inte är jämförbar med och varför, eller inget av dem.")
        )
    assessment, _created = BoardAssessment.objects.update_or_create(
        authority_id=by.authority_id,
        term=code,
        goal_id=goal_id,
        defaults={
            "forecast": forecast,
            "analysis": analysis,
            "not_comparable_with": not_comparable_with,
            "because": because,
            "written_by_id": by.actor_id,
            "written_at": timezone.now(),
        },
    )
    record(EventKind.BOARD_CHANGED, by=by, about=assessment, details={"term": code})
    return assessment
