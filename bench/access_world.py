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

import psycopg

from samhandla.lib.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[1]
TODAY = date(2026, 5, 20)
FIRST_DAY = date(2025, 8, 18)
PUPILS_OF_CLASS = 25
CLASSES_OF_UNIT = 30
STAFF_OF_MENTOR = 2.5
WHOLE = "whole"
NUMBERS = '{"share": 0.2, "threshold": 0.15, "days": 12, "absent_minutes": 900, "offered_minutes": 4500}'


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
    _migrate(server, name)
    with psycopg.connect(server.url("maint", name)) as maint:
        for statement in _statements(size):
            maint.execute(statement)
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
    paths = [Path(__file__), source / "people/derivation.py", source / "trust/rls.py"]
    digest = hashlib.sha256()
    for path in sorted([*source.glob("*/migrations/*.py"), *paths]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _migrate(server: EmbeddedPostgres, name: str) -> None:
    environment = {**os.environ, "SAMHANDLA_DB_ROLE": "owner", "DATABASE_OWNER_URL": server.url("owner", name)}
    command = [sys.executable, "-m", "samhandla.project.manage", "migrate", "--verbosity", "0"]
    subprocess.run(command, env=environment, check=True)


def _statements(size: Size) -> list[str]:
    """Return what fills the tables, in order. Numbers are chosen so that keys need no look-up."""
    return [
        "insert into trust_authority (id, name, kind, organisation_number, municipality_code)"
        " values (1, 'Barn- och skolnämnden', 'board', '', '')",
        "insert into trust_domain (id, authority_id, branch) values (1, 1, 'school'), (2, 1, 'emi')",
        *_organisations(size),
        *_staff(size),
        *_pupils(size),
        "select people_derive_access(1)",
        *_attendance(size),
        *_signals(),
    ]


def _organisations(size: Size) -> list[str]:
    days = (
        "select d::date as day, row_number() over (order by d) as number"
        f" from generate_series(date '{FIRST_DAY}', date '{FIRST_DAY}' + 400, interval '1 day') d"
        " where extract(isodow from d) < 6 and extract(month from d) not in (7)"
    )
    return [
        "insert into people_organisation (id, authority_id, kind, name, skolenhetskod, school_forms, adult_phone)"
        f" select n, 1, 'school_unit', 'Skola ' || n, '', '[\"GR\"]', '' from generate_series(1, {size.units}) n",
        "insert into people_schoolday (unit_id, date, day_no, term, after_break)"
        f" select u, day, number, 'HT', false from ({days}) d, generate_series(1, {size.units}) u",
        "insert into people_group (id, unit_id, kind, name, school_year, valid_from)"
        f" select n, 1 + (n - 1) % {size.units}, 'class', 'K' || n, 7, '{FIRST_DAY}'"
        f" from generate_series(1, {size.classes}) n",
    ]


def _staff(size: Size) -> list[str]:
    """The first are mentors, then principals and counsellors in turn; the others teach a group."""
    duty = f"1 + (n - 1) % {size.units}"
    leaders = size.classes + 4 * size.units
    return [
        "insert into trust_actor (id, kind, authority_id, name)"
        f" select n, 'staff', 1, 'Person ' || n from generate_series(1, {size.staff}) n",
        "insert into people_staff (id, authority_id, actor_id, given_name, family_name, email, phone)"
        f" select n, 1, n, 'Person', 'Nr ' || n, '', '' from generate_series(1, {size.staff}) n",
        "insert into people_assignment (staff_id, group_id, role, valid_from)"
        f" select n, n, 'mentor', '{FIRST_DAY}' from generate_series(1, {size.classes}) n",
        "insert into people_assignment (staff_id, group_id, role, valid_from)"
        f" select n, 1 + n % {size.classes}, 'teacher', '{FIRST_DAY}'"
        f" from generate_series({leaders + 1}, {size.staff}) n",
        "insert into people_duty (staff_id, unit_id, role, valid_from)"
        f" select n, {duty}, case when n % 2 = 0 then 'principal' else 'counsellor' end, '{FIRST_DAY}'"
        f" from generate_series({size.classes + 1}, {leaders}) n",
        "insert into trust_actor (id, kind, authority_id, name) values (1000000, 'service', 1, 'Samhandla')",
    ]


def _pupils(size: Size) -> list[str]:
    unit = f"1 + ((n - 1) % {size.classes}) % {size.units}"
    each = f"from generate_series(1, {size.pupils}) n"
    return [
        "insert into people_child (id, ref, authority_id, unit_id, given_name, family_name, protection, birth_date,"
        f" sex, adapted) select n, gen_random_uuid(), 1, {unit}, 'Elev', 'Nr ' || n, 'none', '2012-05-02', 'K', false {each}",
        "insert into people_enrolment (child_id, domain_id, unit_id, form, school_year, main, valid_from)"
        f" select n, 1, {unit}, 'GR', 7, true, '{FIRST_DAY}' {each}",
        "insert into people_membership (child_id, domain_id, unit_id, group_id, valid_from)"
        f" select n, 1, {unit}, 1 + (n - 1) % {size.classes}, '{FIRST_DAY}' {each}",
    ]


def _attendance(size: Size) -> list[str]:
    """Day by day, so that a pupil's rows are far apart; every ninth row has absence."""
    away = "case when hashint8(c.id * 1000 + d.day_no) % 9 = 0 then 320 else 0 end"
    return [
        "set constraints all immediate",
        "insert into analytics_attendanceday (child_id, domain_id, unit_id, date, lessons, absent_lessons, offered,"
        " present, valid, invalid, other, reported, late_lessons, late_minutes, not_participating, batch_id)"
        f" select c.id, 1, c.unit_id, d.date, 6, case when {away} > 0 then 6 else 0 end, 320, 320 - ({away}), {away},"
        " 0, 0, 320, 0, 0, 0, 1 from people_schoolday d join people_child c on c.unit_id = d.unit_id"
        f" where d.day_no <= {size.school_days} order by d.date, c.id",
    ]


def _signals() -> list[str]:
    """Two living signals in a class of 25 and four ended ones; one good news; reasons, answers, steps."""
    opened, due = TODAY.replace(day=4), TODAY.replace(day=22)
    child = "child_id, domain_id, unit_id"
    return [
        f"insert into detect_signal ({child}, state, good_news, owner_role, opened_on, shown_on, due_on, closed_on)"
        " select id, 1, unit_id, case when abs(hashint8(id)) % 12 = 0 then 'open' when abs(hashint8(id)) % 24 = 1 then 'followed' else 'closed' end,"
        f" abs(hashint8(id)) % 24 = 1, 'mentor', date '{opened}', date '{opened}', date '{due}',"
        f" case when abs(hashint8(id)) % 12 = 0 or abs(hashint8(id)) % 24 = 1 then null else date '{opened}' end"
        " from people_child where abs(hashint8(id)) % 12 = 0 or abs(hashint8(id)) % 24 = 1 or abs(hashint8(id)) % 6 = 2 order by hashint8(id)",
        f"insert into detect_reason ({child}, signal_id, rule, version, since, numbers, parameters, first_seen, last_seen)"
        f" select s.child_id, 1, s.unit_id, s.id, r.rule, 1, s.opened_on, '{NUMBERS}', '{{}}', s.opened_on, s.opened_on"
        " from detect_signal s, (values ('level_year'), ('level_term')) r(rule)",
        f"insert into detect_answer ({child}, signal_id, kind, reason, by_id, at, \"on\")"
        " select child_id, 1, unit_id, id, 'act', 'Samtal', 1, now(), opened_on from detect_signal where state = 'closed'",
        f"insert into detect_contactnote ({child}, signal_id, kind, chips, words, by_id, \"on\")"
        " select child_id, 1, unit_id, id, 'talk', '[]', '', 1, opened_on from detect_signal",
        "insert into detect_ladderstep (id, authority_id, number, name, trigger, role, school_days, forms, talk_card,"
        " copy_sentence, tone, is_inquiry, valid_from) values (1, 1, 1, 'Samtal', '', 'mentor', 5, '[]', '', '', '', false,"
        f" '{FIRST_DAY}')",
        f"insert into detect_steptaken ({child}, signal_id, step_id, started_on, note)"
        " select child_id, 1, unit_id, id, 1, opened_on, '' from detect_signal where state <> 'closed'",
    ]
