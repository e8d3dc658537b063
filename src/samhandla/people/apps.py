from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from samhandla.trust.permissions import Permission as P
from samhandla.trust.viewer import Viewer

# Address name, title, text, permission, order: the menu and the start page of the room.
PAGES = (
    (
        "register",
        _("Registret"),
        _("Enheter, grupper, personal och elever, i dag och tidigare."),
        P.REGISTER_READ,
        70,
    ),
    ("search", _("Sök elev"), _("Hitta en elev som du har behörighet till."), P.CHILD_READ, 35),
    ("stand-ins", _("Ersättare"), _("Vem tar över när någon är borta."), P.STAND_IN_SET, 72),
    (
        "named-staff",
        _("Namngiven personal"),
        _("Vem som får se elever med skyddade personuppgifter. Ingen annan ser dem."),
        P.PROTECTED_NAME,
        71,
    ),
    ("conflicts", _("Jäv"), _("Barn som står dig nära. Du ser inget om dem här."), P.CHILD_READ, 77),
    (
        "duties",
        _("Uppdrag"),
        _("Vem som har vilken roll, och därmed behörighet."),
        P.DUTY_READ,
        74,
    ),
    (
        "labels",
        _("Årskursernas namn"),
        _("Vad årskurserna heter enligt lag, från vilken dag, och om det är godkänt."),
        P.LABEL_APPROVE,
        41,
    ),
    (
        "accounts",
        _("Konton"),
        _("Vem som kan logga in. Öppna, förnya och stäng konton."),
        P.ACCOUNT_EDIT,
        73,
    ),
    (
        "calendar",
        _("Läsårskalender"),
        _("Terminer, lov och studiedagar. Tidsfrister räknas i skoldagar."),
        P.CALENDAR_EDIT,
        76,
    ),
    (
        "log-reviews",
        _("Loggkontroll"),
        _("Se igenom månadens läsningar och signera."),
        P.LOG_REVIEW,
        45,
    ),
    (
        "family-log",
        _("Familjernas logg"),
        _("Om vårdnadshavare och elever får läsa sin egen logg."),
        P.LAW_APPROVE,
        42,
    ),
    ("own-log", _("Vem har läst om mig?"), _("Roll, enhet, tid och skäl."), P.OWN_LOG_READ, 20),
)

# What pages of the register are called in a log of reading.
PARTS = {
    "register-children": _("sökning bland elever"),
    "search": _("sökning bland elever"),
    "register-child": _("elevens kort i registret"),
    "register-group": _("gruppens lista i registret"),
    "register-personnummer": _("personnumret"),
    "register-find-number": _("sökning på personnummer"),
    "family-logins": _("familjens inloggning"),
    "named-child": _("namngiven personal"),
    "conflict-note": _("anmälan om jäv"),
    "who-sees": _("vem som kan se"),
    "child-changes": _("ändringar om en elev"),
    "who-has-read": _("vem som har läst"),
    "log-review": _("loggkontroll"),
}


class PeopleConfig(AppConfig):
    name = "samhandla.people"
    verbose_name = "Registret"

    def ready(self) -> None:
        from samhandla.web.parts import register_parts
        from samhandla.web.start import Entry, register

        for url_name, title, text, permission, order in PAGES:
            note = _note_of_reviews if url_name == "log-reviews" else None
            register(
                Entry(
                    url_name=url_name, title=title, text=text, permission=permission, order=order, note=note
                )
            )
        register_parts(PARTS)


def _note_of_reviews(viewer: Viewer) -> str:
    from samhandla.people.queries.logs import note_of_reviews

    return note_of_reviews(viewer)
