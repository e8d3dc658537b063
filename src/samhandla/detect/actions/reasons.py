"""Writing what the rules found as reasons of signals: many rows in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec
from django.db import connection

from samhandla.detect.models import Signal
from samhandla.detect.rules.run import Signal as Found

# All rows as one value of JSON: a driver takes longer to put many values together, also as arrays, than the
# database to write them.
UPSERT = """
    insert into detect_reason (child_id, domain_id, unit_id, signal_id, rule, version, since, numbers,
        parameters, first_seen, last_seen)
    select s.child_id, s.domain_id, s.unit_id, s.id, f.rule, f.version, f.since, f.numbers, '{}',
        %(day)s, %(day)s
    from jsonb_to_recordset(%(rows)s::jsonb)
        as f(signal bigint, rule text, version smallint, since date, numbers jsonb)
    join detect_signal s on s.id = f.signal
    on conflict (signal_id, rule) do update set version = excluded.version, since = excluded.since,
        numbers = excluded.numbers, last_seen = greatest(excluded.last_seen, detect_reason.first_seen)
"""


def refresh_reasons(wanted: Mapping[int, list[Found]], living: Mapping[int, Signal], as_of: date) -> None:
    """Write the reasons that hold today, new and known alike; what no longer holds stays as it was.

    Args:
        wanted: what was found, by child.
        living: the children's signals, already written.
    """
    rows = [
        {
            "signal": living[child].pk,
            "rule": item.rule,
            "version": item.version,
            "since": item.since,
            "numbers": item.numbers,
        }
        for child, items in wanted.items()
        for item in items
    ]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, {"day": as_of, "rows": msgspec.json.encode(rows).decode()})
