"""The school calendar: inherited, previewed, numbered anew; refused where it is not one's own."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from samhandla.people import actions, queries
from samhandla.people.errors import NotYours, Refused
from samhandla.people.models import Break, Duty, Enrolment, GradeLabel, SchoolDay, Substitution, Term
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2030, 8, 19), date(2030, 12, 20)


@pytest.fixture
def huvudman(cast):
    """The board's units under one huvudman with one term in 2030."""
    by = cast.service()
    top = actions.save_organisation(by=by, name="Kommunen", kind="huvudman")
    for name in ("berga", "lunda"):
        actions.save_organisation(by=by, pk=cast.unit[name].pk, parent=top)
        Term.objects.filter(organisation=cast.unit[name]).delete()
    actions.set_term(by=by, organisation=top, name="HT30", first=FIRST, last=LAST)
    actions.renumber_below(by=by, organisation=top)
    return top


def days(cast, unit):
    return list(
        SchoolDay.objects.filter(unit=cast.unit[unit]).order_by("day_no").values_list("date", flat=True)
    )


def test_units_inherit_and_a_change_renumbers_all_below(cast, huvudman):
    before = days(cast, "berga")
    assert days(cast, "lunda") == before
    actions.add_break(
        by=cast.service(),
        organisation=huvudman,
        name="Höstlov",
        kind="holiday",
        first=date(2030, 10, 28),
        last=date(2030, 11, 1),
    )
    counts = actions.renumber_below(by=cast.service(), organisation=huvudman)
    after = days(cast, "berga")
    assert len(after) == len(before) - 5 == counts[cast.unit["berga"].pk]
    numbers = (
        SchoolDay.objects.filter(unit=cast.unit["berga"]).order_by("date").values_list("day_no", flat=True)
    )
    assert list(numbers) == list(range(1, len(after) + 1))


def test_a_local_day_off_is_the_units_own(cast, huvudman):
    by, before = cast.viewer("principal"), days(cast, "lunda")
    row = actions.add_break(
        by=by,
        organisation=cast.unit["berga"],
        name="Studiedag",
        kind="study_day",
        first=date(2030, 9, 9),
        last=date(2030, 9, 9),
    )
    actions.renumber_below(by=by, organisation=cast.unit["berga"])
    assert days(cast, "lunda") == before
    assert set(before) - set(days(cast, "berga")) == {date(2030, 9, 9)}
    actions.remove_break(by=by, break_id=row.pk)
    assert days(cast, "berga") == before


def test_a_preview_tells_what_saving_then_does(cast, huvudman):
    unit, off = cast.unit["berga"], (date(2030, 9, 9), date(2030, 9, 10))
    (change,) = queries.preview_break([unit], huvudman, *off)
    before = len(days(cast, "berga"))
    assert (change.before, change.after) == (before, before - 2)
    assert Break.objects.count() == 0
    actions.add_break(
        by=cast.service(), organisation=huvudman, name="Lov", kind="local", first=off[0], last=off[1]
    )
    actions.renumber_below(by=cast.service(), organisation=huvudman)
    assert len(days(cast, "berga")) == change.after
    (longer,) = queries.preview_term([unit], huvudman, "HT30", FIRST - timedelta(days=7), LAST)
    assert longer.after == longer.before + 5


def test_an_own_term_of_the_same_name_goes_before(cast, huvudman):
    by = cast.viewer("principal")
    actions.set_term(
        by=by, organisation=cast.unit["berga"], name="HT30", first=FIRST + timedelta(days=7), last=LAST
    )
    actions.number_school_days(by=by, unit=cast.unit["berga"])
    assert days(cast, "berga") == days(cast, "lunda")[5:]
    term = Term.objects.get(organisation=cast.unit["berga"])
    actions.remove_term(by=by, term_id=term.pk)
    assert days(cast, "berga") == days(cast, "lunda")


@pytest.mark.parametrize("who", ["principal_lunda", "mentor_7b", "controller", "principal_fria"])
def test_nobody_else_changes_a_calendar(cast, huvudman, who):
    by, unit = cast.viewer(who), cast.unit["berga"]
    row = actions.add_break(
        by=cast.service(), organisation=unit, name="Lov", kind="local", first=FIRST, last=FIRST
    )
    term = Term.objects.get(organisation=huvudman)
    for deed in (
        lambda: actions.set_term(by=by, organisation=unit, name="X", first=FIRST, last=LAST),
        lambda: actions.add_break(by=by, organisation=unit, name="X", kind="local", first=FIRST, last=LAST),
        lambda: actions.remove_break(by=by, break_id=row.pk),
        lambda: actions.remove_term(by=by, term_id=term.pk),
        lambda: actions.remove_break(by=by, break_id=0),
        lambda: actions.number_school_days(by=by, unit=unit),
        lambda: actions.renumber_below(by=by, organisation=huvudman),
    ):
        with pytest.raises(NotYours):
            deed()


