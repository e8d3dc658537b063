"""Reads of the board page. All of it is sums that have passed disclosure control."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, Q, QuerySet

from samhandla.analytics.measures.level import MEASURES
from samhandla.analytics.queries import data_version
from samhandla.detect.queries.units import unit_ids_for
from samhandla.govern import words
from samhandla.govern.models import (
    BoardAssessment,
    BoardCount,
    BoardFigure,
    BoardGoal,
    BoardMeasure,
    BoardPage,
    LinkageApproval,
    LinkageRun,
)
from samhandla.govern.rules import (
    Definition,
    Term,
    content_hash,
    not_comparable,
    percent,
    percent_of_share,
    standing,
)
from samhandla.people.queries import today
from samhandla.trust.models import Authority, Branch, Domain
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

MEASURE = next(measure for measure in MEASURES if measure.name == "over_threshold")
TREND_TERMS = 8


def scope_of(authority: Authority) -> str:
    """Return which authorities share a definition: the boards of one municipality, else each its own."""
    if authority.kind == Authority.Kind.BOARD and authority.municipality_code:
        return f"kommun {authority.municipality_code}"
    return f"huvudman {authority.pk}"


def measure_of(authority_id: int) -> BoardMeasure | None:
    """Return the definition that holds today, None before the first count."""
    return _measures(authority_id).filter(valid_from__lte=today()).order_by("-valid_from", "-version").first()


def list_measures_for(viewer: Viewer) -> QuerySet[BoardMeasure]:
    """Return every definition that was set, the latest first, also one that does not hold yet."""
    return _measures(viewer.authority_id).select_related("set_by").order_by("-valid_from", "-version")


def boards_sharing_for(viewer: Viewer) -> list[str]:
    """Return the names of the other boards that share the viewer's definition, in order."""
    mine = Authority.objects.get(pk=viewer.authority_id)
    others = Authority.objects.filter(kind=mine.kind, municipality_code=mine.municipality_code)
    scope = scope_of(mine)
    return sorted(a.name for a in others.exclude(pk=mine.pk) if scope_of(a) == scope)


def _measures(authority_id: int) -> QuerySet[BoardMeasure]:
    return BoardMeasure.objects.filter(scope=scope_of(Authority.objects.get(pk=authority_id)))


def definition_of(measure: BoardMeasure) -> Definition:
    return Definition(
        measure=MEASURE.name,
        measure_version=MEASURE.version,
        version=measure.version,
        threshold=str(measure.threshold),
        forms=tuple(measure.forms),
        group_limit=measure.group_limit,
        count_limit=measure.count_limit,
        low_reporting=str(measure.low_reporting),
        high_mean=str(measure.high_mean),
        absence=measure.absence,
    )


def read_units_for(viewer: Viewer) -> set[int] | None:
    """Return the units whose figures a viewer reads: its own; None for whoever reads the whole page."""
    return None if viewer.may(Permission.BOARD_WHOLE) else unit_ids_for(viewer)


def narrowed(content: dict[str, Any], units: set[int] | None) -> dict[str, Any]:
    """Return a page's content with no other units than these; the school forms stay, to compare with.

    Args:
        units: None for all.
    """
    if units is None:
        return content
    rows = [row for row in content["rows"] if row["unit"] is None or row["unit"] in units]
    forms = {row["form"] for row in rows if row["unit"] is not None}
    return {
        **content,
        "rows": [row for row in rows if row["form"] in forms],
        "trend": [trend for trend in content["trend"] if trend["form"] in forms],
    }


def latest_count_for(viewer: Viewer) -> BoardCount | None:
    """Return the viewer's authority's latest count, None before the first."""
    counts = BoardCount.objects.filter(authority_id=viewer.authority_id).select_related(
        "measure", "authority"
    )
    return counts.order_by("-pk").first()


def is_out_of_date(count: BoardCount) -> bool:
    """Tell whether data, frozen pages or another definition have come since a count."""
    pages = BoardPage.objects.filter(authority_id=count.authority_id).count()
    held = measure_of(count.authority_id)
    if held is not None and held.pk != count.measure_id:
        return True
    return count.pages_before != pages or count.data_version != data_version(count.authority_id)


def list_terms_for(viewer: Viewer) -> list[Term]:
    """Return the terms that have figures, latest first."""
    codes = BoardFigure.objects.filter(authority_id=viewer.authority_id).values_list("term", flat=True)
    return sorted((Term.parse(code) for code in codes.distinct()), reverse=True)


