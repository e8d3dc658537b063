"""PostgreSQL backend that names the viewer at the start of every transaction.

One place serves web, jobs, command line and tests alike. A query about people outside a viewer
finds nothing; where `SAMHANDLA_LOUD` is on (tests, development) it raises instead, so that the
mistake is seen where it is made.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # private, and so not in the stubs
        if not autocommit and settings.DATABASE_ROLE == "app":
            from samhandla.trust.viewer import VIEWER_SETTING, viewer_token

            with self.connection.cursor() as cursor:
                cursor.execute("select set_config(%s, %s, true)", [VIEWER_SETTING, viewer_token()])

    def init_connection_state(self) -> None:
        super().init_connection_state()
        if settings.SAMHANDLA_LOUD and settings.DATABASE_ROLE == "app" and not self.execute_wrappers:
            self.execute_wrappers.append(refuse_without_viewer)


@cache
def _protected_tables() -> re.Pattern[str]:
    from samhandla.trust.rls import protected_models

    # An event may be written by nobody: a refused login has no viewer.
    models = [m for m in protected_models(apps.get_models()) if getattr(m, "row_security", "") != "event"]
    names = sorted(model._meta.db_table for model in models)
    return re.compile(r'(?:from|into|update|join)\s+"?(' + "|".join(names) + r')"?(?:\W|$)', re.IGNORECASE)


def refuse_without_viewer(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Raise when a protected table is touched and nobody has said who asks."""
    from samhandla.trust.viewer import NoViewer, current_viewer

    if current_viewer() is None and isinstance(sql, str) and _protected_tables().search(sql):
        raise NoViewer(f"Fråga om personer utan frågare; använd acting_as(viewer): {sql[:120]}")
    return execute(sql, params, many, context)
