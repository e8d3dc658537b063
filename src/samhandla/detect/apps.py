from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from samhandla.trust.permissions import Permission as P

if TYPE_CHECKING:
    from samhandla.trust.viewer import Viewer

# Address name, title, text, permission, order: the menu and the start page of the room.
PAGES = (
    (
        "worklist",
        _("Att ta ställning till"),
        _("Dina elever med en signal, varför den visas och hur lång tid du har."),
        P.SIGNAL_LIST,
        10,
    ),
    (
        "principal",
        _("Rektor"),
        _("Det som väntar på dig, först klass, lektionspass och skolenhet."),
        P.UNIT_OVERSEE,
        11,
    ),
    (
        "notices",
        _("Anmälningar om frånvaro"),
        _("Anmälningar från rektorerna: ta emot, svara och lämna ut."),
        P.NOTICE_READ,
        14,
    ),
    ("team", _("Elevhälsa"), _("Hög frånvaro, inget påbörjat. Främja först."), P.TEAM_LIST, 13),
    (
        "guidance",
        _("Närvarohandledning"),
        _("Tjugo minuter per mentor och månad: siffror och tre öppna frågor."),
        P.GUIDANCE_READ,
        12,
    ),
    (
        "taught",
        _("Mina grupper"),
        _("Markera den som var på plats men inte med i undervisningen."),
        P.MARK_PARTICIPATION,
        15,
    ),
    (
        "process",
        _("Processledare"),
        _("Tid per svar, svar i tid, och var arbetssättet inte används."),
        P.PROCESS_READ,
        30,
    ),
    (
        "rehearsals",
        _("Provkörning"),
        _("Pröva gränsvärden på ett läsår som varit, innan de gäller."),
        P.RULES_REHEARSE,
        70,
    ),
    ("rules", _("Regler"), _("Vad varje regel säger och vilka gränser som gäller."), P.RULES_EDIT, 71),
    ("ladder", _("Närvarotrappa"), _("Steg, tidsfrist, samtalskort och ton."), P.LADDER_EDIT, 72),
)


# What pages about pupils are called in a log of reading; the others by their title.
PARTS = {
    "principal": _("rektors sida"),
    "team": _("elevhälsans lista"),
    "worklist": _("mentorns lista"),
    "pupil": _("elevens sida"),
    "signal": _("signalen"),
    "contact": _("samtalet"),
    "inquiry": _("utredningen av frånvaro"),
    "inquiry-ask": _("förslaget om utredning"),
    "inquiry-decide": _("utredningen av frånvaro"),
    "notice": _("anmälan"),
    "delivered": _("anmälan"),
    "taught-group": _("undervisningsgruppens namnlista"),
    "guidance-group": _("närvarohandledning"),
    "notice-print": _("anmälan"),
    "delivered-print": _("anmälan"),
    "inquiry-print": _("utredningen av frånvaro"),
    "group-signal": _("signalen om en klass"),
}


class DetectConfig(AppConfig):
    name = "samhandla.detect"
    verbose_name = "Upptäcka"

    def ready(self) -> None:
        from samhandla.detect.models import Inquiry, Notice, Signal
        from samhandla.detect.taught import teaches
        from samhandla.login.purging import register_objects
        from samhandla.people.queries import leads_pupils
        from samhandla.web.parts import register_parts
        from samhandla.web.start import Entry, register

        register_parts(PARTS)
        register_objects({"signal_id": Signal, "inquiry_id": Inquiry, "notice_id": Notice})
        notes = {"worklist": _note_of_worklist, "principal": _note_of_principal, "notices": _note_of_notices}
        only = {"worklist": leads_pupils, "taught": teaches}  # an empty list is nobody's first page
        for url_name, title, text, permission, order in PAGES:
            note = notes.get(url_name)
            register(
                Entry(
                    url_name=url_name,
                    title=title,
                    text=text,
                    permission=permission,
                    order=order,
                    note=note,
                    when=only.get(url_name),
                )
            )


# The queries bring the analytics engine with them, which a command that only starts Django never needs.
def _note_of_worklist(viewer: Viewer) -> str:
    from samhandla.detect.queries.notes import note_of_worklist

    return note_of_worklist(viewer)


def _note_of_principal(viewer: Viewer) -> str:
    from samhandla.detect.queries.notes import note_of_principal

    return note_of_principal(viewer)


def _note_of_notices(viewer: Viewer) -> str:
    from samhandla.detect.queries.notes import note_of_notices

    return note_of_notices(viewer)