def goals_for(viewer: Viewer, term: Term) -> QuerySet[BoardGoal]:
    """Return the goals that held at some time in a term."""
    held = Q(valid_from__lte=max(term.last, today())) & (Q(valid_to=None) | Q(valid_to__gte=term.first))
    return BoardGoal.objects.filter(held, authority_id=viewer.authority_id).order_by("form", "pk")


def all_goals_for(viewer: Viewer) -> QuerySet[BoardGoal]:
    """Return the goals that hold now or later."""
    held = Q(valid_to=None) | Q(valid_to__gte=today())
    return BoardGoal.objects.filter(held, authority_id=viewer.authority_id).order_by("form", "pk")


def goal_for(viewer: Viewer, goal_id: int) -> BoardGoal | None:
    """Return a goal, None when there is none in the viewer's authority."""
    return BoardGoal.objects.filter(authority_id=viewer.authority_id, pk=goal_id).first()


def assessments_for(viewer: Viewer, term: Term) -> dict[int | None, BoardAssessment]:
    """Return what has been written in a term, by goal; None is the page as a whole."""
    rows = BoardAssessment.objects.filter(authority_id=viewer.authority_id, term=term.code)
    return {row.goal_id: row for row in rows}


def list_pages_for(viewer: Viewer) -> QuerySet[BoardPage]:
    """Return the frozen pages, latest first."""
    pages = BoardPage.objects.filter(authority_id=viewer.authority_id).defer("content")
    return pages.select_related("frozen_by").order_by("-frozen_at")


def page_for(viewer: Viewer, page_id: int) -> BoardPage | None:
    """Return a frozen page, None when there is none in the viewer's authority."""
    pages = BoardPage.objects.filter(authority_id=viewer.authority_id, pk=page_id)
    return pages.select_related("frozen_by").first()


def is_whole(page: BoardPage) -> bool:
    """Tell whether a frozen page is what was frozen."""
    return content_hash(page.content) == page.content_hash


def board_content_for(viewer: Viewer, term: Term) -> dict[str, Any] | None:
    """Return everything that the page of a term shows, as plain values that JSON can keep.

    The live page, the frozen page, CSV and Word are all made from it. A term that has been frozen
    is shown in the trend as it was published.

    Whoever leads a unit reads that unit's figures beside those of the whole school form.

    Returns: None before the first count; `rows` is empty when the term has no figures.
    Queries: five, whatever there is to show; one more for whoever reads only its own units.
    """
    count = latest_count_for(viewer)
    if count is None:
        return None
    definition = definition_of(count.measure)
    live: dict[str, list[dict[str, Any]]] = {}
    figures = BoardFigure.objects.filter(count=count).select_related("unit")
    order = (F("unit__name").asc(nulls_first=True), "unit_id", F("grade").asc(nulls_first=True), "sex")
    for figure in figures.order_by("form", *order):
        live.setdefault(figure.term, []).append(_row(figure, definition))
    published = _published(viewer)
    rows = live.get(term.code, [])
    trend = _trend(term, live, published, definition)
    notes = assessments_for(viewer, term)
    content = {
        "authority": count.authority.name,
        "term": term.code,
        "term_name": words.term_name(term),
        "counted_at": count.counted_at.isoformat(),
        "data_up_to": count.data_up_to.isoformat() if count.data_up_to else None,
        "data_version": count.data_version,
        "definition": {**vars(definition), "forms": list(definition.forms)},
        "definition_text": words.describe_definition(definition),
        "measure_text": str(MEASURE.definition),
        "same_as": definition.same_as,
        "rows": rows,
        "across_text": words.describe_across(count.across_terms.get(term.code, 0)),
        "trend": trend,
        "goals": [
            _goal(goal, trend, _start_of(goal, published, live, definition), notes.get(goal.pk))
            for goal in goals_for(viewer, term)
        ],
        "assessment": _assessment(notes.get(None)),
    }
    return narrowed(content, read_units_for(viewer))


