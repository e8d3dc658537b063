"""Writes the log of reading: one entry for each answer that showed something about children, or refused to.

On a connection of its own, so that an entry stands whatever becomes of the request's transaction, and before
the answer is sent: what cannot be logged is not shown.
"""

from __future__ import annotations

import atexit
import logging
import threading
import uuid
from collections.abc import Iterable
from typing import Any

import psycopg
from django.db import connection

from samhandla.people.errors import RegisterError
from samhandla.trust.viewer import VIEWER_SETTING, Viewer, token_of

INSERT = """
    insert into trust_readentry (id, at, actor_id, authority_id, page, method, outcome, children, reasons)
    values (%s, clock_timestamp(), %s, %s, %s, %s, %s, %s::bigint[], people_reasons_of(%s::bigint[]))
"""


class NotLogged(RegisterError):
    """The log of reading could not be written, and so nothing is shown."""


class _Line:
    """One connection to the log for the whole process; an entry takes well under a millisecond."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, psycopg.Connection[Any]] = {}

    def write(self, viewer: Viewer, values: tuple[Any, ...]) -> None:
        params = connection.get_connection_params()
        with self._lock:
            for attempt in (1, 2):
                try:
                    self._write(self._connected(params), viewer, values)
                except psycopg.OperationalError:
                    self._forget(params["dbname"])
                    if attempt == 2:
                        raise
                else:
                    return

    def close(self) -> None:
        """Close every connection; the next entry opens a new one."""
        with self._lock:
            for name in list(self._open):
                self._forget(name)

    def _forget(self, name: str) -> None:
        line = self._open.pop(name, None)
        if line is not None:
            line.close()

    def _connected(self, params: dict[str, Any]) -> psycopg.Connection[Any]:
        name = params["dbname"]
        if name not in self._open:
            words = {
                key: params[key] for key in ("dbname", "user", "password", "host", "port") if key in params
            }
            self._open[name] = psycopg.connect(**words, autocommit=True)
        return self._open[name]

    def _write(self, line: psycopg.Connection[Any], viewer: Viewer, values: tuple[Any, ...]) -> None:
        with line.transaction():
            line.execute("select set_config(%s, %s, true)", [VIEWER_SETTING, token_of(viewer)])
            line.execute(INSERT, values)


_line = _Line()
atexit.register(_line.close)


def log_reading(
    viewer: Viewer, *, page: str, method: str, outcome: str, children: Iterable[int]
) -> uuid.UUID:
    """Write one entry.

    Args:
        page: the name of the path, e.g. `pupil`; never the address, which may hold what was searched for.
    Raises:
        NotLogged: the database did not take it.
    """
    key, shown = uuid.uuid4(), sorted(set(children))
    values = (key, viewer.actor_id, viewer.authority_id, page[:80], method[:7], outcome, shown, shown)
    try:
        _line.write(viewer, values)
    except psycopg.Error as error:
        logging.getLogger(__name__).exception("the log of reading could not be written")
        raise NotLogged from error
    return key
