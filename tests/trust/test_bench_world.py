"""The municipality of the access benchmark fits the tables as they are now."""

from __future__ import annotations

import pytest
from bench.access_world import Size, script
from tests.support.database import raw_connection


@pytest.mark.django_db
def test_thescript_fills_the_tables(postgres):
    size = Size(classes=12, school_days=3)
    with raw_connection(postgres, "maint") as maint:
        maint.execute(script(size))
        counts = [
            maint.execute(f"select count(*) from {table}").fetchone()[0]
            for table in ("people_child", "analytics_attendanceday", "detect_signal", "trust_access")
        ]
        maint.rollback()
    assert counts[:2] == [size.pupils, size.pupils * size.school_days]
    assert min(counts[2:]) > 0
