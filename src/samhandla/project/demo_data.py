"""The invented municipality of `make demo`: made once, through the same import as real data.

    python -m samhandla.project.demo_data

The register comes over SS 12000 from the project's own server, the attendance from a file; then the
rules run for some weeks back, and some of the invented staff have answered. Logins are written to
`logins.json` in the installation's folder.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import django
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samhandla.project.settings")
django.setup()

from django.conf import settings  # noqa: E402 - settings first

from samhandla.analytics.actions import examine_quality  # noqa: E402
from samhandla.analytics.tables.attendance import LESSONS  # noqa: E402
from samhandla.detect.actions.answers import answer_signal, finish_step  # noqa: E402
from samhandla.detect.actions.clock import pass_time  # noqa: E402
from samhandla.detect.actions.runs import run_rules_of_authority  # noqa: E402
from samhandla.detect.actions.settings import adopt_default_ladder  # noqa: E402
from samhandla.detect.actions.tallies import count_tallies  # noqa: E402
from samhandla.detect.models import Signal, StepTaken  # noqa: E402
from samhandla.detect.rules.loop import monday_of  # noqa: E402
from samhandla.govern.actions import count_board  # noqa: E402
from samhandla.integrations.actions.batches import Outcome, attach_file, start_batch  # noqa: E402
from samhandla.integrations.actions.running import run_batch  # noqa: E402
from samhandla.integrations.actions.sources import save_source  # noqa: E402
from samhandla.integrations.actions.staging import keep_file  # noqa: E402
from samhandla.integrations.files import load_preset, to_json  # noqa: E402
from samhandla.integrations.models import Source  # noqa: E402
from samhandla.integrations.rules.people import SUGGESTED_ROLES  # noqa: E402
from samhandla.integrations.simulator.attendance import simulate_school  # noqa: E402
from samhandla.integrations.simulator.records import Organisation  # noqa: E402
from samhandla.integrations.simulator.settings import Settings  # noqa: E402
from samhandla.integrations.simulator.ss12000 import ss12000_resources  # noqa: E402
from samhandla.integrations.simulator.ss12000_ids import Ids  # noqa: E402
from samhandla.integrations.simulator.world import World, build_world  # noqa: E402
from samhandla.integrations.ss12000.fake import FakeServer  # noqa: E402
from samhandla.integrations.ss12000.fake_source import FakeSource  # noqa: E402
from samhandla.lib.schoolcalendar import is_free_anyway  # noqa: E402
from samhandla.people import actions as people  # noqa: E402
from samhandla.people.models import Duty, Membership, Staff  # noqa: E402
from samhandla.people.models import Organisation as Organisation_  # noqa: E402
from samhandla.people.queries import (  # noqa: E402
    mentor_by_child,
    service_viewer,
    today,
    viewer_of_actor,
)
from samhandla.trust.models import Authority  # noqa: E402
from samhandla.trust.roles import ROLES  # noqa: E402
from samhandla.trust.viewer import Viewer, acting_as  # noqa: E402

PUPILS = 4000
SCHOOLS = 12
SEED = 2026
WEEKS_BACK = 5
PASSWORD = "samhandla-demo"  # noqa: S105 - every person in the demo is invented
TOKEN = "demo"  # noqa: S105 - of a server that holds nothing but invented people
ANSWERS = (
    ("act", "Jag pratar med eleven i veckan."),
    ("follow", "Eleven har varit förkyld, vi följer."),
    ("known", "Elevhälsan har redan kontakt."),
)
CENTRAL = (
    ("attendance_officer", "Nora", "Närvaro"),
    ("data_administrator", "Disa", "Data"),
    ("process_leader", "Petra", "Process"),
    ("controller", "Conny", "Controller"),
)
SHOWN = (
    "mentor",
    "principal",
    "counsellor",
    "school_administrator",
    *(role for role, _, _ in CENTRAL),
)


def ensure() -> None:
    """Make the demo municipality when the database is empty; else only renew what time has moved."""
    if Authority.objects.exists():
        return
    _say("hittar på en kommun …")
    world = build_world(PUPILS, SCHOOLS, SEED, _school_year(), personnummer=test_numbers())
    Demo(world, _last_day()).build()


def _last_day() -> date:
    return today() - timedelta(days=1)


def _school_year() -> int:
    """Return the school year to show: the present one once it has run some weeks, else the last."""
    day = _last_day()
    return day.year if day >= date(day.year, 10, 1) else day.year - 1


def _say(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()


def test_numbers() -> Path | None:
    """Return the file of test personal numbers, when there is one; without it nobody has a number."""
    named = os.environ.get("SAMHANDLA_TESTNUMBERS")
    path = Path(named) if named else Path.cwd().parent / "shared/data/testpersonnummer/testpersonnummer.txt"
    return path if path.exists() else None


@dataclass
class Demo:
    """One invented municipality and what has happened in it until `last_day`."""

    world: World
    last_day: date

    def __post_init__(self) -> None:
        self.ids = Ids(self.world.seed, self.world.school_year)

    def build(self) -> None:
        owners = [o for o in self.world.organisations if o.kind == "huvudman"]
        with self._school_system() as url:
            for number, owner in enumerate(owners):
                self._take_in(owner, url, municipal=number == 0)

    @contextmanager
    def _school_system(self) -> Iterator[str]:
        """Run the project's own SS 12000 server with the register, for as long as the import takes."""
        resources = ss12000_resources(self.world, LESSONS.schema.empty_table())
        with FakeServer(FakeSource(resources), token=TOKEN) as server:
            yield server.base_url

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
        self._weeks(by)
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
                },
                credentials={"token": TOKEN},
                roles=dict(SUGGESTED_ROLES),
            )
            batch = start_batch(by=by, source=source, wants_commit=True)
        _expect(run_batch(by, batch.pk))
        return source

    def _calendar(self, by: Viewer, owner: Organisation) -> None:
        """Give the units the simulator's terms and days off."""
        codes = {s.unit.code: s for s in self.world.schools() if s.unit.authority == owner.number}
        with acting_as(by):
            units = Organisation_.objects.filter(authority_id=by.authority_id, skolenhetskod__in=codes)
            for unit in units:
                school = codes[unit.skolenhetskod]
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
                people.number_school_days(by=by, unit=unit)

    def _import_attendance(self, by: Viewer, owner: Organisation, register: Source) -> None:
        """Import the lessons until the last day from a file, as a supplier would send it."""
        with acting_as(by):
            source = save_source(
                by=by, name="Närvaro (fil)", kind="file", preset_name="samhandla", register_source=register
            )
            batch = start_batch(by=by, source=source, wants_commit=True)
            path, digest = keep_file(batch.pk, "narvaro.csv", self._csv(owner))
            mapping = to_json(load_preset("samhandla")).decode()
            attach_file(by=by, batch=batch, name=path.name, sha256=digest, mapping=mapping, unit=None)
        _expect(run_batch(by, batch.pk))

    def _csv(self, owner: Organisation) -> Iterator[bytes]:
        """Write the lessons of one organiser as CSV, school by school."""
        header = True
        for school in self.world.schools():
            if school.unit.authority != owner.number:
                continue
            lessons = simulate_school(self.world, school, Settings()).lessons
            lessons = lessons.filter(pc.less_equal(lessons["date"], pa.scalar(self.last_day)))
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

    def _weeks(self, by: Viewer) -> None:
        """Let some weeks pass: the rules on Mondays, the clock every day, and answers to some signals."""
        start = monday_of(self.last_day) - timedelta(weeks=WEEKS_BACK - 1)
        for offset in range((self.last_day - start).days + 1):
            day = start + timedelta(days=offset)
            if day.weekday() == 0:
                run_rules_of_authority(by=by, as_of=day, data_to=day - timedelta(days=1))
            else:
                pass_time(by=by, today=day)
            if day.weekday() == 2 and day < self.last_day - timedelta(days=7):
                self._answer_some(by, day)
        today_ = today()
        run_rules_of_authority(by=by, as_of=today_, data_to=self.last_day)

    def _answer_some(self, by: Viewer, day: date) -> None:
        """Let the invented mentors answer two of three open signals, and finish the steps they began."""
        with acting_as(by):
            rows = list(Signal.objects.filter(state="open", good_news=False).order_by("pk"))
            steps = list(StepTaken.objects.filter(done_on=None, started_on__lt=day).order_by("pk"))
            staff = {
                p.pk: p.actor
                for p in Staff.objects.filter(authority_id=by.authority_id).select_related("actor")
            }
            # Access follows today's register: only children who had the same mentor then.
            now = mentor_by_child(by, on=today())
            mentors = {
                child: staff[pk] for child, pk in mentor_by_child(by, on=day).items() if now.get(child) == pk
            }
        for number, row in enumerate(rows):
            if number % 3 == 2 or row.child_id not in mentors:
                continue
            kind, reason = ANSWERS[number % len(ANSWERS)]
            answer_signal(
                by=viewer_of_actor(mentors[row.child_id]),
                signal_id=row.pk,
                kind=kind,
                reason=reason,
                until=day + timedelta(days=21) if kind in ("follow", "known") else None,
                today=day,
                seconds=25 + 7 * (number % 6),
                clicks=1 + number % 4,
            )
        for number, step in enumerate(steps):
            if step.child_id in mentors:
                finish_step(
                    by=viewer_of_actor(mentors[step.child_id]),
                    step_id=step.pk,
                    solved=number % 3 == 0,
                    today=day,
                    note="Vi pratade om morgnarna och gjorde en plan.",
                )

    def _logins(self, by: Viewer) -> None:
        """Open one account for each role to show, and write how to log in."""
        unit = self._shown_unit(by)
        with acting_as(by):
            for role, given, family in CENTRAL:
                staff = people.register_staff(by=by, given_name=given, family_name=family)
                people.give_duty(
                    by=by, staff=staff, unit=unit, role=role, valid_from=date(self.world.school_year, 8, 1)
                )
            shown = {role: self._staff_with(role, unit) for role in SHOWN}
        rows = []
        for role, person in shown.items():
            if person is not None:
                people.open_account(by=None, actors=[person.actor], username=role, password=PASSWORD)
                rows.append({"role": str(ROLES[role].name), "username": role, "password": PASSWORD})
        path = Path(settings.VAR_DIR) / "logins.json"
        path.write_text(json.dumps(rows, ensure_ascii=False))
        path.chmod(0o600)

    def _shown_unit(self, by: Viewer) -> Organisation_:
        """Return the unit with the most open signals, so that there is something to see."""
        with acting_as(by):
            compulsory = Organisation_.objects.filter(school_forms__contains=["GR"])
            rows = Signal.objects.filter(state="open", good_news=False, unit__in=compulsory).values_list(
                "unit_id", flat=True
            )
            unit_id, _count = Counter(rows).most_common(1)[0]
            return Organisation_.objects.get(pk=unit_id)

    def _staff_with(self, role: str, unit: Organisation_) -> Staff | None:
        """Return somebody with a role at the unit; for mentor the one with the longest list."""
        if role != "mentor":
            duty = (
                Duty.objects.filter(role=role, unit_id__in=[unit.pk, unit.parent_id]).order_by("pk").first()
            )
            return duty.staff if duty else None
        open_children = Signal.objects.filter(unit=unit, state="open", good_news=False).values("child_id")
        places = Membership.objects.filter(child_id__in=open_children, group__assignments__role="mentor")
        counted = Counter(places.values_list("group__assignments__staff_id", flat=True))
        return Staff.objects.get(pk=counted.most_common(1)[0][0]) if counted else None


def _expect(outcome: Outcome) -> None:
    if outcome.stops:
        raise SystemExit(f"Demokommunen kunde inte tas in: {outcome.stopped}")


if __name__ == "__main__":
    ensure()
