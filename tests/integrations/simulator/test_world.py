from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import pytest

from samhandla.integrations.simulator.numbers import NumbersUnreadable, birth_date_of, sex_of
from samhandla.integrations.simulator.plan import KINDS, label
from samhandla.integrations.simulator.world import WorldImpossible, build_world


def test_pupils_add_up_and_stand_once(world) -> None:
    numbers = [pupil.number for pupil in world.pupils]
    assert sorted(numbers) == list(range(1, 1501))
    assert world.pupil_count == 1500


def test_same_arguments_give_same_world_in_any_order(world, numbers_file) -> None:
    again = build_world(pupils=1500, schools=8, seed=7, personnummer=numbers_file)
    assert again.school(5) == world.school(5)
    assert again.organisations == world.organisations
    assert again.central_duties == world.central_duties


def test_another_seed_gives_other_people(world, numbers_file) -> None:
    other = build_world(pupils=1500, schools=8, seed=8, personnummer=numbers_file)
    assert [p.first_name for p in other.pupils] != [p.first_name for p in world.pupils]


def test_default_world_has_the_wished_for_schools() -> None:
    world = build_world()
    kinds = Counter(plan.kind for plan in world.plans)
    assert (world.pupil_count, len(world.plans)) == (4000, 12)
    assert kinds == Counter(KINDS)
    assert kinds["FRI"] == kinds["GY"] == kinds["GRS"] == 1


def test_independent_school_answers_to_somebody_else(world) -> None:
    own = {o.number: o for o in world.organisations}
    free = next(plan.unit for plan in world.plans if plan.kind == "FRI")
    others = [plan.unit for plan in world.plans if plan.kind != "FRI"]
    assert own[free.authority].kind == "huvudman"
    assert {unit.authority for unit in others} == {1}
    assert free.authority != 1


def test_every_organisation_leads_up_to_its_principal(world) -> None:
    own = {o.number: o for o in world.organisations}
    for organisation in world.organisations:
        top = organisation
        while top.parent is not None:
            top = own[top.parent]
        assert top.number == organisation.authority


def test_numbers_come_from_the_list_only_and_once(world, numbers_file) -> None:
    allowed = set(numbers_file.read_text().split())
    people = [*world.pupils, *world.guardians, *world.staff]
    given = [person.personnummer for person in people if person.personnummer]
    assert len(given) == len(set(given)) > 3000
    assert set(given) <= allowed
    for person in people:
        if person.personnummer:
            assert birth_date_of(person.personnummer) == person.birth_date
            assert sex_of(person.personnummer) == person.sex


def test_without_a_file_nobody_has_a_number() -> None:
    world = build_world(pupils=60, schools=2)
    assert {p.personnummer for p in (*world.pupils, *world.guardians, *world.staff)} == {None}


@pytest.mark.parametrize("content", ["20010101", "åäö", "200113991234", "2001010112345"])
def test_rejects_a_file_that_holds_other_things(tmp_path, content) -> None:
    path = tmp_path / "numbers.txt"
    path.write_text(f"195501142284\n{content}\n", encoding="utf-8")
    with pytest.raises(NumbersUnreadable, match=r"numbers\.txt"):
        build_world(pupils=60, schools=2, personnummer=path)


def test_rejects_a_missing_file(tmp_path) -> None:
    with pytest.raises(NumbersUnreadable, match="gick inte att läsa"):
        build_world(pupils=60, schools=2, personnummer=tmp_path / "none.txt")


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"pupils": 9}, "elever"),
        ({"pupils": 1_200_001, "schools": 4000}, "elever"),
        ({"schools": 0}, "skolor"),
        ({"seed": -1}, "Fröet"),
        ({"school_year": 1999}, "Läsåret"),
        ({"days": 179}, "skoldagar"),
        ({"days": 4}, "skoldagar"),
        ({"pupils": 40, "schools": 30}, "per skola"),
        ({"pupils": 100_000, "schools": 1}, "per skola"),
    ],
)
def test_rejects_what_cannot_be_built(wrong, word) -> None:
    with pytest.raises(WorldImpossible, match=word):
        build_world(**wrong)


