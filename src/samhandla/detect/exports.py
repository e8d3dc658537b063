"""Documents about one child: the Word file of an inquiry, and the first text of a notice.

They are handed out in Swedish whatever language the writer reads in: the record is Swedish.
"""

from __future__ import annotations

import io

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from samhandla.detect.models import Notice
from samhandla.detect.queries.inquiry import InquiryPage

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PARTS = (
    ("Elevens egen förklaring", "child_explanation"),
    ("Vårdnadshavarens bild", "guardian_view"),
    ("Undervisning och skolans struktur", "teaching"),
    ("Det sociala i skolan", "social"),
    ("Eleven själv", "child_level"),
    ("Hem och fritid", "home"),
    ("Det här gör vi", "next_step"),
)


def notice_text(notice: Notice, page: InquiryPage) -> str:
    """Return what a notice says before the principal has changed it: that and when, not what it is about."""
    with translation.override("sv"):
        return render_to_string("detect/notice_text.txt", {"notice": notice, "page": page}).strip()


def inquiry_as_word(page: InquiryPage) -> bytes:
    """Return an inquiry as an editable Word file with headings, exactly one child in it."""
    with translation.override("sv"):
        document = Document()
        _describe(document)
        document.add_heading("Utredning av frånvaro", level=1)
        if page.draft:
            document.add_paragraph("UTKAST – inte färdigställt").runs[0].bold = True
        _facts(document, page)
        document.add_heading("Beslut", level=2)
        _decision(document, page)
        for heading, name in PARTS:
            if name == "guardian_view" and page.pupil_alone:
                continue
            document.add_heading(heading, level=2)
            document.add_paragraph(str(page.content[name] or "–"))
        document.add_heading("Uppföljning", level=2)
        document.add_paragraph(_follow_up(page))
        buffer = io.BytesIO()
        document.save(buffer)
    return buffer.getvalue()


def _describe(document: WordDocument) -> None:
    """Set title and language, so that a screen reader speaks Swedish; no name stands in the properties."""
    document.core_properties.title = "Utredning av frånvaro"
    document.core_properties.author = ""
    document.core_properties.language = "sv-SE"
    fonts = document.styles["Normal"].element.get_or_add_rPr()
    language = fonts.makeelement(qn("w:lang"), {qn("w:val"): "sv-SE"})
    fonts.append(language)


def _facts(document: WordDocument, page: InquiryPage) -> None:
    pupil, inquiry = page.pupil, page.inquiry
    final = inquiry.finalised_on
    rows = [
        ("Elev", pupil.child.shown_name),
        ("Klass", pupil.class_name or "–"),
        ("Skolform", pupil.form or "–"),
        ("Skolenhet", inquiry.unit.name),
        ("Huvudman", pupil.authority.name),
        ("Rättslig grund", law_in_words(page)),
        ("Färdigställd", date_format(final, "Y-m-d") if final else "nej, utkast"),
    ]
    table = document.add_table(rows=0, cols=2)
    table.style = "Light List Accent 1" if "Light List Accent 1" in document.styles else None
    for label, value in rows:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, str(value)


def _decision(document: WordDocument, page: InquiryPage) -> None:
    inquiry = page.inquiry
    by = inquiry.decided_by.name if inquiry.decided_by else ""
    day = date_format(inquiry.decided_on, "Y-m-d") if inquiry.decided_on else ""
    document.add_paragraph(f"{inquiry.get_decision_display()} ({day}, {by})")
    document.add_paragraph(inquiry.decision_reason)
    document.add_paragraph("Beslutet är en offentlig uppgift (23 kap. offentlighets- och sekretesslagen).")


def _follow_up(page: InquiryPage) -> str:
    day = page.inquiry.follow_up_on
    support = (
        "Behov av särskilt stöd utreds också (3 kap. 7 § skollagen). " if page.inquiry.special_support else ""
    )
    return support + (f"Uppföljning {date_format(day, 'Y-m-d')}." if day else "Ingen dag är bestämd.")


def law_in_words(page: InquiryPage) -> str:
    """Return the paragraph that the inquiry stands on."""
    if page.compulsory:
        return "7 kap. 19 a § skollagen (2010:800)"
    alone = ", myndig elev" if page.pupil_alone else ""
    return f"15 kap. 15–16 §§ skollagen (2010:800){alone}"
