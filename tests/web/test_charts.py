"""The absence calendar, bars and lines: what is drawn where."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from samhandla.web.charts.absence_calendar import BAR_HEIGHT, BAR_TOP, Day, absence_calendar
from samhandla.web.charts.bars import Bar, Point, bars, line, scale_top

MONDAY = date(2026, 3, 2)


def squares(*days, first=MONDAY, last=MONDAY + timedelta(days=4), until=None):
    (month,) = absence_calendar(days, first=first, last=last, until=until).months
    return {square.date: square for square in month.squares}


def test_half_a_day_fills_half_the_square_from_below():
    square = squares(Day(MONDAY, 300, valid=90, invalid=60, reported=300))[MONDAY]
    bottom = square.y + BAR_TOP + BAR_HEIGHT
    assert square.valid_height == pytest.approx(0.3 * BAR_HEIGHT, abs=0.1)
    assert square.invalid_height == pytest.approx(0.2 * BAR_HEIGHT, abs=0.1)
    assert square.valid_y + square.valid_height == pytest.approx(bottom, abs=0.1)
    assert square.invalid_y + square.invalid_height == pytest.approx(square.valid_y, abs=0.2)


def test_more_absence_than_offered_never_leaves_the_square():
    square = squares(Day(MONDAY, 100, valid=80, invalid=200, reported=100))[MONDAY]
    assert square.valid_height + square.invalid_height == pytest.approx(BAR_HEIGHT, abs=0.1)
    assert Day(MONDAY, 100, valid=80, invalid=200).share == 1.0


def test_kinds_of_days():
    tuesday, wednesday, friday = (MONDAY + timedelta(days=n) for n in (1, 2, 4))
    found = squares(
        Day(MONDAY, 300, reported=300),
        Day(tuesday, 300, reported=0),
        Day(wednesday, 0),
        until=MONDAY + timedelta(days=3),
    )
    assert [found[d].kind for d in (MONDAY, tuesday, wednesday, friday)] == [
        "school",
        "unregistered",
        "none",
        "coming",
    ]


def test_weekends_are_drawn_only_when_school_was_held():
    saturday = MONDAY + timedelta(days=5)
    week = {"first": MONDAY, "last": MONDAY + timedelta(days=6)}
    assert saturday not in squares(**week)
    assert saturday in squares(Day(saturday, 60, reported=60), **week)


def test_months_cover_the_whole_period_also_over_the_new_year():
    found = absence_calendar([], first=date(2025, 12, 22), last=date(2026, 1, 9))
    assert [len(m.squares) for m in found.months] == [8, 7]
    assert [w.number for m in found.months for w in m.weeks] == [52, 1, 1, 2]


def test_rows_are_the_days_with_absence_in_order():
    days = [Day(MONDAY + timedelta(days=n), 300, valid=n, reported=300) for n in (3, 0, 1)]
    found = absence_calendar(
        [*days, Day(date(2020, 1, 1), 1, 1)], first=MONDAY, last=MONDAY + timedelta(days=4)
    )
    assert [row.valid for row in found.rows] == [1, 3]


def test_picture_is_told_in_words():
    with translation.override("sv"):
        days = [
            Day(MONDAY, 300, invalid=300, reported=300),
            Day(MONDAY + timedelta(days=1), 300, reported=300),
        ]
        (month,) = absence_calendar(days, first=MONDAY, last=MONDAY + timedelta(days=1)).months
    assert month.text == "mars 2026: 1 av 2 skoldagar med frånvaro, 1 dag med ogiltig frånvaro."


@pytest.mark.parametrize(
    ("share", "ticks"),
    [
        (0.055, [0, 1, 2, 3, 4, 5, 6]),
        (0.06, [0, 1, 2, 3, 4, 5, 6]),
        (0.1, [0, 2, 4, 6, 8, 10]),
        (0.012, [0, 1, 2]),
        (0.23, [0, 5, 10, 15, 20, 25, 30]),
        (1.0, [0, 20, 40, 60, 80, 100]),
    ],
)
def test_the_scale_of_a_line_is_even_and_in_whole_per_cent(share, ticks):
    found = line([Point("VT", share), Point("HT", share / 2)]).ticks
    assert found[-1].share >= share
    assert all(round(tick.share * 100, 6).is_integer() for tick in found)
    gaps = {round(a.y - b.y) for a, b in pairwise(found)}
    assert max(gaps) - min(gaps) <= 1
    assert [round(tick.share * 100) for tick in found] == ticks


def test_calendar_draws_numbers_with_a_decimal_point():
    calendar = absence_calendar(
        [Day(MONDAY, 300, valid=100, reported=300)], first=MONDAY, last=MONDAY + timedelta(days=1)
    )
    html = render_to_string("web/components/absence_calendar.html", {"calendar": calendar, "id": "k"})
    assert f'height="{BAR_HEIGHT / 3:.1f}"' in html
    assert "url(#k-giltig)" in html


@pytest.mark.parametrize(
    ("shares", "top"),
    [([0.123, 0.187], 0.2), ([0.011], 0.02), ([0.31], 0.4), ([], 1.0), ([0.0], 1.0), ([0.97], 1.0)],
)
def test_scale_ends_at_an_even_step(shares, top):
    assert scale_top(shares) == top


def test_hidden_group_has_no_bar_and_no_share():
    chart = bars([Bar("A", 0.1, 100), Bar("B", 0.9, 4, hidden=True)], target=0.05)
    assert [(row.width, row.share) for row in chart.rows] == [(100.0, 0.1), (0.0, None)]
    html = render_to_string("web/components/bars.html", {"chart": chart})
    assert "90" not in html.replace("viewBox", "")
    assert "För få för att visas" in html


def test_missing_figure_is_a_gap_in_the_line():
    chart = line([Point("a", 0.1), Point("b", 0.2), Point("c", None), Point("d", 0.1), Point("e", 0.1)])
    assert [len(path.split()) for path in chart.paths] == [2, 2]
    assert chart.points[1].y < chart.points[0].y
    assert chart.points[0].x < chart.points[4].x <= chart.right
