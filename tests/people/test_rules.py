"""Decisions of the register, without a database."""

from __future__ import annotations

import doctest
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samhandla.lib.schoolcalendar import TermDates
from samhandla.people import rules
from samhandla.people.models import GuardianshipKind, Protection
from samhandla.people.rules import Label
from samhandla.trust.roles import ROLES

FIXED = settings(deadline=None, derandomize=True, database=None)
BORN = st.dates(date(2000, 1, 1), date(2026, 12, 31))


def test_examples():
    assert doctest.testmod(rules).failed == 0


@pytest.mark.parametrize("kind", GuardianshipKind.values)
def test_the_kind_decides_the_rights(kind):
    right = rules.guardian_rights(kind, date(2015, 1, 1), date(2026, 1, 1))
    assert right == (kind in {"vardnadshavare", "sarskilt_forordnad"})


@FIXED
@given(BORN, st.integers(-800, 800))
def test_every_right_of_a_guardian_ends_on_the_eighteenth_birthday(born, offset):
    day = rules.birthday(born, 18) + timedelta(days=offset)
    assert rules.guardian_rights("vardnadshavare", born, day) == (offset < 0)
    assert rules.is_adult(born, day) == (offset >= 0)
    assert (rules.age_on(born, day) >= 18) == (offset >= 0)


@FIXED
@given(BORN)
def test_own_right_begins_at_sixteen(born):
    first = rules.birthday(born, 16)
    assert rules.speaks_for_self(born, first)
    assert not rules.speaks_for_self(born, first - timedelta(days=1))


def test_an_unknown_birth_date_gives_nobody_a_right():
    assert not rules.guardian_rights("vardnadshavare", None, date(2026, 1, 1))
    assert not rules.speaks_for_self(None, date(2026, 1, 1))
    standing = rules.guardian_standing("vardnadshavare", None, date(2020, 1, 1), None, date(2026, 1, 1))
    assert standing == "no_birth_date"


@pytest.mark.parametrize(
    ("kind", "first", "last", "expected"),
    [
        ("vardnadshavare", date(2020, 1, 1), None, "right"),
        ("sarskilt_forordnad", date(2020, 1, 1), date(2026, 9, 1), "right"),
        ("familjehem", date(2020, 1, 1), None, "kind"),
        ("okand", date(2020, 1, 1), None, "kind"),
        ("vardnadshavare", date(2026, 9, 2), None, "not_begun"),
        ("vardnadshavare", date(2020, 1, 1), date(2026, 8, 31), "ended"),
    ],
)
def test_why_an_adult_has_a_right_or_not(kind, first, last, expected):
    assert rules.guardian_standing(kind, date(2012, 5, 2), first, last, date(2026, 9, 1)) == expected


MARKS = st.sampled_from(Protection.values)


@FIXED
@given(MARKS, st.lists(MARKS), st.lists(MARKS))
def test_the_strictest_of_the_family_counts(child, guardians, siblings):
    found = rules.effective_protection(child, guardians, siblings)
    family = [child, *guardians, *siblings]
    assert found in family
    assert all(rules.PROTECTION_ORDER.index(found) <= rules.PROTECTION_ORDER.index(one) for one in family)
    assert rules.is_masked(found) == any(one in {"marked", "protected"} for one in family)


def test_only_mentor_principal_and_pupil_health_open_a_protected_name():
    opening = {role for role in ROLES if rules.opens_protected([("unit", role)])}
    assert opening == rules.ROLES_THAT_OPEN_PROTECTED
    assert "school_administrator" not in opening
    assert not rules.opens_protected([])
    assert rules.opens_protected([("unit", "coach"), ("stand_in", "mentor")])


def test_grade_labels_move_one_step_in_2028():
    labels = [
        Label(day, "GR", year, str(year + step))
        for (day, step), year in product(((date(2011, 7, 1), 0), (date(2028, 7, 1), 1)), range(1, 10))
    ]
    assert [rules.grade_label(labels, "GR", y, date(2028, 6, 30)) for y in (1, 9)] == ["1", "9"]
    assert [rules.grade_label(labels, "GR", y, date(2028, 7, 1)) for y in (1, 9)] == ["2", "10"]
    assert rules.grade_label(labels, "GY", 2, date(2030, 1, 1)) == "2"
    assert rules.grade_label(labels, "GR", None, date(2030, 1, 1)) == ""


@pytest.mark.parametrize(
    ("name", "first", "last", "expected"),
    [
        ("VT27", date(2027, 1, 8), date(2027, 6, 11), ""),
        ("HT26", date(2026, 8, 10), date(2026, 12, 20), ""),
        ("VT27", date(2026, 12, 18), date(2027, 6, 11), "overlaps"),
        ("VT27", date(2027, 6, 11), date(2027, 1, 8), "last_before_first"),
        ("VT27", date(2027, 1, 8), date(2029, 6, 11), "too_long"),
    ],
)
def test_terms_do_not_meet(name, first, last, expected):
    autumn = TermDates("HT26", date(2026, 8, 17), date(2026, 12, 18))
    assert rules.period_problem(name, first, last, [autumn]) == expected


def test_the_nearest_term_of_a_name_counts():
    above = [
        TermDates("HT26", date(2026, 8, 17), date(2026, 12, 18)),
        TermDates("VT27", date(2027, 1, 8), date(2027, 6, 11)),
    ]
    own = [TermDates("HT26", date(2026, 8, 24), date(2026, 12, 18))]
    assert rules.terms_in_force([own, above]) == [own[0], above[1]]


def test_every_role_of_the_work_is_there_with_a_swedish_name():
    wanted = {
        "rektor", "biträdande rektor", "mentor", "lärare", "klasslärare", "arbetslagsledare",
        "skolsköterska", "kurator", "skolpsykolog", "specialpedagog", "skolsocionom", "socialpedagog",
        "elevcoach", "trivselcoach", "närvaroansvarig", "socialsekreterare", "familjebehandlare",
        "råd- och stödsamordnare", "föräldraskapsstödjare", "fältare", "fritidsledare",
        "föreningsledare", "studie- och yrkesvägledare", "polis", "personal på familjecentral",
        "kulturskolelärare", "arbetsmarknadshandläggare", "samordnare", "projektledare", "processledare",
        "förvaltningschef", "verksamhetschef", "förtroendevald i nämnd", "skolchef", "utvärderare",
        "revisor", "vårdnadshavare", "barn eller ung", "ekonom", "jurist", "kommunikatör",
        "skoladministratör", "skolpliktshandläggare", "registrator", "dataskyddsombud", "arkivarie",
        "medicinskt ledningsansvarig (MLA)", "controller",
        "verksamhetschef för elevhälsans medicinska insats", "systemadministratör",
    }  # fmt: skip
    assert wanted <= {role.name for role in ROLES.values()}
    assert all(role.description.endswith(".") for role in ROLES.values())


@pytest.mark.parametrize("code", ["police", "region_partner", "funding_partner"])
def test_partners_open_no_page(code):
    assert ROLES[code].permissions == frozenset()
