from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from samhandla.trust.permissions import Permission as P
from samhandla.trust.viewer import Viewer

# Address name, title, text, permission, order: the menu and the start page of the room.
PAGES = (
    (
        "inbox",
        _("Mottagna uppgifter"),
        _("Det som andra verksamheter har lämnat till er."),
        P.TRANSFER_RECEIVE,
        16,
    ),
    (
        "guide",
        _("Får jag lämna?"),
        _("Får jag lämna en uppgift till någon annan? Fråga utan namn."),
        P.LAW_READ,
        40,
    ),
    ("law", _("Lagrum"), _("Bestämmelser som bryter sekretess: godkända och väntande."), P.LAW_APPROVE, 41),
)


class SecrecyConfig(AppConfig):
    name = "samhandla.secrecy"
    verbose_name = "Sekretess"

    def ready(self) -> None:
        from samhandla.web.parts import register_parts
        from samhandla.web.start import Entry, register

        register_parts({"hand-over": _("samtycken och lämnade uppgifter")})

        for url_name, title, text, permission, order in PAGES:
            note = _note_of_inbox if url_name == "inbox" else None
            register(
                Entry(
                    url_name=url_name, title=title, text=text, permission=permission, order=order, note=note
                )
            )


# The queries need the models, which are there when the page is asked for.
def _note_of_inbox(viewer: Viewer) -> str:
    from samhandla.secrecy.queries.transfers import note_of_inbox

    return note_of_inbox(viewer)
