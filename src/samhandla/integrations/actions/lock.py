"""One import of a source at a time. The lock goes when the process does, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from samhandla.integrations.errors import ImportBusy
from samhandla.lib.i18n import N_, say

LOCK_SPACE = 0x53414D48  # a number of our own among the advisory locks of the database
# A killed process loses its connection, and its lock, at once. A machine that has gone says nothing: then the
# server asks after a minute of silence and gives up after another. (Of no effect over a local socket.)
NOTICE_THE_DEAD = (
    "set tcp_keepalives_idle = 60; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 6"
)


@contextmanager
def only_import_of(source_id: int, name: str) -> Iterator[None]:
    """Hold the source for the whole of a run, over its many transactions.

    Raises:
        ImportBusy: another run of the same source is under way.
    """
    with connection.cursor() as cursor:
        cursor.execute(NOTICE_THE_DEAD)
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, source_id])
        row = cursor.fetchone()
    if not row or not row[0]:
        raise ImportBusy(
            say(
                N_(
                    "En import från {name} pågår redan. Vänta tills den är klar och försök igen; den som "
                    "pågår påverkas inte."
                ),
                name=name,
            )
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s, %s)", [LOCK_SPACE, source_id])


def is_running(source_id: int) -> bool:
    """Tell whether a run of the source is under way, here or in another process."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from pg_locks"
            " where locktype = 'advisory' and classid = %s and objid = %s)",
            [LOCK_SPACE, source_id],
        )
        row = cursor.fetchone()
    return bool(row and row[0])
