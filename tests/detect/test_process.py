"""The process leader's page: medians and shares per unit, nothing small, nothing per person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from tests.detect.conftest import found

from samhandla.analytics.models import LakeFile
from samhandla.detect.actions.answers import answer_signal
from samhandla.detect.actions.tallies import count_tallies
from samhandla.detect.models import AnswerEffort, UnitTally
from samhandla.detect.queries.process import process_page_for
from samhandla.detect.rules.loop import monday_of
from samhandla.detect.rules.process import why_not_used
from samhandla.people.queries import school_days_of, today

pytestmark = pytest.mark.django_db
REFUSED = (403, 404)
COUNTS = {
    "pupils": 300, "open": 12, "late": 3, "queued": 0, "shown": 40, "answered": 38, "due": 40, "in_time": 30,
    "in_time_percent": 75, "guidance_on": today().isoformat(), "data_to": today().isoformat(),
}  # fmt: skip


def efforts(cast, unit, *pairs):
    for seconds, clicks in pairs:
        AnswerEffort.objects.create(
            unit=cast.unit[unit], week=monday_of(today()), seconds=seconds, clicks=clicks
        )


def tally(cast, unit="berga", **counts):
    return UnitTally.objects.create(
        authority_id=cast.unit[unit].authority_id, unit=cast.unit[unit], week=monday_of(today()),
        counted_on=today(), counts={**COUNTS, **counts},
    )  # fmt: skip


def rows(cast):
    page = process_page_for(cast.viewer("process_leader"), today=today())
    return {row.unit.name: row for row in page.rows}


def test_medians_of_ten_answers_are_shown_and_of_nine_not(cast):
    efforts(cast, "berga", *[(30, 2)] * 5, *[(90, 4)] * 5)
    efforts(cast, "lunda", *[(30, 2)] * 9)
    found_rows = rows(cast)
    assert (found_rows["Bergaskolan"].effort.minutes, found_rows["Bergaskolan"].effort.clicks) == (1.0, 3)
    assert found_rows["Lundaskolan"].effort is None


def test_other_authorities_are_not_there(cast):
    assert set(rows(cast)) == {"Bergaskolan", "Lundaskolan"}


def test_shares_need_ten_signals_and_counts_ten_or_none(cast):
    tally(cast)
    tally(cast, "lunda", due=9, in_time=9, late=0)
    found_rows = rows(cast)
    assert (found_rows["Bergaskolan"].in_time_share, found_rows["Bergaskolan"].late) == (0.75, None)
    assert (found_rows["Lundaskolan"].in_time_share, found_rows["Lundaskolan"].late) == (None, 0)


def test_a_unit_with_few_pupils_shows_nothing(cast):
    tally(cast, pupils=9, late=10)
    assert (rows(cast)["Bergaskolan"].in_time_share, rows(cast)["Bergaskolan"].late) == (None, None)


@pytest.mark.parametrize(
    ("counts", "codes"),
    [
        ({}, []),
        ({"data_to": None}, ["no_data"]),
        ({"data_to": (today() - timedelta(days=8)).isoformat()}, ["old_data"]),
        ({"answered": 0, "in_time": 0}, ["nobody_answers"]),
        ({"in_time": 19}, ["late_answers"]),
        ({"queued": 10}, ["long_queue"]),
        ({"guidance_on": None}, ["no_guidance"]),
        ({"due": 9, "answered": 0, "in_time": 0}, []),
    ],
)
def test_why_it_is_not_used(counts, codes):
    assert why_not_used({**COUNTS, **counts}, today=today()) == codes


def test_tallies_are_counted_from_signals_and_answers(cast, take, signal_of):
    take(*(found(cast.child[n]) for n in ("alma", "omar", "tove", "nora")))
    answer_signal(
        by=cast.viewer("mentor_7b"), signal_id=signal_of("alma").pk, kind="act", reason="x", today=today()
    )
    days = school_days_of(
        cast.unit["berga"].pk, first=today() + timedelta(days=1), last=today() + timedelta(days=60)
    )
    assert count_tallies(by=cast.service(), today=days[7]) == 2
    counts = UnitTally.objects.get(unit=cast.unit["berga"]).counts
    assert (counts["pupils"], counts["open"], counts["late"], counts["queued"]) == (4, 1, 1, 1)
    assert (counts["shown"], counts["answered"], counts["due"], counts["in_time"]) == (2, 1, 2, 1)
    count_tallies(by=cast.service(), today=days[7])
    assert UnitTally.objects.count() == 2
    assert UnitTally.objects.get(unit=cast.unit["lunda"]).counts["in_time"] == 0


def test_the_page(client, cast):
    tally(cast, answered=0, in_time=0)
    efforts(cast, "berga", *[(40, 2)] * 10)
    text = cast.login(client, "process_leader").get(reverse("process")).text
    assert "ingen tar ställning" in text
    assert "Inte räknat än." in text
    assert "0,7 minuter och 2 klick" in text
    for name in ("Alma", "Mentor 7B", "Principal"):
        assert name not in text


def test_before_anything_is_counted(client, cast):
    page = cast.login(client, "process_leader").get(reverse("process"))
    assert page.status_code == 200
    assert "För få svar för att visas." in page.text


@pytest.mark.parametrize("name", ["mentor_7b", "principal", "counsellor", "controller", "officer"])
def test_the_page_is_the_process_leaders(client, cast, name):
    assert cast.login(client, name).get(reverse("process")).status_code in REFUSED


@pytest.mark.parametrize(("name", "page"), [("process_leader", "process"), ("officer", "guidance")])
def test_lists_say_up_to_which_day_they_know(client, cast, name, page):
    cast.login(client, name)
    assert "Inga närvarouppgifter har tagits in ännu." in client.get(reverse(page)).text
    LakeFile.objects.create(
        authority=cast.authority["board"], source_id=1, batch_id=1, dataset="lessons", path="x", rows=1,
        sha256="x", first_date=date(2026, 8, 17), last_date=date(2026, 11, 3), live=True,
    )  # fmt: skip
    assert "Uppgifter till och med tisdag 3 november" in client.get(reverse(page)).text