def test_ages_fit_the_grades(world) -> None:
    for pupil in world.pupils:
        assert pupil.birth_date.year == 2025 - pupil.cohort
    grades = {(pupil.form, pupil.grade) for pupil in world.pupils}
    assert {("FKLASS", 0), ("GR", 1), ("GR", 9), ("GY", 3)} <= grades
    assert any(form == "GRS" for form, _ in grades)


def test_labels_shift_one_step_in_2028() -> None:
    assert label("F6", 6, 2027) == ("FKLASS", 0)
    assert label("F6", 6, 2028) == ("GR", 1)
    assert label("79", 15, 2028) == ("GR", 10)
    assert label("GY", 16, 2028) == ("GY", 1)
    forms = {pupil.form for pupil in build_world(pupils=300, schools=2, school_year=2028).pupils}
    assert "FKLASS" not in forms


def test_classes_have_an_ordinary_size_and_one_mentor_at_a_time(world) -> None:
    posts = defaultdict(list)
    for duty in world.duties:
        if duty.role == "mentor":
            posts[duty.class_id].append(duty)
    sizes = Counter(pupil.class_id for pupil in world.pupils)
    assert set(sizes) <= set(posts)
    assert max(sizes.values()) <= 34
    changed = [rows for rows in posts.values() if len(rows) == 2]
    assert changed
    for first, second in changed:
        assert first.ended is not None
        assert first.ended < second.started
        assert second.ended is None


def test_mentor_of_the_pupil_is_the_class_s_last_mentor(world) -> None:
    last = {
        duty.class_id: duty.staff for duty in world.duties if duty.role == "mentor" and duty.ended is None
    }
    assert all(last[pupil.class_id] == pupil.mentor for pupil in world.pupils)


def test_every_unit_has_its_posts(world) -> None:
    needed = {
        "rektor",
        "kurator",
        "skolsköterska",
        "specialpedagog",
        "skolpsykolog",
        "närvaroansvarig",
        "lärare",
    }
    roles = defaultdict(set)
    for duty in world.duties:
        roles[duty.organisation].add(duty.role)
    for plan in world.plans:
        assert needed <= roles[plan.unit.number]


def test_a_move_is_one_child_with_two_enrolments() -> None:
    world = build_world(pupils=6000, schools=18, seed=3)
    movers = [pupil for pupil in world.pupils if len(pupil.enrolments) > 1]
    assert 10 <= len(movers) <= 80
    for pupil in movers:
        old, new = pupil.enrolments
        assert old.unit != new.unit == pupil.unit
        assert old.ended is not None
        assert old.started < old.ended < new.started
    assert len({pupil.number for pupil in world.pupils}) == 6000


def test_guardians_are_of_several_kinds(world) -> None:
    kinds = Counter(tie.kind for tie in world.guardianships)
    assert {"vårdnadshavare", "god man", "familjehem", "umgängesförälder", "annan ansvarig"} <= set(kinds)
    children = {tie.child for tie in world.guardianships}
    assert children == {pupil.number for pupil in world.pupils}
    known = {guardian.number for guardian in world.guardians}
    assert {tie.guardian for tie in world.guardianships} <= known
    assert any(pupil.separated for pupil in world.pupils)


def test_protected_identity_and_silence_both_occur() -> None:
    markings = Counter(pupil.marking for pupil in build_world(pupils=6000, schools=18, seed=3).pupils)
    assert markings["Ingen"] > 5800
    assert markings["Sekretessmarkering"]
    assert markings["Skyddad folkbokföring"]
    assert markings[None]


def test_some_start_late_and_some_leave(world) -> None:
    opened = date(2025, 8, 1)
    assert any(pupil.started > opened for pupil in world.pupils)
    assert any(pupil.ended is not None for pupil in world.pupils)


def test_two_areas_that_often_differ(world) -> None:
    areas = {plan.unit.number: plan.unit.area for plan in world.plans}
    away = sum(areas[pupil.unit] != pupil.home_area for pupil in world.pupils)
    assert 0.2 < away / 1500 < 0.6


def test_groups_hold_their_members(world) -> None:
    for school in world.schools():
        mine = {pupil.number: pupil for pupil in school.pupils}
        for group in school.groups:
            assert set(group.members) <= set(mine)
            if group.kind == "Klass":
                assert all(mine[number].class_id == group.number for number in group.members)
            if group.kind == "Undervisning" and not group.class_id:
                assert all(mine[number].language == group.subject for number in group.members)
