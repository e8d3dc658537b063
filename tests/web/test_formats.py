"""Numbers and days in Swedish and English."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from samhandla.trust.viewer import DutyAt, Viewer
from samhandla.web import formats

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "decimals", "swedish", "english"),
    [
        (1234567.25, 1, f"1{NBSP}234{NBSP}567,2", "1,234,567.2"),
        (0, 0, "0", "0"),
        (-3.5, 1, "−3,5", "−3.5"),
        (-0.04, 1, "0,0", "0.0"),
        (None, 2, "–", "–"),
    ],
)
def test_number(value, decimals, swedish, english):
    with translation.override("sv"):
        assert formats.number(value, decimals) == swedish
    with translation.override("en"):
        assert formats.number(value, decimals) == english


def test_percent_and_percentage_points_are_never_mixed():
    with translation.override("sv"):
        assert formats.percent(0.123) == f"12,3{NBSP}%"
        assert formats.percentage_points(-0.012) == f"−1,2{NBSP}procentenheter"
        assert formats.percentage_points(0.008) == f"+0,8{NBSP}procentenheter"
        assert formats.percentage_points(0.0001) == f"0,0{NBSP}procentenheter"
        assert formats.percent(None) == formats.percentage_points(None) == "–"
    with translation.override("en"):
        assert formats.percent(0.123) == "12.3%"
        assert "percentage points" in formats.percentage_points(0.01)


def test_days():
    this_year = date.today().year
    with translation.override("sv"):
        assert formats.day(date(2025, 3, 4)) == "tisdag 4 mars 2025"
        assert formats.day(date(this_year, 3, 3)).endswith("3 mars")
        assert formats.day(date(this_year, 3, 3), year=True).endswith(str(this_year))
        assert formats.short_day(date(2025, 3, 4)) == "4 mars 2025"
        assert formats.month(date(2025, 3, 4)) == "mars 2025"
        assert formats.day(None) == formats.short_day(None) == "–"


def test_school_days_and_minutes():
    with translation.override("sv"):
        assert [formats.school_days(n) for n in (0, 1, 2, None)] == [
            "0 skoldagar",
            "1 skoldag",
            "2 skoldagar",
            "–",
        ]
        assert [formats.minutes(n) for n in (0, 45, 60, 130, None)] == [
            f"0{NBSP}min",
            f"45{NBSP}min",
            f"1{NBSP}h",
            f"2{NBSP}h 10{NBSP}min",
            "–",
        ]
    with translation.override("en"):
        assert formats.school_days(2) == "2 school days"


def render(text: str, **context) -> str:
    return Template("{% load samhandla %}" + text).render(Context(context))


def test_may_in_templates():
    mentor = Viewer(1, 1, "staff", duties=(DutyAt("mentor", 1),))
    question = "{% if viewer|may:'signal_list' %}yes{% else %}no{% endif %}"
    assert render(question, viewer=mentor) == "yes"
    assert render(question, viewer=None) == "no"
    with pytest.raises(KeyError):
        render("{{ viewer|may:'no_such_permission' }}", viewer=mentor)


def test_same_page_keeps_the_rest_of_the_query():
    request = RequestFactory().get("/?form=GR&page=3")
    assert QueryDict(render("{% same_page page=4 %}", request=request).replace("&amp;", "&")[1:]).dict() == {
        "form": "GR",
        "page": "4",
    }
    assert render("{% same_page page='' %}", request=request) == "?form=GR"
