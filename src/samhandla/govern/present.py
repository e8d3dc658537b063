"""Turns the content of a board page into what its template draws. The same for live and frozen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from samhandla.govern import words
from samhandla.govern.models import BoardMeasure
from samhandla.govern.queries import change_in, definition_of, is_total, measure_of
from samhandla.govern.rules import Definition, Term
from samhandla.people.queries import today
from samhandla.web.charts.bars import Bar, Bars, Line, Point, bars, line


def board(content: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of the page, one per school form, with charts and tables."""
    rows = content["rows"]
    trends = {trend["form"]: trend for trend in content["trend"]}
    forms = [row["form"] for row in rows if is_total(row)]
    return {
        **content,
        "counted": datetime.fromisoformat(content["counted_at"]),
        "data_until": date.fromisoformat(content["data_up_to"]) if content["data_up_to"] else None,
        "low": words.limit_in_words(content["definition"]["low_reporting"]),
        "high": words.limit_in_words(content["definition"]["high_mean"]),
        "limit": words.limit_in_words(content["definition"]["threshold"]),
        "forms": [_form([r for r in rows if r["form"] == form], trends.get(form)) for form in forms],
        "as_published": any(row["as_published"] for row in rows),
    }


def _form(rows: list[dict[str, Any]], trend: dict[str, Any] | None) -> dict[str, Any]:
    total = next(row for row in rows if is_total(row))
    units = [row for row in rows if row["unit"] is not None]
    grades = [row for row in rows if row.get("grade") is not None]
    whole = [row for row in rows if row["unit"] is None and row.get("grade") is None]
    return {
        "form": total["form"],
        "name": total["form_name"],
        "title": total["form_name"].capitalize(),
        "total": _figure(total),
        "sexes": _bars((row["sex_name"], row) for row in whole if row["sex"]),
        "grades": _bars((row["grade_name"], row) for row in grades if not row["sex"]),
        "grades_both": _bars(
            (f"{row['grade_name']}, {row['sex_name']}", row) for row in grades if row["sex"]
        ),
        "units": _bars((row["unit_name"], row) for row in units if not row["sex"]),
        "both": _bars((f"{row['unit_name']}, {row['sex_name']}", row) for row in units if row["sex"]),
        "sums": _sums(total, units),
        "high": [
            f"{row['unit_name']}: {words.number_text(row['absence_percent'])}"
            for row in units
            if row["high_unit"]
        ],
        "trend": trend,
        "line": _line(trend) if trend else None,
    }


def _sums(total: dict[str, Any], units: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return how many of a school form are counted by sums, and at which units; pages before have nothing."""
    return {
        "text": total.get("sums_text", ""),
        "units": [
            f"{row['unit_name']}: {row['by_sums']}" for row in units if not row["sex"] and row.get("by_sums")
        ],
    }


def in_language(content: dict[str, Any], language: str) -> dict[str, Any]:
    """Return a frozen content in the reader's language.

    To a Swedish reader it is word for word what was published. To others the same figures are named
    and described anew; what people wrote stays in their words.
    """
    if language.startswith("sv"):
        return content
    definition = Definition(**{**content["definition"], "forms": tuple(content["definition"]["forms"])})
    return {
        **content,
        "term_name": words.term_name(Term.parse(content["term"])),
        "definition_text": words.describe_definition(definition),
        "rows": [_named(row, definition) for row in content["rows"]],
        "trend": [_trend_named(trend, content["term"]) for trend in content["trend"]],
    }


def _named(row: dict[str, Any], definition: Definition) -> dict[str, Any]:
    return {
        **row,
        "form_name": words.form_name(row["form"]),
        "sex_name": words.sex_name(row["sex"]),
        "grade_name": words.grade_name(row.get("grade")),
        "hidden_text": words.describe_hidden(row["hidden"], row["share_hidden"], definition),
        **_sums_named(row),
    }


def _sums_named(row: dict[str, Any]) -> dict[str, str]:
    known = "by_sums" in row and not (row["hidden"] or row["as_published"])
    return {"sums_text": words.describe_sums(row.get("by_sums"), known=known)}


def _trend_named(trend: dict[str, Any], term: str) -> dict[str, Any]:
    points = [{**p, "term_name": words.term_name(Term.parse(p["term"]))} for p in trend["points"]]
    change = change_in(Term.parse(term), points)
    return {**trend, "form_name": words.form_name(trend["form"]), "points": points, **change}


def _share(text: str | None) -> float | None:
    return None if text is None else float(text) / 100


def _hidden(row: dict[str, Any]) -> bool:
    return bool(row["hidden"] or row["share_hidden"])


def _figure(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "share": _share(row["percent"]),
        "n": row["pupils"],
        "missing": row["missing"],
        "reporting": _share(row["reporting_percent"]),
        "uncertain": row["low_reporting"],
        "hidden": _hidden(row),
        "hidden_text": row.get("hidden_text", ""),
        "mean": words.number_text(row["absence_percent"]),
    }


def _bars(rows: Iterable[tuple[str, dict[str, Any]]]) -> Bars:
    return bars(
        [
            Bar(
                label=label + ("*" if row["as_published"] else ""),
                share=_share(row["percent"]),
                n=row["pupils"],
                missing=row["missing"],
                hidden=_hidden(row),
                hidden_text=row.get("hidden_text", ""),
                reporting_rate=_share(row["reporting_percent"]),
                uncertain=row["low_reporting"],
            )
            for label, row in rows
        ]
    )


def _line(trend: dict[str, Any]) -> Line | None:
    """Draw the trend; a single figure is no line."""
    if sum(point["percent"] is not None for point in trend["points"]) < 2:
        return None
    return line([Point(p["term"], _share(p["percent"]), p["pupils"]) for p in trend["points"]])


def published_terms(content: dict[str, Any]) -> list[str]:
    """Return the terms whose figure in the trend is the one of a frozen page."""
    found = {p["term"] for t in content["trend"] for p in t["points"] if p["published"]}
    return [words.term_name(term) for term in sorted(Term.parse(code) for code in found)]


def state_of(content: dict[str, Any], frozen: datetime | None) -> str:
    """Say whether the figures are frozen."""
    if frozen is None:
        return _("Levande siffror – inte låsta")
    return _("Låst %(day)s") % {"day": frozen.date().isoformat()}


def measure_initial(authority_id: int) -> dict[str, Any]:
    """Return what the form of the definition begins with: what holds today."""
    held = measure_of(authority_id)
    if held is None:
        return {"valid_from": today()}
    return {
        "limit": held.threshold * 100,
        "absence": held.absence,
        "group_limit": held.group_limit,
        "valid_from": today(),
    }


def measures(held: Iterable[BoardMeasure], authority_id: int) -> list[dict[str, Any]]:
    """Return the definitions in words, with which of them holds today."""
    now = measure_of(authority_id)
    return [
        {
            "measure": measure,
            "limit": words.limit_in_words(str(measure.threshold)),
            "same_as": definition_of(measure).same_as,
            "now": now is not None and now.pk == measure.pk,
            "later": measure.valid_from > today(),
        }
        for measure in held
    ]
