"""What a file tells of a pupil beyond name and class: the area of the home, the school's, adapted studies."""

from __future__ import annotations

import pytest

from samhandla.integrations import files
from samhandla.integrations.actions import batches, sources
from samhandla.integrations.gather import from_file
from samhandla.people import actions
from samhandla.people.models import Area, Child, Organisation
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db

HEAD = "id;förnamn;efternamn;skolenhet;klass;skolform;årskurs;från;postnummer;anpassad;skyddad"


@pytest.fixture
def by(cast):
    return cast.service()


@pytest.fixture
def source(by, lake):
    return sources.save_source(by=by, name="Filer", kind="file", protection="need_to_know")


def take_in(desk_of, *lines):
    """Take in pupils as the job does. Returns: the batch."""
    by, source, folder = desk_of
    path = folder / "elever.csv"
    path.write_text("\n".join((HEAD, *lines)) + "\n")
    batch = batches.start_batch(by=by, source=source)
    outcome = batches.commit(
        by=by,
        batch=batch,
        delivery=from_file(path, files.load_preset("elever"), files.Options(today=today())),
    )
    assert not outcome.stops
    return batch, outcome


@pytest.fixture
def desk_of(by, source, lake):
    with acting_as(by):
        yield by, source, lake


def pupil(name: str, postal="", adapted="", hidden="0") -> str:
    return f"{name};{name};Filberg;Bergaskolan;7F;GR;7;2026-08-18;{postal};{adapted};{hidden}"


def child(name: str) -> Child:
    return Child.objects.select_related("lives_in", "school_in").get(given_name=name)


def test_home_and_school_lie_in_areas_of_their_own(desk_of, cast):
    by, source, _folder = desk_of
    areas = {"99901": "Norr", "99902": "Söder"}
    sources.save_source(by=by, source=source, settings={"areas": areas})
    assert set(Area.objects.values_list("name", flat=True)) == {"Norr", "Söder"}
    south = Area.objects.get(name="Söder")
    actions.set_unit_area(by=by, unit=Organisation.objects.get(name="Bergaskolan"), area=south)
    take_in(desk_of, pupil("Ada", "999 01"), pupil("Bo", "99999"))
    ada, bo = child("Ada"), child("Bo")
    assert (ada.lives_in.name, ada.school_in.name) == ("Norr", "Söder")
    assert (bo.lives_in, bo.school_in.name) == (None, "Söder")


def test_the_postal_code_itself_is_nowhere(desk_of):
    by, source, _folder = desk_of
    sources.save_source(by=by, source=source, settings={"areas": {"99901": "Norr"}})
    take_in(desk_of, pupil("Ada", "99901"))
    row = Child.objects.filter(given_name="Ada").values().get()
    assert row["lives_in_id"] is not None
    assert "99901" not in str(row)


def test_pupils_who_came_before_follow_when_areas_are_decided(desk_of):
    by, source, _folder = desk_of
    rows = (pupil("Ada", "99901"),)
    take_in(desk_of, *rows)
    assert (child("Ada").lives_in, child("Ada").school_in) == (None, None)
    sources.save_source(by=by, source=source, settings={"areas": {"99901": "Norr"}})
    unit = Organisation.objects.get(name="Bergaskolan")
    actions.set_unit_area(by=by, unit=unit, area=Area.objects.get(name="Norr"))
    _batch, outcome = take_in(desk_of, *rows)
    assert outcome.counts["persons"]["unchanged"] == 1
    assert (child("Ada").lives_in.name, child("Ada").school_in.name) == ("Norr", "Norr")


def test_a_protected_pupil_gets_no_home_area(desk_of):
    by, source, _folder = desk_of
    sources.save_source(by=by, source=source, settings={"areas": {"99901": "Norr"}})
    take_in(desk_of, pupil("Ada", "99901", hidden="1"))
    assert Child.objects.exclude(lives_in=None).count() == 0


def test_a_file_tells_of_adapted_studies(desk_of):
    take_in(desk_of, pupil("Ada", adapted="ja"), pupil("Bo", adapted="nej"), pupil("Cim"))
    assert [child(name).adapted for name in ("Ada", "Bo", "Cim")] == [True, False, False]
    take_in(desk_of, pupil("Ada", adapted="nej"), pupil("Bo", adapted="ja"), pupil("Cim"))
    assert [child(name).adapted for name in ("Ada", "Bo", "Cim")] == [False, True, False]


def test_an_empty_cell_leaves_what_the_principal_noted(desk_of):
    by, _source, _folder = desk_of
    take_in(desk_of, pupil("Ada"))
    actions.set_adapted(by=by, child=child("Ada"), adapted=True)
    take_in(desk_of, pupil("Ada", postal="99901"))
    assert child("Ada").adapted


def test_another_word_than_yes_or_no_is_told_and_the_pupil_comes_in(desk_of):
    batch, _outcome = take_in(desk_of, pupil("Ada", adapted="kanske"))
    assert not child("Ada").adapted
    assert any("ja eller nej" in str(told["text"]) for told in batch.remarks)