def test_a_principal_does_not_change_the_huvudmans_calendar(cast, huvudman):
    with pytest.raises(NotYours):
        actions.set_term(
            by=cast.viewer("principal"), organisation=huvudman, name="HT30", first=FIRST, last=FIRST
        )


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        (LAST, FIRST, "last_before_first"),
        (FIRST, FIRST + timedelta(days=500), "too_long"),
        (LAST, LAST + timedelta(days=9), "overlaps"),
    ],
)
def test_wrong_terms_are_refused(cast, huvudman, first, last, problem):
    with pytest.raises(Refused, match=problem):
        actions.set_term(by=cast.service(), organisation=huvudman, name="VT31", first=first, last=last)


def test_present_and_coming_grade_labels_are_seeded_and_unapproved(cast):
    labels = queries.grade_labels(cast.authority["board"].pk)
    found = {(one.form, one.school_year, one.valid_from.year): one.label for one in labels}
    assert found["FKLASS", 0, 2011] == "F"
    assert (found["FKLASS", 0, 2028], found["GR", 1, 2028], found["GR", 9, 2028]) == ("1", "2", "10")
    assert ("GY", 1, 2028) not in found
    assert all(one.source and not one.approved_by for one in labels)


def _refused(make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


def test_constraints_hold_both_ways(cast):
    day = queries.today()
    staff, other, unit = cast.staff["nurse"], cast.staff["officer"], cast.unit["berga"]
    assert Duty.objects.create(staff=staff, unit=unit, role="coach", valid_from=day, valid_to=day)
    _refused(
        lambda: Duty.objects.create(
            staff=staff, unit=unit, role="coach", valid_from=day, valid_to=day - timedelta(days=1)
        )
    )
    assert Substitution.objects.create(absent=staff, stand_in=other, valid_from=day, valid_to=day)
    _refused(lambda: Substitution.objects.create(absent=staff, stand_in=staff, valid_from=day, valid_to=day))
    _refused(
        lambda: Substitution.objects.create(
            absent=staff, stand_in=other, valid_from=day, valid_to=day - timedelta(days=1)
        )
    )
    assert SchoolDay.objects.create(unit=unit, date=date(2031, 1, 1), day_no=9001, term="X")
    _refused(lambda: SchoolDay.objects.create(unit=unit, date=date(2031, 1, 1), day_no=9002, term="X"))
    _refused(lambda: SchoolDay.objects.create(unit=unit, date=date(2031, 1, 2), day_no=9001, term="X"))
    _refused(lambda: Term.objects.create(organisation=unit, name="X", valid_from=LAST, valid_to=FIRST))
    _refused(
        lambda: Break.objects.create(
            organisation=unit, name="X", kind="local", valid_from=LAST, valid_to=FIRST
        )
    )
    label = {"valid_from": date(2040, 1, 1), "form": "GR", "school_year": 1, "label": "1"}
    assert GradeLabel.objects.create(**label)
    _refused(lambda: GradeLabel.objects.create(**label))
    with acting_as(cast.service()):
        first = Enrolment.objects.filter(child=cast.child["alma"]).first()
        _refused(
            lambda: Enrolment.objects.filter(pk=first.pk).update(
                valid_to=first.valid_from - timedelta(days=1)
            )
        )


def test_public_holidays_are_one_line_and_no_rows(client, cast, huvudman):
    """What is free anyway stands with the terms and has no button; own rows have, inherited ones do not."""
    by, unit = cast.service(), cast.unit["berga"]
    actions.set_term(
        by=by, organisation=huvudman, name="VT31", first=date(2031, 1, 8), last=date(2031, 6, 11)
    )
    for name, organisation, day in (
        ("Kristi himmelsfärdsdag", unit, date(2031, 5, 22)),
        ("Studiedag", unit, date(2031, 2, 3)),
        ("Lov för alla", huvudman, date(2031, 2, 4)),
    ):
        actions.add_break(by=by, organisation=organisation, name=name, kind="local", first=day, last=day)
    rows = queries.list_breaks_of(unit, since=date(2031, 1, 1))
    assert [(row.off.name, row.inherited) for row in rows] == [("Studiedag", False), ("Lov för alla", True)]
    (term,) = [row for row in queries.list_terms_of(unit, since=date(2031, 1, 1)) if row.term.name == "VT31"]
    assert (date(2031, 5, 22), "Kristi himmelsfärdsdag") in term.holidays
    cast.login(client, "principal")
    page = client.get(f"/lasarskalender/?enhet={unit.pk}").content.decode()
    assert "Kristi himmelsfärdsdag 22 maj 2031" in page
    assert page.count("Ta bort nu") == 1
    client.cookies["django_language"] = "en"
    english = client.get(f"/lasarskalender/?enhet={unit.pk}").content.decode()
    assert "Ascension Day 22 May 2031" in english
    assert "Kristi" not in english
