"""A move opens nothing: a pupil who changes school through an import, read as the application role."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from tests.support.database import raw_connection

from samhandla.integrations import files
from samhandla.integrations.actions import batches, sources
from samhandla.integrations.gather import from_file
from samhandla.people import actions
from samhandla.people.models import Child, Enrolment, Membership, Organisation
from samhandla.people.queries import today
from samhandla.trust.crypto import sign_viewer
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db(transaction=True)

HEAD = "id;förnamn;efternamn;skolenhet;klass;skolform;årskurs;från;till;skyddad"
YESTERDAY = today() - timedelta(days=1)


class School:
    """An authority that takes in pupil files."""

    def __init__(self, by, folder):
        self.by, self.folder = by, folder
        with acting_as(by):
            self.source = sources.save_source(
                by=by, name="Filer", kind="file", limits={"persons": {"max_changed_share": 1.0}}
            )

    def take_in(self, *lines):
        path = self.folder / "elever.csv"
        path.write_text("\n".join((HEAD, *lines)) + "\n")
        with acting_as(self.by):
            batch = batches.start_batch(by=self.by, source=self.source)
            read = from_file(path, files.load_preset("elever"), files.Options(today=today()))
            outcome = batches.commit(by=self.by, batch=batch, delivery=read)
        assert not outcome.stops, outcome.stopped

    def child(self) -> Child:
        with acting_as(self.by):
            return Child.objects.get(given_name="Flytt")


def row(unit: str, group: str, *, start="2025-08-18", end="") -> str:
    return f"e1;Flytt;Prov;{unit};{group};GR;7;{start};{end};0"


def lead(school: School, cast, who: str, child: Child) -> None:
    """Make somebody mentor of the class that the file put the pupil in."""
    with acting_as(school.by):
        held = Membership.objects.get(child=child, valid_to=None)
        actions.assign_group(
            by=school.by, staff=cast.staff[who], group=held.group, role="mentor", valid_from=today()
        )


@pytest.fixture
def board(cast, lake):
    return School(cast.service(), lake)


@pytest.fixture
def sees(cast, postgres):
    """Tell what somebody reads over the wire: how many rows of a table about a child."""

    def count(who: str, table: str, column: str, key: int) -> int:
        viewer = cast.viewer(who)
        token = sign_viewer(settings.SAMHANDLA_SECRET, viewer.actor_id, viewer.authority_id)
        with raw_connection(postgres) as raw:
            raw.execute("select set_config('app.viewer', %s, false)", [token])
            # the names are this test's own
            found = raw.execute(f"select count(*) from {table} where {column} = %s", [key]).fetchone()
        return found[0]

    return count


def test_a_move_within_the_board_takes_the_old_schools_sight_and_opens_no_old_row(board, cast, sees):
    board.take_in(row("Bergaskolan", "7B"))
    child = board.child()
    old = cast.unit["berga"].pk
    lead(board, cast, "mentor_7b", child)
    assert sees("principal", "people_child", "id", child.pk) == 1
    assert sees("mentor_7b", "people_child", "id", child.pk) == 1
    assert sees("principal_lunda", "people_child", "id", child.pk) == 0

    board.take_in(row("Lundaskolan", "8C", start=today().isoformat()))
    assert board.child().unit_id == cast.unit["lunda"].pk
    lead(board, cast, "mentor_8c", child)
    assert sees("principal_lunda", "people_child", "id", child.pk) == 1
    assert sees("mentor_8c", "people_child", "id", child.pk) == 1
    for who in ("principal", "mentor_7b", "mentor_7a"):
        assert sees(who, "people_child", "id", child.pk) == 0, who
    with acting_as(board.by):
        kept = Enrolment.objects.get(child=child, unit_id=old)
    assert kept.valid_to == YESTERDAY
    for who in ("principal_lunda", "mentor_8c"):
        assert sees(who, "people_enrolment", "id", kept.pk) == 0, who
        assert sees(who, "people_membership", "child_id", child.pk) == 1, who
    assert sees("principal", "people_enrolment", "id", kept.pk) == 1


def test_the_mentor_of_a_class_reads_a_pupil_of_the_same_schools_other_unit(board, cast, sees):
    """An adapted school's pupil in an ordinary class: one school, two units, both read."""
    with acting_as(board.by):
        berga = Organisation.objects.get(pk=cast.unit["berga"].pk)
        school = Organisation.objects.create(
            authority_id=berga.authority_id, parent_id=berga.parent_id, kind="school", name="Berga"
        )
        beside = Organisation.objects.create(
            authority_id=berga.authority_id, parent=school, kind="school_unit", name="Bergaskolan anpassad"
        )
        Organisation.objects.filter(pk=berga.pk).update(parent=school)
        actions.derive_access(berga.authority_id)
        child = cast.child["nora"]
        actions.move_child(by=board.by, child=child, unit=beside, on=today())
        row = Enrolment.objects.get(child=child, unit=beside)
        assert sees("mentor_7b", "people_enrolment", "id", row.pk) == 0
        actions.place_in_group(by=board.by, child=child, group=cast.group["7B"], valid_from=today())
    assert sees("mentor_7b", "people_enrolment", "id", row.pk) == 1
    assert sees("mentor_7a", "people_enrolment", "id", row.pk) == 0


def test_a_move_to_another_authority_makes_another_child_and_opens_nothing(board, cast, sees, lake):
    board.take_in(row("Bergaskolan", "7B"))
    theirs = board.child()
    with acting_as(cast.service("independent")):
        unit = Organisation.objects.get(authority_id=cast.authority["independent"].pk, kind="school_unit")
    independent = School(cast.service("independent"), lake)
    independent.take_in(row(unit.name, "7F", start=today().isoformat()))
    own = independent.child()
    assert own.pk != theirs.pk
    assert sees("principal_fria", "people_child", "id", own.pk) == 1
    for table, column in (
        ("people_child", "id"),
        ("people_enrolment", "child_id"),
        ("people_membership", "child_id"),
    ):
        assert sees("principal_fria", table, column, theirs.pk) == 0, table
        assert sees("principal", table, column, own.pk) == 0, table
    assert sees("principal", "people_child", "id", theirs.pk) == 1