def _row(figure: BoardFigure, definition: Definition) -> dict[str, Any]:
    level = percent(figure.above, figure.pupils)
    mean = percent_of_share(figure.absence_share)
    reporting = percent_of_share(figure.reporting_share)
    low = percent_of_share(Decimal(definition.low_reporting)) or Decimal(0)
    high = percent_of_share(Decimal(definition.high_mean)) or Decimal(100)
    return {
        "form": figure.form,
        "form_name": words.form_name(figure.form),
        "unit": figure.unit_id,
        "unit_name": figure.unit.name if figure.unit else "",
        "grade": figure.grade,
        "grade_name": words.grade_name(figure.grade),
        "sex": figure.sex,
        "sex_name": words.sex_name(figure.sex),
        "pupils": figure.pupils,
        "above": figure.above,
        "missing": figure.missing,
        "by_sums": figure.by_sums,
        "sums_text": words.describe_sums(figure.by_sums, known=not (figure.hidden or figure.as_published)),
        "absence_share": _text(figure.absence_share),
        "reporting_share": _text(figure.reporting_share),
        "percent": _text(level),
        "absence_percent": _text(mean),
        "reporting_percent": _text(reporting),
        "low_reporting": not figure.hidden and (reporting is None or reporting < low),
        "high_unit": figure.unit_id is not None and not figure.sex and mean is not None and mean > high,
        "hidden": figure.hidden,
        "hidden_text": words.describe_hidden(figure.hidden, figure.share_hidden, definition),
        "share_hidden": figure.share_hidden,
        "as_published": figure.as_published,
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _published(viewer: Viewer) -> dict[str, dict[str, Any]]:
    """Return the latest frozen content of each term."""
    pages = BoardPage.objects.filter(authority_id=viewer.authority_id).order_by("frozen_at", "pk")
    return {page.term: page.content for page in pages}


def _total(rows: Iterable[dict[str, Any]], form: str) -> dict[str, Any] | None:
    return next((row for row in rows if row["form"] == form and is_total(row)), None)


def is_total(row: dict[str, Any]) -> bool:
    """Tell whether a row is about a whole school form. Pages frozen before grades were told have none."""
    return row["unit"] is None and row.get("grade") is None and not row["sex"]


def _trend(
    term: Term,
    live: dict[str, list[dict[str, Any]]],
    published: dict[str, dict[str, Any]],
    definition: Definition,
) -> list[dict[str, Any]]:
    """Return per school form its level term by term, and how it changed since the year before."""
    codes = sorted({*live, *published}, key=Term.parse)
    codes = [code for code in codes if Term.parse(code) <= term][-TREND_TERMS:]
    forms = [row["form"] for row in live.get(term.code, []) if is_total(row)]
    trend = []
    for form in forms:
        points = []
        for code in codes:
            frozen = published.get(code) if code != term.code else None
            row = _total(frozen["rows"] if frozen else live.get(code, []), form)
            if row is not None:
                points.append(_point(code, row, frozen, definition))
        trend.append(
            {"form": form, "form_name": words.form_name(form), "points": points, **change_in(term, points)}
        )
    return trend


def _point(
    code: str, row: dict[str, Any], frozen: dict[str, Any] | None, definition: Definition
) -> dict[str, Any]:
    kept = ("pupils", "percent", "reporting_percent", "low_reporting", "hidden", "share_hidden")
    return {
        "term": code,
        "term_name": words.term_name(Term.parse(code)),
        "published": frozen is not None,
        "same_definition": frozen is None or frozen["same_as"] == definition.same_as,
        "low": definition.low_reporting,
        **{name: row[name] for name in kept},
    }


def change_in(term: Term, points: list[dict[str, Any]]) -> dict[str, Any]:
    """Return how a trend changed since the year before, in words, and what speaks against comparing."""
    by_term = {point["term"]: point for point in points}
    now, before = by_term.get(term.code), by_term.get(term.year_before.code)
    if now is None or before is None or now["percent"] is None or before["percent"] is None:
        return {"change": "", "obstacles": []}
    obstacles = _obstacles(now, before)
    said = words.describe_change(Decimal(now["percent"]), Decimal(before["percent"]), before["term_name"])
    return {
        "change": "" if obstacles else said,  # one answer: what is not comparable has no change
        "not_comparable_with": before["term_name"] if obstacles else "",
        "obstacles": obstacles,
    }


def _obstacles(now: dict[str, Any], before: dict[str, Any]) -> list[str]:
    """Say what speaks against comparing two points of a trend; nothing when they are comparable."""
    codes = not_comparable(
        same_definition=before["same_definition"],
        now_reporting=_share(now),
        before_reporting=_share(before),
        low=Decimal(now["low"]),
    )
    return [words.describe_obstacle(code) for code in codes]


def _share(point: dict[str, Any]) -> Decimal | None:
    return None if point["reporting_percent"] is None else Decimal(point["reporting_percent"]) / 100


def _start_of(
    goal: BoardGoal,
    published: dict[str, dict[str, Any]],
    live: dict[str, list[dict[str, Any]]],
    definition: Definition,
) -> dict[str, Any] | None:
    """Return the figure that a goal counts from, published before live; None where a person gave it."""
    if goal.base_percent is not None or not goal.base_term:
        return None
    frozen = published.get(goal.base_term)
    row = _total(frozen["rows"] if frozen else live.get(goal.base_term, []), goal.form)
    return None if row is None else _point(goal.base_term, row, frozen, definition)


def _goal(
    goal: BoardGoal,
    trend: list[dict[str, Any]],
    start: dict[str, Any] | None,
    note: BoardAssessment | None,
) -> dict[str, Any]:
    point = next((t["points"][-1] for t in trend if t["form"] == goal.form and t["points"]), None)
    now = point["percent"] if point else None
    base = goal.base_percent
    if start and start["percent"] is not None:
        base = Decimal(start["percent"])
    since = words.term_name(Term.parse(goal.base_term)) if goal.base_term else words.base_name()
    return {
        "id": goal.pk,
        "name": goal.name,
        "form_name": words.form_name(goal.form),
        "text": words.describe_goal(goal.kind, goal.target, base, since),
        "standing": _standing(goal, point, start, base),
        "percent": now,
        "assessment": _assessment(note),
    }


def _standing(
    goal: BoardGoal, now: dict[str, Any] | None, start: dict[str, Any] | None, base: Decimal | None
) -> str:
    """Say how far it is to a goal; no fall is told from a term that is not comparable."""
    if now is None or now["percent"] is None:
        return ""
    counted = goal.kind != BoardGoal.Kind.AT_MOST and start is not None and start["term"] != now["term"]
    obstacles = _obstacles(now, start) if counted and start else []
    if obstacles:
        return words.describe_not_comparable(start["term_name"] if start else "", obstacles)
    found = standing(goal.kind, goal.target, Decimal(now["percent"]), base)
    return words.describe_standing(found) if found else ""


def _assessment(note: BoardAssessment | None) -> dict[str, Any] | None:
    if note is None:
        return None
    return {
        "forecast": note.forecast,
        "forecast_name": str(note.get_forecast_display()) if note.forecast else "",
        "analysis": note.analysis,
        "not_comparable_with": note.not_comparable_with,
        "because": note.because,
        "written_at": note.written_at.isoformat(),
    }


@dataclass(frozen=True)
class LinkageRow:
    """A linkage run as one of its boards sees it; the totals are the social board's alone."""

    run: LinkageRun
    mine: bool
    approved_by: list[LinkageApproval]
    may_approve: bool
    ready: bool
    totals: list[dict[str, Any]]


def list_linkages_for(viewer: Viewer) -> list[LinkageRow]:
    """Return the runs in which the viewer's authority takes part, the latest first. Queries: three."""
    rows = LinkageRun.objects.select_related("authority", "school").prefetch_related("approvals", "result")
    found = []
    for run in rows.order_by("-pk"):
        approvals = list(run.approvals.all())
        approved = {one.authority_id for one in approvals}
        waits = run.done_at is None and viewer.authority_id not in approved
        mine = run.authority_id == viewer.authority_id
        found.append(
            LinkageRow(
                run,
                mine,
                approvals,
                waits and viewer.may(Permission.LINKAGE_APPROVE) and run.asked_by_id != viewer.actor_id,
                mine and run.done_at is None and approved >= {run.authority_id, run.school_id},
                run.result.totals if mine and hasattr(run, "result") else [],
            )
        )
    return found


def linkage_schools_for(viewer: Viewer) -> QuerySet[Authority]:
    """Return whose attendance a social board can ask about; nothing for any other authority. Queries: one."""
    social = Domain.objects.filter(authority_id=viewer.authority_id, branch=Branch.SOCIAL)
    schools = Authority.objects.filter(domains__branch=Branch.SCHOOL).exclude(pk=viewer.authority_id)
    return schools.filter(Exists(social)).order_by("name")
