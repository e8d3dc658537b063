"""An extract as it was made, as it is looked through, and as it is handed out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from samhandla.people.models import Child
from samhandla.people.queries import service_viewer
from samhandla.rights import sources
from samhandla.rights.models import Extract, RightsRequest, Withheld
from samhandla.rights.queries.requests import hides_places
from samhandla.rights.rules.pieces import Decision, Open, given_of, texts_of, undecided
from samhandla.trust import crypto
from samhandla.trust.models import Authority
from samhandla.trust.shown import note_shown
from samhandla.trust.viewer import Viewer, acting_as

FORMAT = "samhandla-registerutdrag-1"


def bound_to(key: UUID) -> str:
    """Return what the seal of an extract is bound to, so that it cannot be moved to another request."""
    return f"extract {key}"


def content_of(extract: Extract) -> list[dict[str, Any]]:
    """Return an extract's sections as they were taken out of the tables."""
    text = crypto.decrypt(settings.SAMHANDLA_SECRET, bytes(extract.sealed), bound_to=bound_to(extract.key))
    found: list[dict[str, Any]] = json.loads(text)
    return found


def decisions_of(extract: Extract) -> dict[str, Decision]:
    """Return what has been decided about pieces of an extract. Queries: one."""
    rows = Withheld.objects.filter(extract=extract).values_list("piece", "given", "ground")
    return {piece: Decision(given, ground) for piece, given, ground in rows}


def hidden_places_of(viewer: Viewer, request: RightsRequest) -> bool:
    """Tell whether the extract of a request says nothing of where the child is. Queries: one."""
    with acting_as(service_viewer(viewer.authority_id)):
        child = Child.objects.get(pk=request.child_id)
    return hides_places(request, child)


@dataclass(frozen=True)
class ExtractPage:
    """An extract with its texts to read, and its sections as they would be handed out now."""

    extract: Extract
    texts: list[Open]
    sections: list[dict[str, Any]]
    hidden_places: bool

    @property
    def to_decide(self) -> list[Open]:
        return undecided(self.texts)

    @property
    def pointed_out(self) -> list[Open]:
        """The texts that somebody must decide about one by one."""
        return [one for one in self.texts if one.because]

    @property
    def others(self) -> list[Open]:
        return [one for one in self.texts if not one.because]


def extract_page_for(viewer: Viewer, request: RightsRequest) -> ExtractPage | None:
    """Return the extract of a request; None before it is made, and when it is not the viewer's to read.

    Queries: five.
    """
    extract = Extract.objects.filter(request=request).select_related("made_by", "looked_by").first()
    if extract is None:
        return None
    note_shown((request.child_id,))
    content, decisions = content_of(extract), decisions_of(extract)
    hide = hidden_places_of(viewer, request)
    return ExtractPage(
        extract, texts_of(content, decisions), in_tables(given_of(content, decisions, hide_places=hide)), hide
    )


def own_extract_for(viewer: Viewer, request_id: int) -> tuple[RightsRequest, ExtractPage] | None:
    """Return what has been handed out to the viewer's own page; None alike for missing and forbidden."""
    mine = RightsRequest.objects.filter(pk=request_id, asked_by_id=viewer.actor_id)
    request = mine.filter(extract__handed_at__isnull=False, extract__handed_how="page").first()
    if request is None:
        return None
    page = extract_page_for(viewer, request)
    return None if page is None else (request, page)


def in_tables(sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return sections with `cells` for a template: each row's texts in the order of its columns."""
    return [
        {
            **section,
            "lines": [
                [
                    {
                        "label": column["label"],
                        "text": row["text"].get(column["name"], ""),
                        "withheld": _ground(row["withheld"].get(column["name"], "")),
                    }
                    for column in section["columns"]
                ]
                for row in section["rows"]
            ],
        }
        for section in sections
    ]


def _ground(code: str) -> str:
    return str(Withheld.Ground(code).label) if code else ""


def as_file(viewer: Viewer, request: RightsRequest, page: ExtractPage) -> dict[str, Any]:
    """Return an extract for a machine: tables with field names, and a manifest of what is and is not there.

    Queries: one.
    """
    authority = Authority.objects.get(pk=viewer.authority_id)
    tables = [_table(section) for section in page.sections]
    return {
        "manifest": {
            "format": FORMAT,
            "authority": {"name": authority.name, "organisation_number": authority.organisation_number},
            "legal_basis": "artikel 15 i dataskyddsförordningen (EU) 2016/679",
            "for": request.who,
            "made_at": timezone.localtime(page.extract.made_at).isoformat(timespec="seconds"),
            "tables": [
                {"table": t["table"], "heading": t["heading"], "rows": len(t["rows"])} for t in tables
            ],
            "not_included": [{"what": what, "why": why} for what, why in sources.LEFT_OUT.items()],
            "left_out_fields": {"keys": sources.KEYS, "sealed": sources.SEALED},
            "withheld": sum(len(row.get("withheld", {})) for table in tables for row in table["rows"]),
        },
        "tables": tables,
    }


def _table(section: dict[str, Any]) -> dict[str, Any]:
    return {
        "table": section["table"],
        "heading": section["heading"],
        "fields": [{"name": c["name"], "label": c["label"]} for c in section["columns"]],
        "rows": [
            {"values": row["values"], **({"withheld": row["withheld"]} if row["withheld"] else {})}
            for row in section["rows"]
        ],
    }
