"""Information to those whose data it is: the words as delivered, filled with what the registers say."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from samhandla.detect.rules.catalogue import RULES
from samhandla.people.models import Child, Enrolment
from samhandla.people.queries import on_day
from samhandla.rights.models import Audience, DataContact, InformationText
from samhandla.secrecy.models import Processing
from samhandla.trust.models import Actor, Authority
from samhandla.trust.viewer import Viewer

YOUNGEST_OF_OLDER = 7  # school year from which the text for older pupils is shown
ABOUT_STAFF = frozenset({"accounts", "logs"})
SOURCES = (
    "Elevregistret och skolans närvarosystem: namn, klass, födelsedatum, vårdnadshavare och närvaro.",
    "Personalen: samtal, ställningstaganden, steg, utredningar och vad familjen har svarat.",
    "Systemet självt: signaler enligt öppna regler, och vem som har läst.",
)


@dataclass(frozen=True)
class Information:
    """A text for one audience. `version` is None while it is a draft that nobody has approved."""

    audience: str
    name: str
    content: dict[str, Any]
    version: int | None = None
    approved_on: date | None = None

    @property
    def draft(self) -> bool:
        return self.version is None


@cache
def delivered_texts() -> dict[str, dict[str, Any]]:
    """Return the words as they are delivered, by audience."""
    told = tomllib.loads((files("samhandla.rights") / "information.toml").read_text("utf-8"))
    return {text["audience"]: text for text in told["text"]}


def information_for(authority_id: int, audience: str) -> Information:
    """Return what holds for an audience: the latest approved version whole, else the draft of today.

    Queries: one; four for a draft.
    """
    latest = InformationText.objects.filter(authority_id=authority_id, audience=audience).order_by("-version")
    name = str(Audience(audience).label)
    row = latest.first()
    if row is None:
        return Information(audience, name, drafted(authority_id, audience))
    return Information(audience, name, row.content, row.version, row.approved_on)


@dataclass(frozen=True)
class TextRow:
    """An audience with what holds and what the draft of today would say; `changed`: they differ."""

    audience: str
    name: str
    held: InformationText | None
    draft: dict[str, Any]

    @property
    def changed(self) -> bool:
        return self.held is None or self.held.content != self.draft


def list_texts_for(viewer: Viewer) -> list[TextRow]:
    """Return each audience's text. Queries: one, and three for each audience."""
    rows = InformationText.objects.filter(authority_id=viewer.authority_id).select_related("approved_by")
    held = {row.audience: row for row in rows.order_by("version")}
    return [
        TextRow(code, str(name), held.get(code), drafted(viewer.authority_id, code))
        for code, name in Audience.choices
    ]


def contact_of(authority_id: int) -> DataContact | None:
    """Return how the data protection officer is reached. Queries: one."""
    return DataContact.objects.filter(authority_id=authority_id).first()


def processings_of(authority_id: int, audience: str = "") -> list[Processing]:
    """Return what the authority's lawyer has approved, for an audience what is about it. Queries: one."""
    rows = Processing.objects.filter(authority_id=authority_id, valid_to=None, approved_on__isnull=False)
    about_staff = audience == Audience.STAFF
    return [r for r in rows.order_by("pk") if not audience or (r.code in ABOUT_STAFF) == about_staff]


def drafted(authority_id: int, audience: str) -> dict[str, Any]:
    """Return an audience's text as it would be if it were approved today. Queries: three."""
    text = delivered_texts()[audience]
    authority = Authority.objects.get(pk=authority_id)
    contact, rows = contact_of(authority_id), processings_of(authority_id, audience)
    lists = {
        "processings": [f"{r.name}: {r.purpose} {r.get_basis_display()}; {r.law}." for r in rows],
        "receivers": sorted({r.receivers for r in rows if r.receivers}),
        "kept": [f"{r.name}: {r.kept}." for r in rows],
        "rules": [str(rule.title) for rule in RULES if rule.level == "pupil"],
        "sources": list(SOURCES),
        "contact": _contact(contact),
    }
    return {
        "title": text["title"],
        "lead": text["lead"].format(authority=authority.name),
        "parts": [
            {
                "heading": part["heading"],
                "text": part.get("text", []),
                "list": lists.get(part.get("list", ""), []),
            }
            for part in text["part"]
        ],
    }


def _contact(row: DataContact | None) -> list[str]:
    if row is None:
        return ["Kontaktuppgifter till dataskyddsombudet är inte ifyllda än."]
    return [part for part in (row.name, row.email, row.phone, row.address) if part]


def audience_of(viewer: Viewer, children: Iterable[Child], *, on: date) -> str:
    """Return which text is written for the viewer: a pupil by its school year. Queries: one for a pupil."""
    if viewer.kind == Actor.Kind.GUARDIAN:
        return Audience.GUARDIAN
    if viewer.kind == Actor.Kind.STAFF:
        return Audience.STAFF
    ids = [child.pk for child in children]
    years = Enrolment.objects.filter(on_day(on), child_id__in=ids).order_by("-main")
    form, year = years.values_list("form", "school_year").first() or ("", None)
    upper = str(form).startswith("GY")
    return Audience.YOUNG if not upper and year is not None and year < YOUNGEST_OF_OLDER else Audience.PUPIL
