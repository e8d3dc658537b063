"""A municipality in the database for the measurement of access, made by set-based SQL as `maint`.

30,000 pupils at 40 units, a mentor for every 25, 3,000 staff in all, a school year of day rows, signals
with reasons, answers and steps. Everything about one pupil lies scattered among everybody else's rows, as
it does after a year of daily imports.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template

import psycopg

from samhandla.lib.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[1]
TODAY = date(2026, 5, 20)
FIRST_DAY = date(2025, 8, 18)
PUPILS_OF_CLASS = 25
CLASSES_OF_UNIT = 30
STAFF_OF_MENTOR = 2.5
WHOLE = "whole"
SCRIPT = Path(__file__).with_suffix(".sql")


@dataclass(frozen=True)
class Size:
    """How many there are. `school_days` is the length of the year so far."""

    classes: int
    school_days: int

    @property
    def pupils(self) -> int:
        return self.classes * PUPILS_OF_CLASS

    @property
    def units(self) -> int:
        return max(2, self.classes // CLASSES_OF_UNIT)

    @property
    def staff(self) -> int:
        return int(self.classes * STAFF_OF_MENTOR)

    @classmethod
    def of(cls, share: float) -> Size:
        """Return a share of the full size; the year is never shorter than a term."""
        return cls(classes=max(12, int(1200 * share)), school_days=178 if share >= 1 else 90)


def made(server: EmbeddedPostgres, size: Size) -> str:
    """Return the name of a database of that size, made now unless an earlier run made the same one."""
    name = f"access_{size.classes}_{size.school_days}_{_version()}"
    if server.has_database(name) and _is_whole(server, name):
        return name
    server.drop_database(name)
    server.create_database(name)
    migrate(server, name)
    with psycopg.connect(server.url("maint", name)) as maint:
        maint.execute(script(size))
    with psycopg.connect(server.url("owner", name), autocommit=True) as owner:
        owner.execute("vacuum (analyze)")
        owner.execute(f"comment on database {name} is '{WHOLE}'")
    return name


def _is_whole(server: EmbeddedPostgres, name: str) -> bool:
    """Tell whether the database was filled to the end."""
    with psycopg.connect(server.url("owner", name)) as owner:
        row = owner.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [name]
        ).fetchone()
    return row is not None and row[0] == WHOLE


def _version() -> str:
    """Return a name for the tables and for this file: a change of either makes a new database."""
    source = ROOT / "src/samhandla"
    paths = [Path(__file__), SCRIPT, source / "people/derivation.py", source / "trust/rls.py"]
    digest = hashlib.sha256()
    for path in sorted([*source.glob("*/migrations/*.py"), *paths]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def migrate(server: EmbeddedPostgres, name: str) -> None:
    environment = {
        **os.environ,
        "SAMHANDLA_DB_ROLE": "owner",
        "DATABASE_OWNER_URL": server.url("owner", name),
    }
    command = [sys.executable, "-m", "samhandla.project.manage", "migrate", "--verbosity", "0"]
    subprocess.run(command, env=environment, check=True)


def script(size: Size) -> str:
    return Template(SCRIPT.read_text("utf-8")).substitute(
        classes=size.classes,
        units=size.units,
        staff=size.staff,
        pupils=size.pupils,
        school_days=size.school_days,
        first_day=FIRST_DAY,
        opened=TODAY.replace(day=4),
        due=TODAY.replace(day=22),
    )
