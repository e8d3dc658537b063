"""A teacher marks "on the spot but not taking part" in own groups, and reads nothing else about a child."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.detect.conftest import found
from tests.support.database import raw_connection

from samhandla.detect.actions.taught import mark_not_taking_part, take_back_mark
from samhandla.detect.errors import Conflict, NoSchool, NotYours
from samhandla.detect.models import ContactNote, ParticipationMark, Reason, Signal
from samhandla.detect.queries.taught import days_to_mark, taught_group_for
from samhandla.people import actions as people
from samhandla.people.models import Child, Membership, SchoolDay
from samhandla.people.queries import today
from samhandla.trust.crypto import sign_viewer
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def give_teacher(cast, name="teacher", group="7B"):
    """Employ a teacher of a class; the class teaches maths, say."""
    by = cast.service()
    cast.staff[name] = cast._employ(by, name)
    people.assign_group(
        by=by, staff=cast.staff[name], group=cast.group[group], role="teacher", valid_from=date(2020, 8, 1)
    )
    return cast.staff[name]


@pytest.fixture
def teacher(cast):
    give_teacher(cast)
    return cast.viewer("teacher")


def last_day(cast, unit="berga"):
    return days_to_mark(cast.unit[unit].pk, today=today())[-1]


def mark(cast, by, name, **changes):
    wanted = {"group_id": cast.group["7B"].pk, "ref": cast.child[name].ref, "on": last_day(cast)} | changes
    return mark_not_taking_part(by=by, today=today(), **wanted)


def marks(cast):
    with acting_as(cast.service()):
        return list(ParticipationMark.objects.values_list("child__given_name", "on", "by__name"))


def listed(cast, by, group="7B", **how):
    with acting_as(by):
        page = taught_group_for(by, cast.group[group].pk, today=today(), **how)
    return None if page is None else [(p.name, p.marked) for p in page.pupils]


def test_a_teacher_reads_the_names_of_own_groups_and_own_marks(cast, teacher):
    assert listed(cast, teacher) == [("Alma Prov", False), ("Omar Prov", False), ("Tove Prov", False)]
    mark(cast, teacher, "omar")
    assert listed(cast, teacher) == [("Alma Prov", False), ("Omar Prov", True), ("Tove Prov", False)]
    assert marks(cast) == [("Omar", last_day(cast), "Teacher Prov")]


def test_somebody_elses_mark_is_not_shown(cast, teacher):
    give_teacher(cast, "other_teacher")
    mark(cast, cast.viewer("other_teacher"), "alma")
    assert ("Alma Prov", False) in listed(cast, teacher)
    with pytest.raises(Conflict):
        take_back_mark(
            by=teacher,
            group_id=cast.group["7B"].pk,
            ref=cast.child["alma"].ref,
            on=last_day(cast),
            today=today(),
        )
    assert len(marks(cast)) == 1


def test_a_mark_is_made_once_and_taken_back_and_both_are_events(cast, teacher):
    mark(cast, teacher, "alma")
    with pytest.raises(Conflict):
        mark(cast, teacher, "alma")
    take_back_mark(
        by=teacher, group_id=cast.group["7B"].pk, ref=cast.child["alma"].ref, on=last_day(cast), today=today()
    )
    assert marks(cast) == []
    with acting_as(teacher):
        kinds = Event.objects.filter(event__startswith="detect:participation").order_by("at", "pk")
        assert sorted(kinds.values_list("event", flat=True)) == [
            "detect:participation:marked",
            "detect:participation:taken_back",
        ]


@pytest.mark.parametrize(("group", "name"), [("7A", "hugo"), ("7B", "hugo"), ("7A", "alma"), ("8C", "nora")])
def test_no_other_group_and_nobody_outside_it(cast, teacher, group, name):
    if group != "7B":
        assert listed(cast, teacher, group) is None
    with pytest.raises(NotYours):
        mark(cast, teacher, name, group_id=cast.group[group].pk)
    assert marks(cast) == []


def test_only_school_days_and_not_too_far_back(cast, teacher):
    days = days_to_mark(cast.unit["berga"].pk, today=today())
    assert len(days) == 5
    assert all(day.weekday() < 5 for day in days)
    sunday = days[0] - timedelta(days=days[0].weekday() + 1)
    for day in (
        sunday,
        days[0] - timedelta(days=1),
        days[0] - timedelta(days=60),
        today() + timedelta(days=1),
    ):
        with pytest.raises(NoSchool):
            mark(cast, teacher, "alma", on=day)
    SchoolDay.objects.filter(unit=cast.unit["berga"], date=days[-1]).delete()
    with pytest.raises(NoSchool):
        mark(cast, teacher, "alma", on=days[-1])
    assert marks(cast) == []


def test_a_protected_pupil_has_no_name_and_is_the_mentors_to_mark(cast, teacher):
    with acting_as(cast.service()):
        people.update_child(by=cast.service(), child=cast.child["tove"], protection="protected")
    assert listed(cast, teacher)[-1] == ("Skyddade personuppgifter", False)
    with pytest.raises(NotYours):
        mark(cast, teacher, "tove")
    assert marks(cast) == []


def test_a_pupil_who_has_left_the_group_is_not_named(cast, teacher):
    with acting_as(cast.service()):
        rows = Membership.objects.filter(child=cast.child["tove"], group=cast.group["7B"])
        rows.update(valid_to=today() - timedelta(days=1))
    assert listed(cast, teacher) == [("Alma Prov", False), ("Omar Prov", False)]


def test_a_task_that_has_ended_ends_it_all(cast, teacher):
    cast.staff["teacher"].assignments.update(valid_to=today() - timedelta(days=1))
    assert listed(cast, teacher) is None
    with pytest.raises(NotYours):
        mark(cast, teacher, "alma")


def test_a_stand_in_marks_in_the_own_name(cast, teacher):
    give_teacher(cast, "stand_in", "8C")
    people.set_stand_in(
        by=cast.service(), absent=cast.staff["teacher"], stand_in=cast.staff["stand_in"], valid_from=today(),
        valid_to=today(),
    )  # fmt: skip
    mark(cast, cast.viewer("stand_in"), "alma")
    assert marks(cast) == [("Alma", last_day(cast), "Stand In Prov")]


def test_through_the_models_a_teacher_reads_no_row_about_a_child(cast, teacher, take):
    take(found(cast.child["alma"]))
    mark(cast, teacher, "alma")
    with acting_as(teacher):
        for model in (Child, Membership, Signal, Reason, ContactNote, ParticipationMark):
            assert not model.objects.exists(), model
        with pytest.raises(Exception, match="row-level security"):
            ParticipationMark.objects.create(
                child_id=cast.child["alma"].pk, domain_id=1, unit_id=cast.unit["berga"].pk, on=today(),
                by_id=teacher.actor_id,
            )  # fmt: skip


TABLES = (
    "people_child", "people_membership", "people_enrolment", "people_guardianship", "people_childidentity",
    "detect_signal", "detect_reason", "detect_answer", "detect_contactnote", "detect_steptaken",
    "detect_inquiry", "detect_notice", "detect_participationmark", "analytics_attendanceday",
)  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_raw_sql_as_the_running_role_reads_names_of_own_groups_and_nothing_more(cast, postgres, take):
    give_teacher(cast)
    take(found(cast.child["alma"]))
    viewer, day = cast.viewer("teacher"), last_day(cast)
    own, other = cast.group["7B"].pk, cast.group["7A"].pk
    ask = "select given_name from detect_taught_pupils(%s, %s) order by 1"
    write = "select mark_id from detect_mark_taught(%s, %s, %s)"
    with raw_connection(postgres) as raw:
        assert raw.execute(ask, [own, day]).fetchall() == []
        token = sign_viewer(settings.SAMHANDLA_SECRET, viewer.actor_id, viewer.authority_id)
        raw.execute("select set_config('app.viewer', %s, false)", [token])
        for table in TABLES:
            assert raw.execute(f"select count(*) from {table}").fetchone() == (0,), table
        assert raw.execute(ask, [own, day]).fetchall() == [("Alma",), ("Omar",), ("Tove",)]
        assert raw.execute(ask, [own, today() - timedelta(days=90)]).fetchall() == []
        assert raw.execute(ask, [own, today() + timedelta(days=1)]).fetchall() == []
        assert raw.execute(ask, [other, day]).fetchall() == []
        assert raw.execute(write, [own, cast.child["hugo"].ref, day]).fetchall() == []
        assert raw.execute(write, [other, cast.child["hugo"].ref, day]).fetchall() == []
        assert raw.execute(write, [own, cast.child["alma"].ref, day]).fetchone()[0] > 0
        assert raw.execute("select count(*) from detect_participationmark").fetchone() == (0,)
        assert raw.execute("delete from detect_participationmark").rowcount == 0


def test_the_page_marks_and_takes_back(client, cast, teacher):
    cast.login(client, "teacher")
    assert "7B" in client.get(reverse("taught")).text
    address = reverse("taught-group", args=[cast.group["7B"].pk])
    assert 'aria-pressed="true"' not in client.get(address).text
    sent = {"dag": last_day(cast).isoformat(), "elev": str(cast.child["alma"].ref)}
    answer = client.post(reverse("taught-mark", args=[cast.group["7B"].pk]), sent)
    assert answer.status_code == 303
    assert answer["Location"].startswith(address)
    page = client.get(address).text
    assert page.count('aria-pressed="true"') == 1
    assert "Du har markerat en elev." in page
    client.post(reverse("taught-mark", args=[cast.group["7B"].pk]), {**sent, "ta-tillbaka": "1"})
    assert 'aria-pressed="true"' not in client.get(address).text


def test_the_page_says_why_nothing_was_marked(client, cast, teacher):
    cast.login(client, "teacher")
    address = reverse("taught-mark", args=[cast.group["7B"].pk])
    sent = {"dag": "2020-01-01", "elev": str(cast.child["alma"].ref)}
    assert "Inget är ändrat" in client.post(address, sent, follow=True).text
    assert client.post(address, {**sent, "elev": "x"}).status_code == 404
    assert client.post(address, {"elev": str(uuid.uuid4())}, follow=True).status_code in (200, 404)
    assert client.get(reverse("taught-group", args=[cast.group["7A"].pk])).status_code == 404
    assert marks(cast) == []


def test_a_group_costs_the_same_queries_for_few_and_many_pupils(client, cast, teacher):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("taught-group", args=[cast.group["7B"].pk])).status_code == 200
        return len([q for q in captured if "SAVEPOINT" not in q["sql"]])

    cast.login(client, "teacher")
    cost()
    few = cost()
    cast._children("board", "berga", "7B", *(f"elev{n}" for n in range(15)))
    assert cost() == few <= 20
    assert len(listed(cast, teacher)) == 18


def test_a_teacher_without_groups_is_told_whom_to_ask(client, cast):
    cast._duty("board", "new_teacher", "teacher", "berga")
    page = cast.login(client, "new_teacher").get(reverse("taught")).text
    assert "Be skoladministratören" in page


def test_no_page_about_a_pupil_opens_for_a_teacher(client, cast, teacher, take, signal_of):
    take(found(cast.child["alma"]))
    cast.login(client, "teacher")
    ref = cast.child["alma"].ref
    assert client.get(reverse("pupil", args=[ref])).status_code == 404
    assert client.post(reverse("participation", args=[ref])).status_code == 404
    assert client.get(reverse("signal", args=[signal_of("alma").pk])).status_code == 404
    assert client.get(reverse("worklist")).status_code == 404


def test_the_mentor_reads_the_teachers_mark_with_the_name(client, cast, teacher):
    mark(cast, teacher, "alma")
    page = cast.login(client, "mentor_7b").get(reverse("pupil", args=[cast.child["alma"].ref])).text
    assert "Lärare i elevens grupper ser elevens namn" in page
    assert "På plats men inte med i undervisningen" in page
    assert "Teacher Prov" in page
