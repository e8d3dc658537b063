"""The board page as CSV and as an editable Word file, both from the same content as the page itself.

Both are in the reader's language; in Swedish a frozen page's words are those that were published.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from samhandla.govern.models import BoardFigure, BoardPage
from samhandla.govern.words import describe_not_comparable, number_text
from samhandla.lib.i18n import N_
from samhandla.lib.safe_csv import csv_text

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CSV = "text/csv; charset=utf-8"
HEADINGS = (
    N_("Nämnd"),
    N_("Termin"),
    N_("Skolform"),
    N_("Skolenhet"),
    N_("Årskurs"),
    N_("Kön"),
    N_("Andel över gränsen (procent)"),
    N_("Antal elever"),
    N_("Elever över gränsen"),
    N_("Saknas"),
    N_("Räknade på summor"),
    N_("Andel registrerade lektioner (procent)"),
    N_("Medelfrånvaro (procent)"),
    N_("Anmärkning"),
    N_("Gräns (procent)"),
    N_("Definition"),
    N_("Uppgifter till och med"),
    N_("Låst"),
    N_("Kontrollsumma"),
)


def board_as_csv(content: dict[str, Any], page: BoardPage | None) -> bytes:
    """Return the figures as a table for the reader's spreadsheet, UTF-8 with BOM.

    In Swedish with semicolons and decimal comma, else with commas and decimal point.

    Args:
        page: the frozen page; None for live figures, whose file says that they are not frozen.
    """
    rows = [_cells(content, row, page) for row in content["rows"]]
    header = [_(heading) for heading in HEADINGS]
    return csv_text(header, rows, delimiter=";" if _is_swedish() else ",").encode()


def _is_swedish() -> bool:
    return (get_language() or "sv").startswith("sv")


def _cells(content: dict[str, Any], row: dict[str, Any], page: BoardPage | None) -> list[Any]:
    return [
        content["authority"],
        content["term"],
        row["form_name"],
        row["unit_name"] or _("alla"),
        row.get("grade_name") or _("alla"),
        row["sex_name"],
        _comma(row["percent"]),
        row["pupils"],
        row["above"],
        row["missing"],
        row.get("by_sums"),
        _comma(row["reporting_percent"]),
        _comma(row["absence_percent"]),
        _remark(row),
        _comma(f"{float(content['definition']['threshold']) * 100:g}"),
        _("%(name)s (version %(version)s)") % _same(content),
        content["data_up_to"],
        page.frozen_at.date().isoformat() if page else _("nej"),
        page.content_hash if page else "",
    ]


def _comma(text: str | None) -> str:
    """Write a percentage with the decimal mark of the reader's spreadsheet."""
    return "" if text is None else text.replace(".", "," if _is_swedish() else ".")


def _same(content: dict[str, Any]) -> dict[str, Any]:
    return {"name": content["same_as"], "version": content["definition"]["version"]}


def _remark(row: dict[str, Any]) -> str:
    said = [_why(row)] if _gone(row) else []
    if row["low_reporting"]:
        unknown = row["reporting_percent"] is None
        said.append(
            _("osäker: källan säger inte hur mycket som är registrerat")
            if unknown
            else _("osäker: få lektioner är registrerade")
        )
    if row.get("sums_text"):
        said.append(row["sums_text"].removesuffix("."))
    if row["as_published"]:
        said.append(_("som i låst sida"))
    return "; ".join(said)


def _why(row: dict[str, Any]) -> str:
    """Say why a row is hidden; pages frozen before the reason was kept have its kind alone."""
    return row.get("hidden_text") or str(BoardFigure.Hidden(row["hidden"] or row["share_hidden"]).label)


def _gone(row: dict[str, Any]) -> bool:
    return bool(row["hidden"] or row["share_hidden"])


