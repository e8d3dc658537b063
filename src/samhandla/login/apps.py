from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from samhandla.trust.permissions import Permission


class LoginConfig(AppConfig):
    name = "samhandla.login"
    verbose_name = "Inloggning"

    def ready(self) -> None:
        from samhandla.login import checks, listen  # noqa: F401 - they register themselves
        from samhandla.login.purging import purge_drafts
        from samhandla.people.purging import register_purger
        from samhandla.web import start

        register_purger(purge_drafts)
        start.register(
            start.Entry(
                "login-demands",
                _("Krav på inloggning"),
                _("Hur säkert man ska ha loggat in för olika roller, och när reservkontot har använts."),
                Permission.LOGIN_EDIT,
                96,
                in_menu=False,
            )
        )
