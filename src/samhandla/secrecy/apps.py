from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from samhandla.trust.permissions import Permission as P

# Address name, title, text, permission, order: the menu and the start page of the room.
PAGES = (
    (
        "emi",
        _("Elevhälsans medicinska insats"),
        _("Era egna anteckningar om kontakter och frågor. Ingen annan läser dem."),
        P.EMI_WORK,
        12,
    ),
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
    (
        "cards",
        _("Dina kort utan namn"),
        _("Kort för att rådfråga någon utan att säga vem det gäller."),
        P.CONSULT,
        37,
    ),
    (
        "consents-ending",
        _("Samtycken som går ut"),
        _("Ja som familjer har sagt och som snart inte gäller längre."),
        P.CONSENT_EDIT,
        38,
    ),
    (
        "emergency",
        _("Nödåtkomst"),
        _("Öppna en elev vid en annan enhet när det är bråttom, och se vem som har öppnat dina elever."),
        P.EMERGENCY_READ,
        39,
    ),
    (
        "emergency-review",
        _("Granska nödåtkomst"),
        _("Varje nödåtkomst granskas och undertecknas av den som är utsedd."),
        P.EMERGENCY_REVIEW,
        42,
    ),
    (
        "processings",
        _("Rättslig grund"),
        _("Huvudmannens behandlingar av personuppgifter och stödet för var och en."),
        P.PROCESSING_READ,
        43,
    ),
    ("law", _("Lagrum"), _("Bestämmelser som bryter sekretess: godkända och väntande."), P.LAW_APPROVE, 41),
)


FROM_START = ("cards", "consents-ending", "processings")  # the start page leads there; the menu stays short


_HANDED = _("samtycken och lämnade uppgifter")
_CONSENTS = _("samtycken till insats och SIP")
# What pages about pupils are called in a log of reading; the others by their title.
PARTS = {
    "hand-over": _HANDED,
    "transfer-send": _HANDED,
    "waiver-ask": _HANDED,
    "waiver-answer": _HANDED,
    "consents": _CONSENTS,
    "consent-ask": _CONSENTS,
    "consent-answer": _CONSENTS,
    "consent-paper": _("ett skannat samtycke"),
    "emi-child": _("EMI:s anteckningar"),
    "consult": _("ett kort utan namn"),
    "emergency-open": _("nödåtkomst"),
    "switch": _("vem skolan får prata med"),
}


class SecrecyConfig(AppConfig):
    name = "samhandla.secrecy"
    verbose_name = "Sekretess"

    def ready(self) -> None:
        from samhandla.login.purging import register_objects
        from samhandla.secrecy.models import Consent, Waiver
        from samhandla.secrecy.queries.consents import ending_note
        from samhandla.secrecy.queries.emergency import emergencies_note, review_note
        from samhandla.secrecy.queries.emi import note_of_emi
        from samhandla.secrecy.queries.transfers import note_of_inbox
        from samhandla.web.parts import register_parts
        from samhandla.web.start import Entry, register

        register_parts(PARTS)
        register_objects({"waiver_id": Waiver, "consent_id": Consent})
        notes = {
            "inbox": note_of_inbox,
            "emi": note_of_emi,
            "consents-ending": ending_note,
            "emergency": emergencies_note,
            "emergency-review": review_note,
        }
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
