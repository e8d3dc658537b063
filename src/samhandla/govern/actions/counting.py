"""Counts the figures of the board page, and sets what is counted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from samhandla.analytics.disclosure import BOYS_OR_UNKNOWN, THRESHOLD
from samhandla.analytics.queries import LOW_REPORTING, data_up_to, data_version, pupils_table
from samhandla.analytics.spans import counted_days, first_day, pupils_with_sums_across
from samhandla.govern import queries
from samhandla.govern.counting import Counted, count_groups
from samhandla.govern.disclose import Hiding, hide, published_counts
from samhandla.govern.models import BoardCount, BoardFigure, BoardMeasure, BoardPage
from samhandla.govern.rules import Term, terms_between
from samhandla.people.actions.guard import is_service
from samhandla.people.models import SchoolForm
from samhandla.people.queries import today
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Authority
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

FIGURES = ("pupils", "above", "missing", "by_sums", "absence_share", "reporting_share")
TERMS_KEPT = 8  # four school years: a term of office

# The first version of the definition, until a board sets its own.
# Source: R006 (15 per cent, valid and invalid), R007 (20 per cent on a whole unit), B11 (10 pupils; 1–4
# pupils are not told apart). The reporting limit is ours; the law gives none.
DEFAULTS: dict[str, Any] = {
    "threshold": Decimal("0.150"),
    "absence": BoardMeasure.Absence.ALL,
    "forms": [
        SchoolForm.PRESCHOOL_CLASS,
        SchoolForm.COMPULSORY,
        SchoolForm.ADAPTED_COMPULSORY,
        SchoolForm.SPECIAL,
        SchoolForm.SAMI,
        SchoolForm.UPPER_SECONDARY,
        SchoolForm.ADAPTED_UPPER_SECONDARY,
    ],
    "group_limit": THRESHOLD,
    "count_limit": 5,
    "low_reporting": LOW_REPORTING,
    "high_mean": Decimal("0.20"),
}


@action
def set_measure(*, by: Viewer, reason: str, valid_from: date | None = None, **values: Any) -> BoardMeasure:
    """Set a new version of the definition for all boards that share it; what is frozen keeps its own.

    Args:
        valid_from: today when None; never earlier, since pages may have been read with the old one.
        values: what differs from the present version, by the names of DEFAULTS.

    Raises:
        PermissionDenied: the viewer may not define what is counted.
        ValidationError: the day has been, or the group limit is below the house's own.
    """
    if not is_service(by) and not by.may(Permission.BOARD_DEFINE):
        raise PermissionDenied
    if valid_from is not None and valid_from < today():
        raise ValidationError(_("En definition kan börja gälla tidigast i dag. Välj en senare dag."))
    if values.get("group_limit", THRESHOLD) < THRESHOLD:
        raise ValidationError(
            _("Grupper med färre än %(limit)s elever visas aldrig. Skriv minst %(limit)s.")
            % {"limit": THRESHOLD}
        )
    authority = Authority.objects.get(pk=by.authority_id)
    scope = queries.scope_of(authority)
    latest = BoardMeasure.objects.filter(scope=scope).order_by("-version").first()
    held = queries.measure_of(by.authority_id) or latest
    present = {name: getattr(held, name) for name in DEFAULTS} if held else DEFAULTS
    measure = BoardMeasure.objects.create(
        scope=scope,
        version=latest.version + 1 if latest else 1,
        valid_from=valid_from or today(),
        set_by_id=by.actor_id,
        reason=reason,
        **{**present, **values},
    )
    record(EventKind.BOARD_CHANGED, by=by, about=measure, reason=reason, details={"version": measure.version})
    return measure


@action
def count_board(*, by: Viewer, authority_id: int) -> BoardCount:
    """Count the figures of the latest terms anew and store them as a table without children.

    Runs as the authority's service, the only one that sees all its pupils. What is stored has passed
    disclosure control, also against the pages that are frozen, so whoever may read the page needs no
    right to any child. The earlier count is replaced.

    Returns: the count; without figures when nothing has been imported.
    """
    measure = queries.measure_of(authority_id) or set_measure(by=by, reason="")
    latest = data_up_to(authority_id)
    pages = list(BoardPage.objects.filter(authority_id=authority_id).order_by("pk"))
    count = BoardCount.objects.create(
        authority_id=authority_id,
        measure=measure,
        counted_at=timezone.now(),
        data_up_to=latest,
        data_version=data_version(authority_id),
        pages_before=len(pages),
    )
    figures = 0
    if latest is not None:
        for term in terms_between(first_day(authority_id) or latest, latest)[-TERMS_KEPT:]:
            figures += _count_term(by, count, term, [p for p in pages if p.term == term.code])
    BoardCount.objects.filter(authority_id=authority_id).exclude(pk=count.pk).delete()
    record(EventKind.BOARD_COUNTED, by=by, about=count, details={"figures": figures})
    return count


def _count_term(by: Viewer, count: BoardCount, term: Term, pages: list[BoardPage]) -> int:
    measure = count.measure
    last = min(term.last, count.data_up_to or term.last)
    across = pupils_with_sums_across(term.first, term.last)
    if across:
        count.across_terms[term.code] = across if across >= measure.group_limit else None
        count.save(update_fields=["across_terms"])
    pupils = pupils_table(by, on=last)
    with counted_days(count.authority_id, term.first, last, sums_until=term.last) as days:
        counted = count_groups(
            days, pupils, forms=measure.forms, threshold=measure.threshold, kinds=measure.kinds
        )
    if not any(c.pupils for c in counted):
        return 0
    hidden = hide(
        counted,
        group_limit=measure.group_limit,
        count_limit=measure.count_limit,
        published=[published_counts(page.content) for page in pages],
        same_definition=not pages or pages[-1].content["same_as"] == queries.definition_of(measure).same_as,
    )
    rows = [_figure(count, term, c, hidden[c.group]) for c in counted if c.pupils or c.missing]
    BoardFigure.objects.bulk_create(rows, batch_size=1000)
    return len(rows)


def _figure(count: BoardCount, term: Term, counted: Counted, hiding: Hiding) -> BoardFigure:
    said: dict[str, Any] = {name: getattr(counted, name) for name in FIGURES}
    said |= {"hidden": hiding.group, "share_hidden": hiding.share, "as_published": False}
    said["sex"] = BOYS_OR_UNKNOWN if counted.with_unknown else counted.group.sex
    if hiding.published is not None:
        # The row as it was told then, with the reasons that stood in it.
        # Pages frozen before sums were told apart say nothing of them.
        said = {name: hiding.published.get(name) for name in said} | {"as_published": True}
    elif hiding.group:
        said |= dict.fromkeys(FIGURES)
    else:
        said |= {"above": None, "absence_share": None} if hiding.share else {}
        said |= {"missing": None} if hiding.missing else {}
        said |= {"by_sums": None} if hiding.by_sums else {}
    return BoardFigure(
        count=count,
        authority_id=count.authority_id,
        term=term.code,
        form=counted.group.form,
        unit_id=counted.group.unit,
        grade=counted.group.grade,
        **said,
    )
