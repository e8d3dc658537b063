"""Pupils known by sums only on the board page: counted once, with how many they are, and how sure."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from tests.analytics.django.lessons import lesson, table, totals
from tests.govern.conftest import SPRING

from samhandla.analytics import actions as attendance
from samhandla.govern import actions, queries
from samhandla.govern.rules import Term
from samhandla.govern.words import describe_sums
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
VT25 = Term.parse("VT2025")
TERM = (date(2025, 1, 13), date(2025, 6, 13))


def sums(town, children, high: int, batch: int, window=TERM, source=7, **values) -> None:
    """Deliver sums of one period; the first `high` pupils miss 20 per cent of it."""
    by = town.cast.service()
    rows = [
        {"pupil": c.pk, "unit": c.unit_id, "offered": 10_000, "valid": 2000 if place < high else 0,
         "first_date": window[0], "last_date": window[1], **values}
        for place, c in enumerate(children)
    ]  # fmt: skip
    attendance.replace_window(
        by=by, authority_id=by.authority_id, source_id=source, batch_id=batch, table=totals(rows)
    )


def rows_of(town) -> dict[tuple[str, str], dict]:
    town.count()
    viewer = town.cast.viewer("controller")
    with acting_as(viewer):
        content = queries.board_content_for(viewer, VT25)
    return {(r["unit_name"], r["sex"]): r for r in content["rows"] if r.get("grade") is None}


@pytest.fixture
def with_sums(town):
    """Lunda gets forty girls more, whose source gives sums only: fifteen of them above the limit."""
    town.more = town.enrol("lunda", "K", 40)
    return town


def test_they_are_counted_and_said_to_be(with_sums, client):
    before = rows_of(with_sums)[("Lundaskolan", "")]
    sums(with_sums, with_sums.more, 15, 101)
    row = rows_of(with_sums)[("Lundaskolan", "")]
    assert row["pupils"] == before["pupils"] + 40
    assert (row["above"], row["by_sums"]) == (before["above"] + 15, 40)
    assert "40 elever är räknade på summor" in row["sums_text"]
    page = (
        with_sums.cast.login(client, "controller").get(f"{reverse('board')}?termin=VT2025").content.decode()
    )
    assert "40 elever är räknade på summor från en källa utan lektioner. Lundaskolan: 40." in page


def test_overlapping_periods_count_once_and_lessons_win(with_sums):
    sums(with_sums, with_sums.more, 15, 101)
    sums(with_sums, with_sums.more, 40, 102, window=(TERM[0], date(2025, 3, 31)))
    known = rows_of(with_sums)[("Lundaskolan", "")]["above"]
    sums(with_sums, with_sums.pupils[("lunda", "M")], 30, 103, source=8)  # boys, who have lessons in the term
    row = rows_of(with_sums)[("Lundaskolan", "")]
    assert (row["above"], row["by_sums"]) == (known, 40)


def test_a_rate_that_is_not_told_is_unknown_and_not_nothing(with_sums):
    sums(with_sums, with_sums.more, 15, 101)
    rows = rows_of(with_sums)
    assert rows[("", "")]["reporting_percent"] is None, "more than half of the teaching is not told of"
    sums(with_sums, with_sums.more, 15, 101 + 1, reported=9000)
    rows = rows_of(with_sums)
    assert float(rows[("", "")]["reporting_percent"]) > 90
    assert not rows[("", "")]["low_reporting"]


def test_a_handful_is_not_told_by_number(with_sums):
    sums(with_sums, with_sums.more[:3], 0, 101)
    row = rows_of(with_sums)[("Lundaskolan", "")]
    assert row["by_sums"] is None
    assert row["sums_text"] == "Några få elever är räknade på summor."


def test_a_mixed_pupil_has_both_and_a_period_in_another_term_neither(with_sums):
    by, some = with_sums.cast.service(), with_sums.more[:12]
    at = with_sums.cast.unit["lunda"].pk
    before = rows_of(with_sums)[("Lundaskolan", "")]
    days = table([lesson(c.pk, at, SPRING, offered=100) for c in some])
    attendance.store_lessons(by=by, authority_id=by.authority_id, source_id=1, batch_id=99, table=days)
    attendance.set_batch_live(by=by, batch_id=99, live=True)
    sums(with_sums, some, 12, 101, window=(date(2025, 4, 1), date(2025, 5, 31)))
    sums(with_sums, with_sums.more[12:], 28, 102, window=(date(2025, 6, 1), date(2025, 8, 31)))
    row = rows_of(with_sums)[("Lundaskolan", "")]
    assert row["by_sums"] == 12
    assert row["pupils"] == before["pupils"] + 12, "the others are missing"


def test_the_words_tell_nobody_from_some_and_from_not_known():
    assert describe_sums(0, known=True) == ""
    assert describe_sums(1, known=True).startswith("1 elev är räknad")
    assert describe_sums(None, known=False) == ""


def across(town) -> str:
    town.count()
    viewer = town.cast.viewer("controller")
    with acting_as(viewer):
        return queries.board_content_for(viewer, VT25)["across_text"]


def test_a_period_over_two_terms_is_in_neither_and_the_page_says_so(with_sums, client):
    year = (date(2024, 8, 19), date(2025, 6, 13))
    before = rows_of(with_sums)[("Lundaskolan", "")]["pupils"]
    sums(with_sums, with_sums.more, 15, 101, window=year)
    assert across(with_sums).startswith("40 elever har summor över mer än en termin.")
    assert rows_of(with_sums)[("Lundaskolan", "")]["pupils"] == before
    page = with_sums.cast.login(client, "controller").get(f"{reverse('board')}?termin=VT2025")
    assert "Summorna räknas inte i någon termin. Be leverantören" in page.content.decode()


def test_few_are_told_without_number_and_a_period_within_the_term_is_not_told(with_sums):
    year = (date(2024, 8, 19), date(2025, 6, 13))
    sums(with_sums, with_sums.more[3:], 0, 101)
    assert across(with_sums) == ""
    sums(with_sums, with_sums.more[:3], 0, 102, window=year)
    assert across(with_sums).startswith("Några få elever")
    sums(with_sums, with_sums.more, 0, 103, window=year, absence_only=True)
    assert across(with_sums) == "", "of absence alone is told elsewhere, and the later file replaced the sums"


def test_a_board_with_such_periods_alone_is_told_why_it_has_no_figures(cast, client, settings, tmp_path):
    settings.LAKE_DIR = tmp_path / "lake"
    by = cast.service()
    child = cast.child["alma"]
    row = {"pupil": child.pk, "unit": child.unit_id, "offered": 6000, "first_date": date(2024, 8, 19)}
    ours = {"authority_id": by.authority_id, "source_id": 7, "batch_id": 1}
    attendance.replace_window(by=by, table=totals([{**row, "last_date": date(2025, 6, 13)}]), **ours)
    actions.count_board(by=by, authority_id=by.authority_id)
    page = cast.login(client, "controller").get(reverse("board")).content.decode()
    assert "Inga siffror är räknade ännu" in page
    assert "Några få elever har summor över mer än en termin" in page
