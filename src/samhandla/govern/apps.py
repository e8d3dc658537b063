from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GovernConfig(AppConfig):
    name = "samhandla.govern"
    verbose_name = "Styra"

    def ready(self) -> None:
        from samhandla.trust.permissions import Permission
        from samhandla.web.start import Entry, register

        register(
            Entry(
                url_name="board",
                title=_("Nämndsidan"),
                text=_("Andel elever med hög frånvaro, per skolform, skolenhet, kön och termin."),
                permission=Permission.BOARD_READ,
                order=40,
            )
        )
        register(
            Entry(
                url_name="linkage",
                title=_("Statistisk samkörning"),
                text=_("Socialnämndens närvaromål: summor om barn med insatser, utan uppgift om någon."),
                permission=Permission.LINKAGE_READ,
                order=44,
            )
        )