def board_as_word(content: dict[str, Any], page: BoardPage | None) -> bytes:
    """Return the page as an editable Word file, with headings and repeated table headers."""
    document = Document()
    title = _("Hög frånvaro, %(term)s") % {"term": content["term_name"]}
    _describe(document, title)
    document.add_heading(title, level=1)
    document.add_paragraph(content["authority"])
    document.add_paragraph(_state(content, page))
    for trend in content["trend"]:
        _form(document, content, trend)
    _goals(document, content)
    _assessment(document, content["assessment"], _("Samlad analys"))
    document.add_heading(_("Så räknas siffrorna"), level=2)
    for sentence in content["definition_text"]:
        document.add_paragraph(sentence, style="List Bullet")
    document.add_paragraph(_("Definition %(name)s, version %(version)s.") % _same(content))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _describe(document: WordDocument, title: str) -> None:
    """Set title and language, so that a screen reader speaks it."""
    language = "sv-SE" if _is_swedish() else "en-GB"
    document.core_properties.title = title
    document.core_properties.author = ""
    document.core_properties.language = language
    run = document.styles["Normal"].element.get_or_add_rPr()
    run.append(run.makeelement(qn("w:lang"), {qn("w:val"): language}))


def _state(content: dict[str, Any], page: BoardPage | None) -> str:
    until = _("Uppgifter till och med %(day)s.") % {"day": content["data_up_to"]}
    if page is None:
        counted = datetime.fromisoformat(content["counted_at"]).date()
        return f"{_('Levande siffror, räknade %(day)s. Inte låsta.') % {'day': counted}} {until}"
    said = {"day": page.frozen_at.date(), "sum": page.content_hash}
    return f"{_('Låst %(day)s.') % said} {until} {_('Kontrollsumma %(sum)s.') % said}"


def _form(document: WordDocument, content: dict[str, Any], trend: dict[str, Any]) -> None:
    document.add_heading(trend["form_name"].capitalize(), level=2)
    if trend["change"]:
        document.add_paragraph(trend["change"])
    for reason in trend["obstacles"]:
        document.add_paragraph(describe_not_comparable(trend["not_comparable_with"], [reason]))
    rows = [row for row in content["rows"] if row["form"] == trend["form"]]
    document.add_heading(_("Andel elever över gränsen"), level=3)
    headings = (
        _("Grupp"),
        _("Andel"),
        _("Antal elever"),
        _("Saknas"),
        _("Registrerade lektioner"),
        _("Anmärkning"),
    )
    table = _table(document, headings)
    for row in rows:
        share = _("visas inte") if _gone(row) else number_text(row["percent"])
        _add(
            table,
            f"{row['unit_name'] or row.get('grade_name') or _('Alla skolenheter')}, {row['sex_name']}",
            share,
            _count(row["pupils"]),
            _count(row["missing"]),
            number_text(row["reporting_percent"]),
            _remark(row),
        )
    document.add_heading(_("Utveckling"), level=3)
    table = _table(document, (_("Termin"), _("Andel"), _("Antal elever"), _("Siffran kommer från")))
    for point in trend["points"]:
        source = _("låst sida") if point["published"] else _("räknad nu")
        _add(table, point["term_name"], number_text(point["percent"]), _count(point["pupils"]), source)


def _count(value: int | None) -> str:
    return "–" if value is None else str(value)


def _table(document: WordDocument, headings: tuple[str, ...]) -> Any:
    """Add a table whose first row is marked as header and repeated on every page."""
    table = document.add_table(rows=1, cols=len(headings))
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, headings, strict=True):
        cell.text = text
        cell.paragraphs[0].runs[0].bold = True
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))
    return table


def _add(table: Any, *values: str) -> None:
    for cell, text in zip(table.add_row().cells, values, strict=True):
        cell.text = text


def _goals(document: WordDocument, content: dict[str, Any]) -> None:
    if content["goals"]:
        document.add_heading(_("Nämndmål"), level=2)
    for goal in content["goals"]:
        document.add_heading(f"{goal['name']} ({goal['form_name']})", level=3)
        for text in (goal["text"], goal["standing"]):
            if text:
                document.add_paragraph(text)
        _assessment(document, goal["assessment"], "")


def _assessment(document: WordDocument, said: dict[str, Any] | None, heading: str) -> None:
    if said is None:
        return
    if heading:
        document.add_heading(heading, level=2)
    if said["forecast_name"]:
        document.add_paragraph(f"{_('Prognos:')} {said['forecast_name']}.")
    if said["analysis"]:
        document.add_paragraph(said["analysis"])
    if said["because"]:
        document.add_paragraph(describe_not_comparable(said["not_comparable_with"], [said["because"]]))
