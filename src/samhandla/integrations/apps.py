from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    name = "samhandla.integrations"
    verbose_name = "Import"

    def ready(self) -> None:
        from samhandla.integrations.actions.ledger import purge_changes
        from samhandla.people.purging import register_purger
        from samhandla.trust.permissions import Permission
        from samhandla.web.start import Entry, register

        register_purger(purge_changes)
        register(
            Entry(
                url_name="sources",
                title=_("Import"),
                text=_("Källor till register och närvaro: hämta, provköra, ta in och ångra."),
                permission=Permission.IMPORT_RUN,
                order=14,  # the first page of whoever keeps the sources
            )
        )
