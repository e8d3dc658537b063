"""The invented municipality of `make demo`: made once, through the same import as real data.

The register comes over SS 12000 from the project's own server, the attendance from a file; then the
rules run for some weeks back, and some of the invented staff have answered. Logins are written to
`logins.json` in the installation's folder.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from django.conf import settings

from samhandla.analytics.actions import examine_quality
from samhandla.analytics.tables.attendance import LESSONS
from samhandla.detect.actions.settings import adopt_default_ladder
from samhandla.detect.actions.tallies import count_tallies
from samhandla.detect.models import Signal
from samhandla.govern.actions import count_board
from samhandla.integrations.actions.batches import Outcome, attach_file, start_batch
from samhandla.integrations.actions.running import run_batch
from samhandla.integrations.actions.sources import save_source
from samhandla.integrations.actions.staging import keep_file
from samhandla.integrations.delivery import TOTALS
from samhandla.integrations.files import load_preset, to_json
from samhandla.integrations.models import Source
from samhandla.integrations.rules.people import SUGGESTED_ROLES
from samhandla.integrations.simulator.attendance import simulate_school
from samhandla.integrations.simulator.records import Organisation, School
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.ss12000 import ss12000_resources
from samhandla.integrations.simulator.ss12000_ids import Ids
from samhandla.integrations.simulator.world import World
from samhandla.integrations.ss12000.fake import FakeServer, Faults
from samhandla.integrations.ss12000.fake_source import FakeSource
from samhandla.lib.schoolcalendar import is_free_anyway
from samhandla.people import actions as people
from samhandla.people.models import Duty, Membership, Staff
from samhandla.people.models import Organisation as Organisation_
from samhandla.people.queries import service_viewer, today
from samhandla.project.demo_family import open_family_logins
from samhandla.project.demo_last_year import LastYear
from samhandla.project.demo_school import LESSONS as SCHOOL_LESSONS
from samhandla.project.demo_school import TOKEN, Municipality, on_school_days
from samhandla.project.demo_slots import with_left_lessons
from samhandla.project.demo_social import LOGIN, found_social_board, has_social_board
from samhandla.project.demo_work import decide_and_meet, let_weeks_pass, shown_unit, teacher_of
from samhandla.trust.models import Authority
from samhandla.trust.roles import ROLES
from samhandla.trust.viewer import Viewer, acting_as

PUPILS = 4000
SCHOOLS = 12
SEED = 2026
PASSWORD = "samhandla-demo"  # noqa: S105 - every person in the demo is invented
# Who the simulator has no name for: at the shown school, and in the administration (förvaltningen).
AT_SCHOOL = (("attendance_officer", "Nora", "Närvaro"), ("school_nurse", "Sara", "Sköterska"))
CENTRAL = (
    ("data_administrator", "Disa", "Data"),
    ("process_leader", "Petra", "Process"),
    ("controller", "Conny", "Controller"),
    ("compulsory_school_officer", "Signe", "Skolplikt"),
    ("board_member", "Fanny", "Förtroendevald"),
    ("lawyer", "Jon", "Jurist"),
    ("data_protection_officer", "Dag", "Dataskydd"),
    ("registrar", "Rut", "Registrator"),
    ("archivist", "Arvid", "Arkiv"),
)
SHOWN = (
    "mentor",
    "teacher",
    "principal",
    "counsellor",
    "school_administrator",
    *(role for role, _, _ in (*AT_SCHOOL, *CENTRAL)),
)


def ensure(school_port: int = 0) -> None:
    """Make the demo municipality when the database is empty; else only renew what time has moved.

    Args:
        school_port: where the invented school system answers this time; 0 when it is not started.
    """
    if Authority.objects.exists():
        if school_port:
            _point_to_school(f"http://127.0.0.1:{school_port}/v2")
        _renew_social_board()
        return
    _say("hittar på en kommun …")
    municipality = Municipality(PUPILS, SCHOOLS, SEED, _school_year())
    demo = Demo(municipality.build(), _last_day())
    demo.build()
    demo.keep_school_system(municipality, Path(settings.VAR_DIR))
    if school_port:
        _point_to_school(f"http://127.0.0.1:{school_port}/v2")


def _point_to_school(url: str) -> None:
    """Let the sources of the demonstration know where their system answers now."""
    for authority_id in Authority.objects.order_by("pk").values_list("pk", flat=True):
        by = service_viewer(authority_id)
        with acting_as(by):
            stale = [s for s in Source.objects.filter(settings__demo=True) if s.settings["base_url"] != url]
        for source in stale:
            save_source(by=by, source=source, settings={**source.settings, "base_url": url})


def _renew_social_board() -> None:
    """Give a municipality that was made before there was a social board its own, and tell of the login."""
    if has_social_board():
        return
    _say("lägger till socialnämnden …")
    found_social_board(PASSWORD)
    path = Path(settings.VAR_DIR) / "logins.json"
    _write_logins([*json.loads(path.read_text(encoding="utf-8")), _login(LOGIN)])


def _login(role: str) -> dict[str, str]:
    return {"role": str(ROLES[role].name), "username": role, "password": PASSWORD}


def _write_logins(rows: list[dict[str, str]]) -> None:
    path = Path(settings.VAR_DIR) / "logins.json"
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    path.chmod(0o600)


def _last_day() -> date:
    return today() - timedelta(days=1)


def _school_year() -> int:
    """Return the school year to show: the present one once it has run some weeks, else the last."""
    day = _last_day()
    return day.year if day >= date(day.year, 10, 1) else day.year - 1


def _say(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()


@dataclass
class Demo:
    """One invented municipality and what has happened in it until `last_day`."""

    world: World
    last_day: date

    def __post_init__(self) -> None:
        self.ids = Ids(self.world.seed, self.world.school_year)
        # The last school day is left in the school system, so that there is something to fetch.
        days = {day.day for school in self.world.schools() for day in school.days}
        self.left = max(day for day in days if day <= self.last_day)
        self.data_to = self.left - timedelta(days=1)
        self._later: list[pa.Table] = []

    def build(self) -> None:
        owners = [o for o in self.world.organisations if o.kind == "huvudman"]
        with self._school_system() as url:
            for number, owner in enumerate(owners):
                self._take_in(owner, url, municipal=number == 0)

    @contextmanager
    def _school_system(self) -> Iterator[str]:
        """Run the project's own SS 12000 server with the register, for as long as the import takes."""
        resources = ss12000_resources(self.world, LESSONS.schema.empty_table())
        LastYear(self.world, self.ids).into_register(resources)
        without_lessons = Faults(status=dict.fromkeys(("calendarEvents", "attendances", TOTALS), 404))
        with FakeServer(FakeSource(resources), token=TOKEN, faults=without_lessons) as server:
            yield server.base_url

    def keep_school_system(self, municipality: Municipality, folder: Path) -> None:
        """Write what the school system goes on from: who, and the lessons that no file has told of."""
        pq.write_table(pa.concat_tables(self._later), folder / SCHOOL_LESSONS, compression="zstd")
        municipality.describe(folder)

    def _take_in(self, owner: Organisation, url: str, *, municipal: bool) -> None:
        """Found one principal organiser's authority and import its register and attendance."""
        _say(f"tar in registret för {owner.name} …")
        authority = people.found_authority(
            by=None,
            name="Barn- och skolnämnden" if municipal else owner.name,
            kind="board" if municipal else "independent",
            branches=("school", "preschool", "after_school", "pupil_health", "emi"),
        )
        by = service_viewer(authority.pk)
        register = self._import_register(by, owner, url)
        self._calendar(by, owner)
        _say(f"tar in närvaron för {owner.name} …")
        self._import_attendance(by, owner, register)
        adopt_default_ladder(by=by, today=date(self.world.school_year, 8, 1))
        _say("kör reglerna …")
        let_weeks_pass(by, self.last_day)
        if municipal:
            self._logins(by)
        _say("räknar nämndsidan och datakvaliteten …")
        count_board(by=by, authority_id=authority.pk)
        examine_quality(by=by, authority_id=authority.pk)
        count_tallies(by=by, today=today())

    def _import_register(self, by: Viewer, owner: Organisation, url: str) -> Source:
        with acting_as(by):
            source = save_source(
                by=by,
                name="Elevregistret (SS 12000)",
                kind="ss12000",
                settings={
                    "base_url": url,
                    "allow_plain_http": True,
                    "huvudman": self.ids.of("organisation", owner.number),
                    "first_day": self.left.isoformat(),
                    "window_days": 7,
                    "demo": True,
                },
                credentials={"token": TOKEN},
                roles=dict(SUGGESTED_ROLES),
            )
            batch = start_batch(by=by, source=source, wants_commit=True)
        _expect(run_batch(by, batch.pk))
        return source

    def _calendar(self, by: Viewer, owner: Organisation) -> None:
        """Give the units the simulator's terms and days off, of both school years where both are shown."""
        years = [*LastYear(self.world, self.ids).schools(), *self.world.schools()]
        with acting_as(by):
            units = {u.skolenhetskod: u for u in Organisation_.objects.filter(authority_id=by.authority_id)}
            for school in years:
                if school.unit.authority == owner.number:
                    _give_days(by, units[school.unit.code], school)
            for school in self.world.schools():
                if school.unit.authority == owner.number:
                    people.number_school_days(by=by, unit=units[school.unit.code])

    def _import_attendance(self, by: Viewer, owner: Organisation, register: Source) -> None:
        """Import the lessons until the last day from files, as a supplier would send them."""
        last_year = LastYear(self.world, self.ids)
        before = [school for school in last_year.schools() if school.unit.authority == owner.number]
        file: dict[str, Any] = {"kind": "file", "preset_name": "samhandla", "register_source": register}
        if before:
            with acting_as(by):
                # Who began this year is in the register and not in last year's file.
                source = save_source(
                    by=by, name="Närvaro i fjol (fil)", limits={"pupils": {"min_share": 0.7}}, **file
                )
            self._import_file(by, source, "narvaro-i-fjol.csv", ((s, last_year.lessons(s)) for s in before))
        with acting_as(by):
            source = save_source(by=by, name="Närvaro (fil)", **file)
        self._import_file(by, source, "narvaro.csv", self._lessons(owner))

    def _import_file(
        self, by: Viewer, source: Source, name: str, lessons: Iterable[tuple[School, pa.Table]]
    ) -> None:
        with acting_as(by):
            batch = start_batch(by=by, source=source, wants_commit=True)
            _kept, digest = keep_file(batch.pk, name, self._csv(lessons))
            mapping = to_json(load_preset("samhandla")).decode()
            attach_file(by=by, batch=batch, name=name, sha256=digest, mapping=mapping, unit=None)
        _expect(run_batch(by, batch.pk))

    def _lessons(self, owner: Organisation) -> Iterator[tuple[School, pa.Table]]:
        """Give the lessons of one organiser until the last day, school by school."""
        for school in self.world.schools():
            if school.unit.authority == owner.number:
                lessons = simulate_school(self.world, school, Settings()).lessons
                lessons = with_left_lessons(school, lessons)
                told = pc.less_equal(lessons["date"], pa.scalar(self.data_to))
                self._later.append(on_school_days(lessons.filter(pc.invert(told))))
                yield school, lessons.filter(told)

    def _csv(self, found: Iterable[tuple[School, pa.Table]]) -> Iterator[bytes]:
        """Write lessons as CSV, school by school."""
        header = True
        for school, lessons in found:
            names = {n: self.ids.of("person", n) for n in pc.unique(lessons["pupil"]).to_pylist()}
            pupils = pa.array([names[n] for n in lessons["pupil"].to_pylist()])
            units = pa.array([school.unit.code] * len(lessons))
            table = (
                lessons.set_column(0, "pupil", pupils).set_column(1, "unit", units).drop_columns(["group"])
            )
            table = table.set_column(
                table.schema.get_field_index("subject"), "subject", table["subject"].cast(pa.string())
            )
            sink = pa.BufferOutputStream()
            pa_csv.write_csv(table, sink, pa_csv.WriteOptions(include_header=header))
            header = False
            yield sink.getvalue().to_pybytes()

    def _logins(self, by: Viewer) -> None:
        """Open one account for each role to show, and write how to log in."""
        unit = shown_unit(by)
        with acting_as(by):
            central = Organisation_.objects.get(authority_id=by.authority_id, kind="department")
            for place, posts in ((unit, AT_SCHOOL), (central, CENTRAL)):
                for role, given, family in posts:
                    staff = people.register_staff(by=by, given_name=given, family_name=family)
                    people.give_duty(
                        by=by,
                        staff=staff,
                        unit=place,
                        role=role,
                        valid_from=LastYear(self.world, self.ids).first,
                    )
            shown = {role: self._staff_with(role, unit, central) for role in SHOWN}
        officer = shown["attendance_officer"]
        if officer is not None:
            decide_and_meet(by, unit, shown["mentor"], officer)
        rows = []
        for role, person in shown.items():
            if person is not None:
                people.open_account(by=None, actors=[person.actor], username=role, password=PASSWORD)
                rows.append(_login(role))
        found_social_board(PASSWORD)
        parents = [_login(role) for role, _ in open_family_logins(by, unit, PASSWORD)]
        _write_logins([*rows, _login(LOGIN), *parents])

    def _staff_with(self, role: str, unit: Organisation_, central: Organisation_) -> Staff | None:
        """Return somebody with a role at the unit or centrally; for mentor the one with the longest list."""
        if role == "teacher":
            return teacher_of(unit)
        if role != "mentor":
            near = [unit.pk, unit.parent_id, central.pk]
            duty = Duty.objects.filter(role=role, unit_id__in=near).order_by("pk").first()
            return duty.staff if duty else None
        open_children = Signal.objects.filter(unit=unit, state="open", good_news=False).values("child_id")
        places = Membership.objects.filter(child_id__in=open_children, group__assignments__role="mentor")
        counted = Counter(places.values_list("group__assignments__staff_id", flat=True))
        return Staff.objects.get(pk=counted.most_common(1)[0][0]) if counted else None


def _give_days(by: Viewer, unit: Organisation_, school: School) -> None:
    """Give a unit the terms and the days off of one school year."""
    for term in ("HT", "VT"):
        days = [d.day for d in school.days if d.term.startswith(term)]
        people.set_term(
            by=by,
            organisation=unit,
            name=f"{term}{days[0].year}",
            first=days[0],
            last=days[-1],
        )
    for closure in school.closures:
        if is_free_anyway(closure.first, closure.last):
            continue
        people.add_break(
            by=by,
            organisation=unit,
            name=closure.name,
            kind="study_day" if closure.name == "studiedag" else "holiday",
            first=closure.first,
            last=closure.last,
        )


def _expect(outcome: Outcome) -> None:
    if outcome.stops:
        raise SystemExit(f"Demokommunen kunde inte tas in: {outcome.stopped}")
