"""The register answers for any day; a move opens nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from samhandla.people import actions, queries
from samhandla.people.errors import NotAllowed
from samhandla.people.models import Assignment, Child, Enrolment, Membership
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
THIRD_OF_MARCH = date(2026, 3, 3)


def test_who_was_mentor_of_7b_on_3_march(cast):
    """One mentor until 28 February, another from 1 March, both from today on."""
    by = cast.service()
    Assignment.objects.filter(staff=cast.staff["mentor_7b"]).update(valid_to=date(2026, 2, 28))
    give = {"by": by, "group": cast.group["7B"], "role": "mentor"}
    actions.assign_group(staff=cast.staff["nurse"], valid_from=date(2026, 3, 1), **give)
    actions.assign_group(staff=cast.staff["mentor_7b"], valid_from=queries.today(), **give)
    group = cast.group["7B"].pk

    def on(day):
        return sorted(one.given_name for one in queries.list_mentors_of_group(group, on=day))

    assert on(date(2026, 2, 28)) == ["Mentor 7B"]
    assert on(THIRD_OF_MARCH) == ["Nurse"]
    assert on(queries.today()) == ["Mentor 7B", "Nurse"]
    assert on(date(2019, 1, 1)) == []


def test_members_of_a_past_day_and_of_today(cast):
    by, viewer = cast.service(), cast.viewer("principal")
    yesterday = queries.today() - timedelta(days=1)
    with acting_as(by):
        actions.end_memberships(
            by=by, child=cast.child["omar"], groups=[cast.group["7B"]], last_day=yesterday
        )
    with acting_as(viewer):
        then = queries.members_for(viewer, cast.group["7B"], on=yesterday)
        now = queries.members_for(viewer, cast.group["7B"], on=queries.today())
    assert [c.given_name for c in then.children] == ["Alma", "Omar", "Tove"]
    assert [c.given_name for c in now.children] == ["Alma", "Tove"]


def test_a_member_who_moved_is_only_counted(cast):
    by, viewer = cast.service(), cast.viewer("principal")
    yesterday = queries.today() - timedelta(days=1)
    with acting_as(by):
        actions.move_child(by=by, child=cast.child["alma"], unit=cast.unit["lunda"], on=queries.today())
    with acting_as(viewer):
        then = queries.members_for(viewer, cast.group["7B"], on=yesterday)
    assert ([c.given_name for c in then.children], then.moved) == (["Omar", "Tove"], 1)


def test_a_move_within_the_authority_keeps_history_and_opens_nothing(cast):
    by, day = cast.service(), queries.today()
    with acting_as(by):
        actions.move_child(by=by, child=cast.child["alma"], unit=cast.unit["lunda"], on=day)
        rows = Enrolment.objects.filter(child=cast.child["alma"]).order_by("valid_from")
        assert [(r.unit_id, r.valid_to) for r in rows] == [
            (cast.unit["berga"].pk, day - timedelta(days=1)),
            (cast.unit["lunda"].pk, None),
        ]
    with acting_as(cast.viewer("principal_lunda")):
        assert Enrolment.objects.filter(child=cast.child["alma"]).count() == 1
        assert not Membership.objects.filter(child=cast.child["alma"]).exists()
    with acting_as(cast.viewer("mentor_7b")):
        assert not Child.objects.filter(pk=cast.child["alma"].pk).exists()


def test_a_move_to_another_principal_opens_nothing_either_way(cast):
    """The new principal registers its own row; the two never open each other's."""
    fria = cast.service("independent")
    with acting_as(fria):
        new = actions.register_child(
            by=fria,
            unit=cast.unit["fria"],
            given_name="Alma",
            family_name="Prov",
            birth_date=cast.child["alma"].birth_date,
        )
    with acting_as(cast.viewer("principal_fria")):
        assert list(Child.objects.filter(given_name="Alma")) == [new]
        assert not Enrolment.objects.filter(child=cast.child["alma"]).exists()
    with acting_as(cast.viewer("principal")):
        assert list(Child.objects.filter(given_name="Alma")) == [cast.child["alma"]]


@pytest.mark.parametrize("who", ["mentor_7b", "counsellor"])
def test_who_sees_a_child_but_keeps_no_register_changes_nothing(cast, who):
    by, child = cast.viewer(who), cast.child["alma"]
    day = queries.today()
    with acting_as(by):
        for deed in (
            lambda: actions.update_child(by=by, child=child, given_name="X"),
            lambda: actions.move_child(by=by, child=child, unit=cast.unit["lunda"], on=day),
            lambda: actions.mark_missing(by=by, child=child, since=day),
            lambda: actions.store_personnummer(by=by, child=child, number="201301012391"),
            lambda: actions.end_memberships(by=by, child=child, groups=[cast.group["7B"]], last_day=day),
            lambda: actions.place_in_group(by=by, child=child, group=cast.group["7A"], valid_from=day),
            lambda: actions.enrol_child(
                by=by, child=child, unit=cast.unit["berga"], form="GR", school_year=7, valid_from=day
            ),
            lambda: actions.register_child(by=by, unit=cast.unit["berga"], given_name="Y", family_name="Z"),
            lambda: actions.register_guardian(by=by, given_name="Y", family_name="Z"),
            lambda: actions.register_staff(by=by, given_name="Y", family_name="Z"),
            lambda: actions.save_organisation(by=by, name="X", kind="school_unit"),
        ):
            with pytest.raises(NotAllowed):
                deed()
    with acting_as(cast.service()):
        assert Child.objects.get(pk=child.pk).given_name == "Alma"


def test_the_administrator_changes_what_the_mentor_may_not(cast):
    by = cast.viewer("administrator")
    with acting_as(by):
        assert actions.update_child(by=by, child=cast.child["alma"], given_name="Alva").given_name == "Alva"


def test_names_are_found_from_the_beginning_of_each_word_in_swedish_order(cast):
    by, viewer = cast.service(), cast.viewer("principal")
    with acting_as(by):
        for given, family in (
            ("Östen", "Öberg"),
            ("Åke", "Åberg"),
            ("Anna-Karin", "Zetterberg"),
            ("Ärla", "Ärlig"),
            ("André", "Idéus"),
            ("Åsa", "Idman"),
        ):
            actions.register_child(
                by=by, unit=cast.unit["berga"], given_name=given, family_name=family, protection="none"
            )

    def found(text):
        with acting_as(viewer):
            return [c.family_name for c in queries.search_children_for(viewer, text)]

    assert found("karin") == ["Zetterberg"]
    assert found("ZETT anna") == ["Zetterberg"]
    assert found("ideus") == found("Idéus") == ["Idéus"]
    assert found("å") == ["Idman", "Åberg"]
    assert found("%") == found("_") == found("") == found("  ") == []
    with acting_as(viewer):
        rows = queries.in_swedish_order(queries.children_for(viewer)).values_list("family_name", flat=True)
        assert [n for n in rows if n != "Prov"] == ["Idéus", "Idman", "Zetterberg", "Åberg", "Ärlig", "Öberg"]


def test_another_unit_is_not_searched(cast):
    viewer = cast.viewer("principal")
    with acting_as(viewer):
        assert list(queries.search_children_for(viewer, "nora")) == []
    other = cast.viewer("principal_lunda")
    with acting_as(other):
        assert [c.given_name for c in queries.search_children_for(other, "nora")] == ["Nora"]
