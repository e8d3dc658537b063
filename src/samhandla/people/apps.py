from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "samhandla.people"
    verbose_name = "Registret"

    def ready(self) -> None:
        from samhandla.trust.permissions import Permission as P
        from samhandla.web.start import Entry, register

        for url_name, title, text, permission, order in (
            (
                "register",
                _("Registret"),
                _("Enheter, grupper, personal och elever, i dag och tidigare."),
                P.REGISTER_READ,
                70,
            ),
            ("stand-ins", _("Ersättare"), _("Vem tar över när någon är borta."), P.STAND_IN_SET, 72),
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
        ):
            register(Entry(url_name=url_name, title=title, text=text, permission=permission, order=order))
