from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connection, transaction
from django.db.models.signals import post_migrate, pre_migrate


class TrustConfig(AppConfig):
    name = "samhandla.trust"
    verbose_name = "Tillit"

    def ready(self) -> None:
        if settings.DATABASE_ROLE != "owner":
            return
        pre_migrate.connect(grant_defaults, sender=self)
        post_migrate.connect(store_signing_key, sender=self)
        post_migrate.connect(install_history, sender=self)


def grant_defaults(**kwargs: Any) -> None:
    """Give the running role its rights on every table that migrations will make."""
    with connection.cursor() as cursor:
        cursor.execute("grant usage on schema public to samhandla_app")
        cursor.execute("grant usage, create on schema public to samhandla_maint")
        for role, rights in (
            ("samhandla_app", "select, insert, update, delete"),
            ("samhandla_maint", "select, insert, update, delete"),
        ):
            cursor.execute(f"alter default privileges in schema public grant {rights} on tables to {role}")
            cursor.execute(
                f"alter default privileges in schema public grant usage, select on sequences to {role}"
            )


def store_signing_key(**kwargs: Any) -> None:
    """Store the pads with which the database checks the viewer token, from the installation's secret."""
    from samhandla.trust import crypto
    from samhandla.trust.models import SigningKey

    inner, outer = crypto.hmac_pads(crypto.derive_key(settings.SAMHANDLA_SECRET, "viewer"))
    if SigningKey._meta.db_table in connection.introspection.table_names():
        SigningKey.objects.update_or_create(pk=1, defaults={"inner_pad": inner, "outer_pad": outer})


def install_history(**kwargs: Any) -> None:
    """Make the triggers of history anew, as the models are now, with rights that the running role lacks.

    In one transaction, so that no write falls between an old trigger and a new one. After a step back to
    where there is no history yet nothing is done.
    """
    import pgtrigger

    from samhandla.trust.history import HISTORY, SECURED

    tables = {history._meta.db_table for history in HISTORY.values()}
    if not tables <= set(connection.introspection.table_names()):
        return
    with transaction.atomic(), connection.cursor() as cursor:
        pgtrigger.install()
        cursor.execute(SECURED)
