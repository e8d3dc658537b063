"""What a row held before it was changed or removed is kept by the database, whoever changed it."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import ProgrammingError, connection, transaction

from samhandla.people import actions as people
from samhandla.people.models import Child, Duty, Enrolment, Guardianship
from samhandla.people.queries import today
from samhandla.trust.history import HISTORY
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def _past(model, **conditions):
    return list(HISTORY[model].objects.filter(**conditions).order_by("pgh_id"))


def test_the_earlier_value_who_and_the_event_are_kept(cast):
    by, child = cast.viewer("principal"), cast.child["alma"]
    people.set_adapted(by=by, child=child, adapted=True)
    with acting_as(by):
        (row,) = _past(Child, id=child.pk)
        assert (row.pgh_label, row.adapted, row.given_name) == ("update", False, "Alma")
        assert row.pgh_actor == by.actor_id
        assert Event.objects.get(deed=row.pgh_deed).event == "people:adapted:set"


def test_two_actions_in_one_transaction_are_two_deeds(cast):
    by, child = cast.viewer("principal"), cast.child["alma"]
    with acting_as(by):
        people.set_adapted(by=by, child=child, adapted=True)
        people.set_adapted(by=by, child=child, adapted=False)
        first, second = _past(Child, id=child.pk)
    assert (first.adapted, second.adapted) == (False, True)
    assert first.pgh_deed != second.pgh_deed


def test_raw_sql_leaves_its_trace_and_no_setting_stops_it(cast):
    by, child = cast.viewer("principal"), cast.child["alma"]
    with acting_as(by), connection.cursor() as cursor:
        cursor.execute("select set_config('pgtrigger.ignore', '{update_update}', true)")
        cursor.execute("select set_config('pgtrigger.ignore', array_agg(tgname)::text, true) from pg_trigger")
        cursor.execute("update people_child set given_name = 'Annan' where id = %s", [child.pk])
        (row,) = _past(Child, id=child.pk)
        assert (row.given_name, row.pgh_actor, row.pgh_deed) == ("Alma", by.actor_id, None)


def test_what_is_removed_is_kept(cast):
    by, child = cast.service(), cast.child["alma"]
    with acting_as(by):
        row = Enrolment.objects.filter(child=child).first()
        number = row.pk
        Enrolment.objects.filter(pk=number).delete()
        (kept,) = _past(Enrolment, id=number)
    assert (kept.pgh_label, kept.child_id, kept.valid_from) == ("delete", child.pk, date(2020, 8, 1))


def test_a_change_of_nothing_is_no_change(cast):
    by, child = cast.service(), cast.child["alma"]
    with acting_as(by):
        assert Child.objects.filter(pk=child.pk).update(given_name="Alma") == 1
        assert _past(Child, id=child.pk) == []


def test_what_is_rolled_back_leaves_nothing(cast):
    by, child = cast.service(), cast.child["alma"]
    with acting_as(by):
        with transaction.atomic():
            Child.objects.filter(pk=child.pk).update(given_name="Annan")
            assert len(_past(Child, id=child.pk)) == 1
            transaction.set_rollback(True)
        assert _past(Child, id=child.pk) == []


@pytest.mark.parametrize("verb", ["insert", "update", "delete"])
@pytest.mark.parametrize("model", list(HISTORY), ids=lambda m: m._meta.label)
def test_the_running_role_writes_no_history(cast, model, verb):
    table = HISTORY[model]._meta.db_table
    statements = {
        "insert": f"insert into {table} default values",
        "update": f"update {table} set pgh_label = 'x'",
        "delete": f"delete from {table}",
    }
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with acting_as(cast.service()), connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(statements[verb])


def test_an_ended_duty_tells_who_ended_it(cast):
    by = cast.viewer("data_administrator")
    duty = Duty.objects.get(staff=cast.staff["counsellor"])
    people.end_duty_now(by=by, duty_id=duty.pk)
    with acting_as(by):
        rows = _past(Duty, id=duty.pk)
    assert [row.pgh_label for row in rows] == ["insert", "update"]
    assert rows[1].ended_at is None
    assert rows[1].pgh_actor == by.actor_id


def test_a_guardianship_that_changes_is_read_by_whoever_reads_it(cast):
    by, child = cast.service(), cast.child["alma"]
    with acting_as(by):
        adult = people.register_guardian(by=by, given_name="Eva", family_name="Prov", protection="none")
        tie = people.open_guardianship(
            by=by, child=child, guardian=adult, kind="vardnadshavare", valid_from=date(2020, 8, 1)
        )
        Guardianship.objects.filter(pk=tie.pk).update(valid_to=today())
    for name, seen in (("principal", 1), ("mentor_7b", 1), ("principal_lunda", 0), ("principal_fria", 0)):
        with acting_as(cast.viewer(name)):
            assert len(_past(Guardianship, id=tie.pk)) == seen, name


def test_every_table_of_a_childs_rows_has_history_or_says_why(cast):
    """A new table about a child keeps its earlier values, or stands here with the reason."""
    from django.apps import apps

    from samhandla.people.models import ChildRow

    without = {m._meta.label for m in apps.get_models() if issubclass(m, ChildRow)} - {
        m._meta.label for m in HISTORY
    }
    assert without == {
        "analytics.AttendanceDay",  # a year of days; a batch is undone whole, and the files are kept
        "analytics.AttendanceWindow",  # the same
        "detect.Reason",  # counted anew each night by declared rules
        "integrations.ChildLink",  # under which number a source knows the child; each batch says it
        "rights.Correction",  # never changed: it is itself what stood, and what is right
        "rights.Extract",  # sealed in its own row; looked through once and handed out once
        "rights.Withheld",  # one decision on a piece, by whom and when, until the extract is handed out
        "secrecy.Paper",  # never changed, and sealed in its own row
    }
