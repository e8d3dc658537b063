from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from samhandla.trust.permissions import Permission as P

# Address name, title, text, permission, order: the menu and the start page of the room.
PAGES = (
    ("releases", _("Begäran om handlingar"), _("Ta emot, samla, pröva, maskera och svara."), P.RELEASE, 20),
    ("diary", _("Diarium"), _("Allt som är färdigställt, med nummer."), P.RECORDS_READ, 21),
    (
        "retention",
        _("Bevarande och gallring"),
        _("Nämndens beslut, vad som ska gallras, undantag och protokoll."),
        P.RETENTION_EDIT,
        22,
    ),
    (
        "disposal-list",
        _("Att gallra"),
        _("Tiden ute för handlingar som nämnden har beslutat att gallra."),
        P.DISPOSE,
        43,
    ),
    ("archive", _("Arkivexport"), _("Handlingar till e-arkivet, med index."), P.ARCHIVE_EXPORT, 44),
    (
        "decisions",
        _("Beslut om utlämnande"),
        _("Skriftliga beslut om att inte lämna ut en handling, för den som har delegation."),
        P.RELEASE_DECIDE,
        45,
    ),
    ("delegations", _("Delegationer"), _("Vem som får besluta om att inte lämna ut."), P.DELEGATION_SET, 70),
)
FROM_START = (
    "disposal-list",
    "archive",
    "decisions",
    "delegations",
)  # the start page leads there; the menu stays short

_RELEASED = _("en begäran om handlingar")
# What pages about pupils are called in a log of reading; the others by their title.
PARTS = {
    "document": _("en handling i diariet"),
    "document-write": _("en handling i diariet"),
    "child-documents": _("elevens handlingar"),
    "release-item": _RELEASED,
    "release-mask": _RELEASED,
    "release-judge": _RELEASED,
    "release-copy": _RELEASED,
    "release-answer": _RELEASED,
    "release-decide": _RELEASED,
    "release-collect": _RELEASED,
    "archive-fetch": _("uttag till arkivet"),
}


class RecordsConfig(AppConfig):
    name = "samhandla.records"
    verbose_name = "Allmänna handlingar"

    def ready(self) -> None:
        from samhandla.people.actions.logs import SIGNED
        from samhandla.records.actions.checks import register_check
        from samhandla.records.queries.requests import decisions_note, requests_note
        from samhandla.web.parts import register_parts
        from samhandla.web.start import Entry, register

        SIGNED.append(register_check)
        register_parts(PARTS)
        notes = {"releases": requests_note, "decisions": decisions_note}
        for url_name, title, text, permission, order in PAGES:
            register(
                Entry(
                    url_name=url_name,
                    title=title,
                    text=text,
                    permission=permission,
                    order=order,
                    note=notes.get(url_name),
                    in_menu=url_name not in FROM_START,
                )
            )
