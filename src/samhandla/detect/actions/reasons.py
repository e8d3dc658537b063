"""Writing what the rules found as reasons of signals: many rows in one statement."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection

from samhandla.detect.models import Signal
from samhandla.detect.rules.run import Signal as Found

# Columns as arrays: one value of the statement per column instead of one per row and column, which a
# driver takes longer to put together than the database to write.
UPSERT = """
    insert into detect_reason (child_id, domain_id, unit_id, signal_id, rule, version, since, numbers,
        parameters, first_seen, last_seen)
    select s.child_id, s.domain_id, s.unit_id, s.id, f.rule, f.version, f.since, f.numbers::jsonb, '{}',
        %(day)s, %(day)s
    from unnest(%(signals)s::bigint[], %(rules)s::text[], %(versions)s::smallint[], %(since)s::date[],
        %(numbers)s::text[]) as f(signal_id, rule, version, since, numbers)
    join detect_signal s on s.id = f.signal_id
    on conflict (signal_id, rule) do update set version = excluded.version, since = excluded.since,
        numbers = excluded.numbers, last_seen = greatest(excluded.last_seen, detect_reason.first_seen)
"""


def refresh_reasons(wanted: Mapping[int, list[Found]], living: Mapping[int, Signal], as_of: date) -> None:
    """Write the reasons that hold today, new and known alike; what no longer holds stays as it was.

    Args:
        wanted: what was found, by child.
        living: the children's signals, already written.
    """
    rows = [(living[child].pk, item) for child, items in wanted.items() for item in items]
    if not rows:
        return
    values: dict[str, Any] = {
        "day": as_of,
        "signals": [signal for signal, _ in rows],
        "rules": [item.rule for _, item in rows],
        "versions": [item.version for _, item in rows],
        "since": [item.since for _, item in rows],
        "numbers": [json.dumps(item.numbers) for _, item in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, values)
