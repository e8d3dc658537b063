from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalyticsConfig(AppConfig):
    name = "samhandla.analytics"
    verbose_name = "Statistik"

    def ready(self) -> None:
        from samhandla.trust.permissions import Permission
        from samhandla.web.start import Entry, register

        register(
            Entry(
                url_name="quality",
                title=_("Datakvalitet"),
                text=_("Hur mycket är registrerat, och vad i uppgifterna går att lita på?"),
                permission=Permission.QUALITY_READ,
                order=50,
            )
        )
