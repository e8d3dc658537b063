"""The board page as CSV and as an editable Word file, both from the same content as the page itself."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

from django.utils import translation
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from samhandla.govern.models import BoardFigure, BoardPage
from samhandla.govern.words import number_text

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CSV = "text/csv; charset=utf-8"
HEADINGS = (
    "Nämnd",
    "Termin",
    "Skolform",
    "Skolenhet",
    "Kön",
    "Andel över gränsen (procent)",
    "n",
    "Elever över gränsen",
    "Bortfall",
    "Andel registrerade lektioner (procent)",
    "Medelfrånvaro (procent)",
    "Anmärkning",
    "Gräns (procent)",
    "Definition",
    "Uppgifter till och med",
    "Låst",
    "Kontrollsumma",
)
# A spreadsheet takes a cell that begins so for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def board_as_csv(content: dict[str, Any], page: BoardPage | None) -> bytes:
    """Return the figures as a table for a Swedish spreadsheet: semicolons, decimal comma, UTF-8 with BOM.

    Args:
        page: the frozen page; None for live figures, whose file says that they are not frozen.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS)
    with translation.override("sv"):
        for row in content["rows"]:
            writer.writerow([safe_cell(value) for value in _cells(content, row, page)])
    return buffer.getvalue().encode("utf-8-sig")


def safe_cell(value: Any) -> str:
    """Return a cell that no spreadsheet runs as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _cells(content: dict[str, Any], row: dict[str, Any], page: BoardPage | None) -> list[Any]:
    return [
        content["authority"],
        content["term"],
        row["form_name"],
        row["unit_name"] or "alla",
        row["sex_name"],
        _comma(row["percent"]),
        row["pupils"],
        row["above"],
        row["missing"],
        _comma(row["reporting_percent"]),
        _comma(row["absence_percent"]),
        _remark(row),
        _comma(f"{float(content['definition']['threshold']) * 100:g}"),
        f"{content['same_as']} (version {content['definition']['version']})",
        content["data_up_to"],
        page.frozen_at.date().isoformat() if page else "nej",
        page.content_hash if page else "",
    ]


def _comma(text: str | None) -> str:
    return "" if text is None else text.replace(".", ",")


def _remark(row: dict[str, Any]) -> str:
    said = [str(BoardFigure.Hidden(row["hidden"] or row["share_hidden"]).label)] if _gone(row) else []
    if row["low_reporting"]:
        said.append("osäker: få lektioner är registrerade")
    if row["as_published"]:
        said.append("som i låst sida")
    return "; ".join(said)


def _gone(row: dict[str, Any]) -> bool:
    return bool(row["hidden"] or row["share_hidden"])


def board_as_word(content: dict[str, Any], page: BoardPage | None) -> bytes:
    """Return the page as an editable Word file in Swedish, with headings and repeated table headers."""
    with translation.override("sv"):
        document = Document()
        title = f"Hög frånvaro, {content['term_name']}"
        _describe(document, title)
        document.add_heading(title, level=1)
        document.add_paragraph(content["authority"])
        document.add_paragraph(_state(content, page))
        for trend in content["trend"]:
            _form(document, content, trend)
        _goals(document, content)
        _assessment(document, content["assessment"], "Samlad analys")
        document.add_heading("Så räknas siffrorna", level=2)
        for sentence in content["definition_text"]:
            document.add_paragraph(sentence, style="List Bullet")
        document.add_paragraph(
            f"Definition {content['same_as']}, version {content['definition']['version']}."
        )
        buffer = io.BytesIO()
        document.save(buffer)
    return buffer.getvalue()


def _describe(document: WordDocument, title: str) -> None:
    """Set title and language, so that a screen reader speaks Swedish."""
    document.core_properties.title = title
    document.core_properties.author = ""
    document.core_properties.language = "sv-SE"
    run = document.styles["Normal"].element.get_or_add_rPr()
    run.append(run.makeelement(qn("w:lang"), {qn("w:val"): "sv-SE"}))


def _state(content: dict[str, Any], page: BoardPage | None) -> str:
    until = f"Uppgifter till och med {content['data_up_to']}."
    if page is None:
        counted = datetime.fromisoformat(content["counted_at"]).date()
        return f"Levande siffror, räknade {counted}. Inte låsta. {until}"
    return f"Låst {page.frozen_at.date()}. {until} Kontrollsumma {page.content_hash}."


def _form(document: WordDocument, content: dict[str, Any], trend: dict[str, Any]) -> None:
    document.add_heading(trend["form_name"].capitalize(), level=2)
    if trend["change"]:
        document.add_paragraph(trend["change"])
    for reason in trend["obstacles"]:
        document.add_paragraph(f"Inte jämförbart med {trend['not_comparable_with']} eftersom {reason}.")
    rows = [row for row in content["rows"] if row["form"] == trend["form"]]
    document.add_heading("Andel elever över gränsen", level=3)
    table = _table(document, ("Grupp", "Andel", "n", "Bortfall", "Registrerade lektioner", "Anmärkning"))
    for row in rows:
        share = "för få för att visas" if _gone(row) else number_text(row["percent"])
        _add(
            table,
            f"{row['unit_name'] or 'Alla skolenheter'}, {row['sex_name']}",
            share,
            _count(row["pupils"]),
            _count(row["missing"]),
            number_text(row["reporting_percent"]),
            _remark(row),
        )
    document.add_heading("Utveckling", level=3)
    table = _table(document, ("Termin", "Andel", "n", "Siffran kommer från"))
    for point in trend["points"]:
        source = "låst sida" if point["published"] else "räknad nu"
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
        document.add_heading("Nämndmål", level=2)
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
        document.add_paragraph(f"Prognos: {said['forecast_name']}.")
    if said["analysis"]:
        document.add_paragraph(said["analysis"])
    if said["because"]:
        document.add_paragraph(
            f"Inte jämförbart med {said['not_comparable_with']} eftersom {said['because']}."
        )
