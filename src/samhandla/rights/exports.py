"""The register of processings as CSV and Word, and the basis of an impact assessment as Word. In Swedish."""

from __future__ import annotations

import io
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from samhandla.lib.safe_csv import csv_text
from samhandla.people.queries import today
from samhandla.rights.queries.register import DataRegister
from samhandla.secrecy.models import Processing
from samhandla.trust.classify import Sensitivity

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CSV = "text/csv; charset=utf-8"
COLUMNS = (
    ("Behandling", "name"), ("Ändamål", "purpose"), ("Rättslig grund", "basis"), ("Stöd i lag", "law"),
    ("Stöd för känsliga uppgifter", "sensitive_law"), ("Kategorier av registrerade", "persons"),
    ("Kategorier av uppgifter", "data"), ("Mottagare", "receivers"), ("Bevaras", "kept"),
    ("Godkänd", "approved_on"), ("Källa", "source"),
)  # fmt: skip
MEASURES = (
    "Radnivåsäkerhet i databasen: en rad lämnas bara till den som har ett skäl i registret.",
    "Läsning antecknas innan sidan visas; loggarna är kedjade och granskas varje månad.",
    "Inloggning med nivåer och andra steg för känsliga delar; låsning när ingen är vid skärmen.",
    "Personnummer, skannade papper och registerutdrag är förseglade i vila.",
    "Inga uppgifter förs över till land utanför EU och EES av programmet.",
)
LEVELS = {
    Sensitivity.OPEN: "öppna", Sensitivity.INTERNAL: "interna", Sensitivity.PERSONAL: "personuppgifter",
    Sensitivity.SENSITIVE: "känsliga", Sensitivity.PROTECTED: "skyddade",
}  # fmt: skip


def register_as_csv(register: DataRegister) -> bytes:
    """Return the register as a table for a Swedish spreadsheet, UTF-8 with BOM."""
    header = ["Personuppgiftsansvarig", *(heading for heading, _name in COLUMNS)]
    with translation.override("sv"):
        rows = [
            (register.authority.name, *(_cell(row, name) for _heading, name in COLUMNS))
            for row in register.processings
        ]
    return csv_text(header, rows).encode()


def _cell(row: Processing, name: str) -> str:
    if name == "basis":
        return str(row.get_basis_display())
    if name == "approved_on":
        return row.approved_on.isoformat() if row.approved_on else "nej"
    return str(getattr(row, name))


def register_as_word(register: DataRegister) -> bytes:
    """Return the register (article 30.1) as an editable Word file with headings."""
    with translation.override("sv"):
        document = _begun("Registerförteckning över behandlingar (artikel 30)")
        _who(document, register)
        for row in register.processings:
            document.add_heading(row.name, level=2)
            table = _table(document, ("Uppgift", "Innehåll"))
            for heading, name in COLUMNS[1:]:
                _add(table, heading, _cell(row, name) or "–")
        _bullets(document, "Tekniska och organisatoriska skyddsåtgärder", MEASURES)
        return _bytes(document)


def dpia_as_word(register: DataRegister) -> bytes:
    """Return the basis of an impact assessment (article 35.7): what follows from the program.

    The assessment itself is the board's: necessity, proportion, risks and advice are headings to fill in.
    """
    with translation.override("sv"):
        document = _begun("Underlag till konsekvensbedömning (artikel 35)")
        _who(document, register)
        document.add_heading("Varför en konsekvensbedömning behövs", level=2)
        document.add_paragraph(
            "Barn, uppgifter i stor skala, känsliga uppgifter och systematisk profilering: minst två av"
            " Integritetsskyddsmyndighetens kriterier är uppfyllda."
        )
        document.add_heading("Behandlingarna och deras stöd", level=2)
        table = _table(document, ("Behandling", "Ändamål", "Grund", "Stöd i lag", "Godkänd"))
        for row in register.processings:
            _add(
                table, row.name, row.purpose, str(row.get_basis_display()), row.law, _cell(row, "approved_on")
            )
        _profiling(document, register)
        _fields(document, register)
        document.add_heading("Roller och vilka elever de når", level=2)
        table = _table(document, ("Roll", "Uppgift", "Når"))
        for line in register.roles:
            _add(table, line.name, line.description, line.reach)
        document.add_heading("Hot, åtgärder och det som är kvar", level=2)
        table = _table(document, ("Tillgång", "Hot", "Åtgärder", "Kvar"))
        for threat in register.threats:
            _add(table, threat.name, threat.threats, threat.measures, threat.left)
        for heading in ("Nödvändighet och proportionalitet", "Risker för eleverna", "Beslut"):
            document.add_heading(heading, level=2)
            document.add_paragraph("Fylls i av personuppgiftsansvarig.")
        document.add_heading("Dataskyddsombudets råd", level=2)
        document.add_paragraph("Fylls i av dataskyddsombudet.")
        return _bytes(document)


def _profiling(document: WordDocument, register: DataRegister) -> None:
    document.add_heading("Profilering", level=2)
    document.add_paragraph(
        "Öppna regler går igenom närvaron automatiskt. Inget poängtal räknas, ingen rangordnas, inget lärs"
        " in ur uppgifter om elever och inget beslut fattas automatiskt. En invändning (artikel 21) besvaras"
        " av rektor med skäl; beviljas den används reglerna inte på eleven."
    )
    _bullets(document, "Reglerna", register.rules, level=3)


def _fields(document: WordDocument, register: DataRegister) -> None:
    document.add_heading("Uppgifter som lagras, efter klass", level=2)
    table = _table(document, ("Tabell", "Om barn", *LEVELS.values(), "Bevaras"))
    for line in register.tables:
        counts = [str(line.counts[str(level)]) for level in LEVELS]
        kept = line.kept if line.decided else f"{line.kept} (inte beslutat av nämnden)"
        _add(table, line.table, "ja" if line.about_child else "nej", *counts, kept)


def _who(document: WordDocument, register: DataRegister) -> None:
    contact = register.contact
    reached = [contact.name, contact.email, contact.phone, contact.address] if contact else ["inte ifyllt"]
    table = _table(document, ("Uppgift", "Innehåll"))
    _add(table, "Personuppgiftsansvarig", register.authority.name)
    _add(table, "Organisationsnummer", register.authority.organisation_number or "–")
    _add(table, "Dataskyddsombud", ", ".join(part for part in reached if part))
    _add(table, "Skolenheter", str(register.units))
    if register.unapproved:
        document.add_paragraph(
            f"UTKAST – {register.unapproved} behandlingar är inte godkända av huvudmannens jurist."
        ).runs[0].bold = True


def _begun(title: str) -> WordDocument:
    document = Document()
    document.core_properties.title = title
    document.core_properties.author = ""
    document.core_properties.language = "sv-SE"
    run = document.styles["Normal"].element.get_or_add_rPr()
    run.append(run.makeelement(qn("w:lang"), {qn("w:val"): "sv-SE"}))
    document.add_heading(title, level=1)
    return document


def _bullets(document: WordDocument, heading: str, lines: Any, *, level: int = 2) -> None:
    document.add_heading(heading, level=level)
    for line in lines:
        document.add_paragraph(line, style="List Bullet")


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


def _bytes(document: WordDocument) -> bytes:
    document.add_paragraph(f"Framtaget {date_format(today(), 'j F Y')} ur Samhandla.")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
