"""Rehearsal: limits tried on a year that has been; counts, never a pupil."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pyarrow as pa
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from samhandla.analytics.models import LakeFile, QualityNote
from samhandla.analytics.tables.attendance import CALENDAR, PUPILS
from samhandla.analytics.tables.derived import DAYS
from samhandla.detect import jobs
from samhandla.detect.actions.rehearsals import ask_rehearsal
from samhandla.detect.errors import AnswerRefused, NotYours
from samhandla.detect.models import Rehearsal
from samhandla.detect.queries.outcome import outcome_of, shown_counts
from samhandla.detect.rules.hide import Cell, hidden_in
from samhandla.detect.rules.rehearsal import count, rehearse, weeks_of
from samhandla.detect.rules.ruleset import RuleSet, parse_rules
from samhandla.detect.rules.run import Entry
from samhandla.detect.views.common import in_words
from samhandla.trust.viewer import acting_as

REFUSED = (403, 404)
START, UNTIL = date(2025, 8, 18), date(2026, 1, 16)
SCHOOL_DAYS = [
    START + timedelta(days=n)
    for n in range((UNTIL - START).days + 1)
    if (START + timedelta(days=n)).weekday() < 5
]


def table(schema, rows):
    return pa.table({f.name: pa.array([r[f.name] for r in rows], f.type) for f in schema})


def pupils(count_=40, *, unit=1, mentors=4, first=1):
    return [
        {
            "pupil": n, "unit": unit, "class_id": n % mentors + 1, "class_name": "7A",
            "mentor": n % mentors + 1, "form": "GR", "grade": 7,
            "sex": "KM"[n % 2], "birth_date": date(2012, 1, 1),
            "adapted": False,
            "started": date(2020, 8, 1),
            "from_other_unit": None,
        }
        for n in range(first, first + count_)
    ]  # fmt: skip


def calendar(unit=1):
    return [
        {"unit": unit, "date": day, "day_no": n, "term": "HT2025", "after_break": day.weekday() == 0}
        for n, day in enumerate(SCHOOL_DAYS, start=1)
    ]


def days(people, away=frozenset()):
    """Give five lessons a day; those in `away` miss every fourth day."""
    rows = []
    for person in people:
        for n, day in enumerate(SCHOOL_DAYS):
            gone = person["pupil"] in away and n % 4 == 0
            row = {f.name: 0 for f in DAYS.schema}
            row.update(
                pupil=person["pupil"], unit=person["unit"], date=day, lessons=5, offered=300, reported=300,
                valid=300 if gone else 0, present=0 if gone else 300, absent_lessons=5 if gone else 0,
                lesson_bits=31, absent_bits=31 if gone else 0,
            )  # fmt: skip
            rows.append({name: row[name] for name in DAYS.names})
    return rows


@pytest.fixture(scope="module")
def world():
    people = pupils()
    away = {p["pupil"] for p in people if p["pupil"] % 2}
    return (
        table(DAYS.schema, days(people, away)),
        table(PUPILS.schema, people),
        table(CALENDAR.schema, calendar()),
    )


def test_counts_of_a_year(world):
    found = rehearse(*world, until=UNTIL, rules=RuleSet())
    assert (found["pupils"], found["listed"], found["mentors"]) == (40, 20, 4)
    assert found["units"] == {"1": {"pupils": 40, "listed": 20}}
    assert found["sex"] == {"K": {"pupils": 20, "listed": 0}, "M": {"pupils": 20, "listed": 20}}
    assert sum(found["spread"]) == 4 * len(weeks_of(world[2], UNTIL))
    assert sum(n for _week, n in found["weeks"]) == found["entries"] >= 20


def test_a_higher_limit_lists_fewer(world):
    high = parse_rules({"rules": [
        {"rule": "level_year", "threshold": 0.5}, {"rule": "rising", "on": False},
        {"rule": "relapse", "on": False}, {"rule": "long", "on": False}, {"rule": "near_zero", "on": False},
    ]})  # fmt: skip
    assert rehearse(*world, until=UNTIL, rules=high)["listed"] == 0


def test_fewer_than_ten_pupils_are_not_counted():
    people = pupils(9)
    assert count([], table(PUPILS.schema, people), [date(2025, 9, 1)]) == {"too_few": True}


def entry(person, day=date(2025, 9, 2)):
    return Entry(day, "pupil", person["pupil"], ("level_year",), person["mentor"], person["unit"])


def test_small_counts_are_left_out_and_cannot_be_found_by_subtraction():
    people = [p for unit in (1, 2, 3) for p in pupils(50, unit=unit, first=unit * 100)]
    hits = [*people[:20], *people[50:53], *people[100:115]]
    found = count([entry(p) for p in hits], table(PUPILS.schema, people), [date(2025, 9, 1)])
    assert found["units"] == {"1": {"pupils": 50, "listed": 20}, "2": None, "3": None}
    assert found["rules"] == {"level_year": 38}
    few = count([entry(p) for p in people[:3]], table(PUPILS.schema, people), [date(2025, 9, 1)])
    assert (few["listed"], few["rules"]) == (None, {"level_year": None})


def test_a_few_pupils_of_unknown_sex_do_not_hide_the_girls():
    people = pupils(100)
    for person in people[:3]:
        person["sex"] = "O"
    hits = [p for p in people if p["pupil"] <= 60]
    found = count([entry(p) for p in hits], table(PUPILS.schema, people), [date(2025, 9, 1)])
    girls = [p for p in people if p["sex"] == "K"]
    assert found["sex"]["K"] == {"pupils": len(girls), "listed": sum(p["pupil"] <= 60 for p in girls)}
    assert found["sex"]["R"]["pupils"] == 100 - len(girls)
    assert set(found["sex"]) == {"K", "R"}


def test_where_too_many_are_unknown_nothing_is_said_per_sex():
    people = pupils(100)
    for person in people[:20]:
        person["sex"] = "O"
    found = count([entry(p) for p in people], table(PUPILS.schema, people), [date(2025, 9, 1)])
    assert found["sex"] == {}


def test_with_one_or_two_mentors_no_spread_is_shown():
    people = pupils(30, mentors=2)
    found = count([entry(p) for p in people], table(PUPILS.schema, people), [date(2025, 9, 1)])
    assert (found["spread"], found["per_mentor_week"]) == (None, None)


def test_hidden_cells_hold_ten_together():
    cells = {"a": Cell(50, 2), "b": Cell(50, 3), "c": Cell(50, 30), "d": Cell(50, 20)}
    assert hidden_in(cells) == {"a", "b", "d"}


@pytest.fixture
def data(cast, monkeypatch, world):
    """A year in the lake, as the job reads it: pupils of Bergaskolan."""
    unit = cast.unit["berga"].pk
    people = pupils(40, unit=unit)
    away = {p["pupil"] for p in people if p["pupil"] % 2}
    LakeFile.objects.create(
        authority=cast.authority["board"], source_id=1, batch_id=1, dataset="lessons", path="x", rows=1,
        sha256="x", first_date=START, last_date=UNTIL, live=True,
    )  # fmt: skip
    rows = table(DAYS.schema, days(people, away))
    monkeypatch.setattr(jobs, "load_for_rules", lambda authority_id, since: (rows, None, None, None))
    monkeypatch.setattr(jobs, "pupils_table", lambda by, on: table(PUPILS.schema, people))
    monkeypatch.setattr(jobs, "calendar_table", lambda by, days: table(CALENDAR.schema, calendar(unit)))
    return unit


def ask(cast, name="process_leader", unit=None, changes=()):
    return ask_rehearsal(by=cast.viewer(name), unit_id=unit, until=UNTIL, changes=list(changes))


def run(row):
    jobs.rehearse(authority_id=row.authority_id, rehearsal_id=row.pk)
    row.refresh_from_db()
    return row


@pytest.mark.django_db
def test_the_job_counts_both_and_keeps_no_pupil(cast, data):
    row = run(ask(cast, changes=[{"rule": "level_year", "threshold": 0.3}]))
    assert row.state == "done"
    assert set(row.result) == {"present", "proposed", "reporting"}
    outcome = outcome_of(cast.viewer("process_leader"), row)
    assert outcome.changes == ["Hög frånvaro under läsåret – frånvaro över denna andel: 30\xa0%"]
    assert [p.label for p in outcome.units] == ["Bergaskolan"]
    text = json.dumps(row.result)
    assert '"pupil":' not in text
    assert '"mentor":' not in text


@pytest.mark.django_db
def test_the_page_shows_no_week_and_no_mentor_week_under_ten(client, cast, data):
    row = run(ask(cast))
    column = row.result["present"]
    weeks, spread = [n for _monday, n in column["weeks"]], column["spread"]
    assert min(weeks) < 10, "else nothing is proved"
    outcome = outcome_of(cast.viewer("process_leader"), row)
    for shown, true in (
        ([w.present for w in outcome.weeks], weeks), ([p.present for p in outcome.spread], spread),
    ):  # fmt: skip
        assert [n for n in shown if n != "–" and int(n) < 10] == []
        assert all(n in ("–", str(t)) for n, t in zip(shown, true, strict=True))
    assert sum(weeks) == column["entries"], "the total is counted on everybody"
    page = cast.login(client, "process_leader").get(reverse("rehearsal", args=[row.pk])).text
    assert not re.search(r'data-label="I dag">[1-9]<', page)


GREY = 'class="table__uncertain"'
UNSURE = "lektionerna är registrerade i det läsår som provkördes"


@pytest.mark.django_db
@pytest.mark.parametrize(("share", "low"), [(0.67, True), (0.95, False)])
def test_tables_are_grey_where_too_little_was_registered(client, cast, data, monkeypatch, share, low):
    rows = jobs.load_for_rules(0, since=START)[0]
    at = rows.column_names.index("reported")
    told = pa.array([int(300 * share)] * rows.num_rows, rows.schema.field(at).type)
    rows = rows.set_column(at, rows.schema.field(at), told)
    monkeypatch.setattr(jobs, "load_for_rules", lambda authority_id, since: (rows, None, None, None))
    row = run(ask(cast))
    page = cast.login(client, "process_leader").get(reverse("rehearsal", args=[row.pk])).text
    assert ((GREY in page), (UNSURE in page)) == (low, low)
    assert ("Bara 67\xa0% av lektionerna" in page) is low
    row.result.pop("reporting")  # as a rehearsal from before this was counted
    row.save()
    assert GREY not in client.get(reverse("rehearsal", args=[row.pk])).text


def note(cast, subject, unit="berga"):
    with acting_as(cast.service()):
        QualityNote.objects.create(
            authority=cast.authority["board"], unit=cast.unit[unit], code="unreported_class", subject=subject,
            count=40, of=100, first_date=START, last_date=UNTIL, examined_at=timezone.now(),
        )  # fmt: skip


@pytest.mark.django_db
def test_the_quality_of_the_rehearsed_units_stands_before_the_tables(client, cast, data):
    row = run(ask(cast))
    url = reverse("rehearsal", args=[row.pk])
    note(cast, "9X", "lunda")
    before = cast.login(client, "process_leader").get(url).text
    assert "Uppgifterna är osäkra" not in before
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for subject in ("7A", "7B", "7C"):
        note(cast, subject)
    with CaptureQueriesContext(connection) as many:
        text = " ".join(client.get(url).text.split())
    assert len(many) <= len(one)
    assert "7B: 40 procent av undervisningstiden är inte registrerad." in text
    assert text.index("Uppgifterna är osäkra") < text.index("<table")
    assert "9X" not in text
    LakeFile.objects.update(last_date=UNTIL + timedelta(days=400))
    assert "Uppgifterna är osäkra" not in client.get(url).text, "the notes are of another year"


def test_what_is_hidden_is_not_found_by_subtraction():
    assert shown_counts([40, 12, 3, 11]) == ["40", "12", "–", "–"]
    assert shown_counts([40, 30, 0, 3]) == ["40", "–", "–", "–"]
    assert shown_counts([40, 30]) == ["40", "30"]
    assert shown_counts([9]) == ["–"]


@pytest.mark.django_db
def test_a_year_without_data_says_so(cast, data, monkeypatch):
    empty = DAYS.schema.empty_table()
    monkeypatch.setattr(jobs, "load_for_rules", lambda authority_id, since: (empty, None, None, None))
    row = run(ask(cast))
    assert row.state == "failed"
    assert "ingen närvaro" in row.problem
    assert run(row).state == "failed"


@pytest.mark.django_db
def test_whose_units_may_be_rehearsed(cast, data):
    assert ask(cast, "principal", data).unit_id == data
    assert ask(cast, "officer", data).unit_id == data
    for name, unit in (("principal", None), ("principal", cast.unit["lunda"].pk), ("officer", None)):
        with pytest.raises(NotYours):
            ask(cast, name, unit)
    with pytest.raises(AnswerRefused):
        ask(cast, changes=[{"rule": "long", "days": 1000}])


@pytest.mark.django_db
def test_a_proposal_is_put_in_the_queue_and_its_page_follows_it(client, cast, data):
    url = reverse("rehearsals")
    page = cast.login(client, "process_leader").get(url)
    assert "I dag 15. Tillåtet: 1–90 procent." in page.text
    refused = client.post(url, {"until": UNTIL.isoformat(), "level_year__threshold": "99"})
    assert refused.status_code == 422
    answer = client.post(url, {"until": UNTIL.isoformat(), "level_year__threshold": "30", "long__on": "no"})
    row = Rehearsal.objects.get()
    assert answer.status_code == 303
    assert row.changes == [{"rule": "level_year", "threshold": 0.3}, {"rule": "long", "on": False}]
    assert "väntar på sin tur" in client.get(answer["Location"]).text
    run(row)
    assert "Visa resultatet" in client.get(reverse("rehearsal-progress", args=[row.pk])).text
    done = client.get(answer["Location"]).text
    assert "Så här många hade visats" in done
    assert "20 av 40" in done
    assert answer["Location"] in client.get(url).text


@pytest.mark.django_db
def test_others_do_not_reach_it(client, cast, data):
    row = run(ask(cast))
    for name in ("mentor_7b", "counsellor", "controller", "principal", "principal_lunda", "principal_fria"):
        cast.login(client, name)
        assert client.get(reverse("rehearsal", args=[row.pk])).status_code in REFUSED
        if not name.startswith("principal"):
            assert client.get(reverse("rehearsals")).status_code in REFUSED


@pytest.mark.django_db
def test_without_data_there_is_nothing_to_rehearse(client, cast):
    page = cast.login(client, "principal").get(reverse("rehearsals"))
    assert "Det finns ingen närvaro att provköra på" in page.text


@pytest.mark.django_db
def test_what_went_wrong_is_said_in_the_readers_language(client, cast, data, monkeypatch):
    empty = DAYS.schema.empty_table()
    monkeypatch.setattr(jobs, "load_for_rules", lambda authority_id, since: (empty, None, None, None))
    row = run(ask(cast))
    address = reverse("rehearsal", args=[row.pk])
    swedish = cast.login(client, "process_leader").get(address).text
    assert "Det finns ingen närvaro för läsåret" in swedish
    with translation.override("en"):
        assert in_words(row.result["problem"]) != in_words("")
        assert "närvaro" not in in_words(row.result["problem"])


def test_nothing_filled_in_is_said_and_nothing_is_counted(client, cast, data):
    cast.login(client, "process_leader")
    page = client.get(reverse("rehearsals"))
    until = page.context["years"][0].until.isoformat()
    answer = client.post(reverse("rehearsals"), {"until": until, "unit_id": ""})
    assert answer.status_code == 422
    assert "Inget gränsvärde är ändrat" in answer.text
    with acting_as(cast.service()):
        assert not Rehearsal.objects.exists()
