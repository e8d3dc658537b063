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
        "own-rights",
        _("Mina rättigheter"),
        _("Vad skolan gör med uppgifterna om eleven, och hur du får se dem, rättar dem eller säger nej."),
        P.RIGHTS_OWN,
        20,
    ),
    (
        "rights",
        _("Rättigheter"),
        _("Registerutdrag, rättelser, invändningar och begränsningar, med sista dag för svar."),
        P.RIGHTS_READ,
        44,
    ),
    (
        "data-register",
        _("Registerförteckning"),
        _("Förteckningen över behandlingar och underlaget till konsekvensbedömningen, att hämta som fil."),
        P.RIGHTS_REGISTER,
        45,
    ),
    (
        "information-texts",
        _("Informationstexter"),
        _("Det som elever, vårdnadshavare och personal får veta om sina uppgifter: läs och godkänn."),
        P.RIGHTS_TEXT,
        46,
    ),
)
FROM_START = ("data-register", "information-texts")  # the start page leads there; the menu stays short

# What pages about pupils are called in a log of reading; the others by their title.
PARTS = {
    "own-rights": _("egna rättigheter"),
    "own-extract": _("ett utlämnat registerutdrag"),
    "own-extract-file": _("ett utlämnat registerutdrag"),
    "child-rights": _("begäranden om dataskydd"),
    "rights": _("begäranden om dataskydd"),
    "rights-request": _("en begäran om dataskydd"),
    "rights-extract": _("ett registerutdrag"),
    "rights-extract-print": _("ett registerutdrag"),
    "rights-extract-file": _("ett registerutdrag"),
}


class RightsConfig(AppConfig):
    name = "samhandla.rights"
    verbose_name = "Rättigheter"

    def ready(self) -> None:
        from samhandla.web.beside import register_beside
        from samhandla.web.parts import register_parts
        from samhandla.web.start import Entry, register

        register_parts(PARTS)
        register_beside("child", "rights/_beside.html", _beside_child)
        register_beside("corrections", "rights/_beside.html", _beside_document)
        for url_name, title, text, permission, order in PAGES:
            register(
                Entry(
                    url_name=url_name,
                    title=title,
                    text=text,
                    permission=permission,
                    order=order,
                    note=_note_of_requests if url_name == "rights" else None,
                    in_menu=url_name not in FROM_START,
                )
            )


def _note_of_requests(viewer: Viewer) -> str:
    from samhandla.rights.queries.requests import note_of_requests

    return note_of_requests(viewer)


def _beside_document(viewer: Viewer, child: object) -> dict[str, object]:
    from samhandla.rights.queries.beside import corrections_for

    return corrections_for(viewer, child)  # type: ignore[arg-type]  # the page gives a child


def _beside_child(viewer: Viewer, child: object) -> dict[str, object]:
    from samhandla.rights.queries.beside import beside_child_for

    return beside_child_for(viewer, child)  # type: ignore[arg-type]  # the page gives a child
