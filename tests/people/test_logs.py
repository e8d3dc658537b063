"""Who can see a child, who has read about it, the family's own log, and the monthly check that is signed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.support.database import raw_connection

from samhandla.people import actions, queries
from samhandla.people.actions.logs import clear_family_log, make_reviews, sign_review
from samhandla.people.errors import NotAllowed, NotYours, Refused
from samhandla.people.logcheck import REFUSED_A_DAY, SAMPLE, Read, look_through
from samhandla.people.models import LogReview, LogReviewRow
from samhandla.people.queries.logs import list_reviews_for, review_for
from samhandla.people.queries.who import family_logs_for, list_reads_for, who_sees_for
from samhandla.trust.models import Actor
from samhandla.trust.viewer import acting_as, token_of

pytestmark = pytest.mark.django_db
TODAY = queries.today()
DELETE_REVIEW = "delete from people_logreview"


def sees(cast, who, name, on=TODAY):
    viewer = cast.viewer(who)
    with acting_as(viewer):
        return who_sees_for(viewer, cast.child[name], on=on)


def page(cast, name, child="alma"):
    return reverse(name, args=[cast.child[child].ref])


def read_alma(cast, client, who="mentor_7b"):
    cast.login(client, who)
    assert client.get(page(cast, "pupil")).status_code == 200


# Who can see


def test_who_can_see_and_why_in_words(cast):
    rows = {(r.name, r.role, r.why) for r in sees(cast, "mentor_7b", "alma")}
    assert ("Mentor 7B Prov", "mentor", "har gruppen 7B, Bergaskolan") in rows
    assert ("Principal Prov", "rektor", "har uppdraget på Bergaskolan") in rows
    assert not any(name.startswith(("Mentor 7A", "Principal Lunda")) for name, _, _ in rows)


def test_a_stand_in_is_told_with_whom_it_stands_in_for(cast):
    actions.set_stand_in(
        by=cast.viewer("principal"), absent=cast.staff["mentor_7b"], stand_in=cast.staff["mentor_7a"],
        valid_from=TODAY, valid_to=TODAY,
    )  # fmt: skip
    found = [r for r in sees(cast, "principal", "alma") if r.name == "Mentor 7A Prov"]
    assert [(r.why, r.valid_to) for r in found] == [("är ersättare för Mentor 7B Prov", TODAY)]
    assert not [r for r in sees(cast, "principal", "alma", TODAY - timedelta(days=1)) if "7A" in r.name]


def test_an_earlier_day_is_told_by_where_the_child_went_then(cast):
    by = cast.service()
    with acting_as(by):
        actions.enrol_child(
            by=by, child=cast.child["alma"], unit=cast.unit["lunda"], form="GR", school_year=7,
            valid_from=TODAY - timedelta(days=30), valid_to=TODAY - timedelta(days=20),
        )  # fmt: skip
    then = TODAY - timedelta(days=25)
    assert "Principal Lunda Prov" in {r.name for r in sees(cast, "principal", "alma", then)}
    assert "Principal Lunda Prov" not in {r.name for r in sees(cast, "principal", "alma")}


@pytest.mark.parametrize("who", ["mentor_7a", "principal_lunda", "principal_fria", "controller"])
def test_the_database_tells_strangers_nothing(cast, who):
    assert sees(cast, who, "alma") == []


@pytest.mark.parametrize("name", ["who-sees", "who-has-read"])
def test_the_pages_answer_as_if_the_child_were_not_there(cast, client, name):
    cast.login(client, "principal_lunda")
    assert client.get(page(cast, name)).status_code == 404
    cast.login(client, "principal")
    assert client.get(page(cast, name)).status_code == 200
    assert client.get(page(cast, name, "elin")).status_code == 404


def test_the_page_takes_a_day_and_no_later_one_than_today(cast, client):
    cast.login(client, "mentor_7b")
    assert "har gruppen 7B" in client.get(page(cast, "who-sees")).text
    early = client.get(page(cast, "who-sees") + "?dag=2001-01-01").text
    assert "Ingen kunde se eleven den dagen" in early
    assert client.get(page(cast, "who-sees") + "?dag=nonsens").status_code == 200
    assert "Du ser registret som" not in client.get(page(cast, "who-sees") + "?dag=2999-01-01").text
    assert client.get(page(cast, "who-has-read")).status_code == 404


# Who has read


def test_who_has_read_with_role_part_and_right(cast, client):
    read_alma(cast, client)
    cast.login(client, "principal")
    text = client.get(page(cast, "who-has-read")).text
    assert "Mentor 7B Prov" in text
    assert "elevens sida" in text
    viewer = cast.viewer("principal")
    with acting_as(viewer):
        lines = list_reads_for(viewer, cast.child["alma"], days=1)
    mine = next(line for line in lines if line.name == "Mentor 7B Prov" and line.part == "elevens sida")
    assert (mine.role, mine.unit, mine.on) == ("mentor", "Bergaskolan", TODAY)


@pytest.fixture
def parent(cast, client):
    """Alma's guardian, signed in."""
    by = cast.service()
    actor = actions.open_actor(by=by, authority_id=by.authority_id, kind=Actor.Kind.GUARDIAN, name="Eva Prov")
    adult = actions.register_guardian(
        by=by, given_name="Eva", family_name="Prov", protection="none", actor=actor
    )
    with acting_as(by):
        actions.open_guardianship(
            by=by, child=cast.child["alma"], guardian=adult, kind="vardnadshavare",
            valid_from=date(1990, 1, 1),
        )  # fmt: skip
    account = actions.open_account(by=None, actors=[actor], username="eva", password=None)
    return lambda: client.force_login(account) or queries.viewer_of_actor(actor)


@pytest.fixture
def lawyer(cast):
    cast._duty("board", "lawyer", "lawyer", "berga")
    return cast.viewer("lawyer")


def test_the_family_reads_its_log_without_names_once_it_is_cleared(cast, client, parent, lawyer):
    read_alma(cast, client)
    viewer = parent()
    closed = client.get(reverse("own-log")).text
    assert "Loggen är inte öppnad här" in closed
    assert "Alma" not in closed
    clear_family_log(by=lawyer, open_=True, on=TODAY)
    text = client.get(reverse("own-log")).text
    assert "Alma Prov" in text
    assert "mentor" in text
    assert "Mentor 7B" not in text
    with acting_as(viewer):
        (log,) = family_logs_for(viewer, days=1)
    assert log.lines
    assert {line.name for line in log.lines} == {""}
    assert not [line for line in log.lines if "vårdnadshavare" in line.role], (
        "familjen läser inte om varandra"
    )
    clear_family_log(by=lawyer, open_=False, on=TODAY)
    assert "Loggen är inte öppnad här" in client.get(reverse("own-log")).text


def test_only_the_lawyer_clears_the_families_log(cast, client, lawyer):
    with pytest.raises(NotAllowed):
        clear_family_log(by=cast.viewer("principal"), open_=True, on=TODAY)
    cast.login(client, "lawyer")
    assert client.get(reverse("family-log")).status_code == 200
    assert client.post(reverse("family-log-clear"), {"oppna": "1"}).status_code == 303
    assert "Stäng familjernas logg" in client.get(reverse("family-log")).text
    cast.login(client, "principal")
    assert client.get(reverse("own-log")).status_code == 404
    assert client.post(reverse("family-log-clear"), {"oppna": "1"}).status_code == 404


# The check that is signed


@pytest.fixture
def reviews(cast, client):
    """This day's checks, made by the job, after the mentor and the principal have read about Alma."""
    cast._duty("board", "officer_of_data", "data_protection_officer", "berga")
    read_alma(cast, client)
    read_alma(cast, client, "principal")
    make_reviews(by=cast.service(), first=TODAY, last=TODAY)
    return cast


def listed(cast, who):
    viewer = cast.viewer(who)
    with acting_as(viewer):
        return list_reviews_for(viewer)


def test_each_unit_has_its_check_and_nobody_signs_for_oneself(reviews):
    (mine,) = listed(reviews, "principal")
    assert mine.unit == reviews.unit["berga"]
    (central,) = listed(reviews, "officer_of_data")
    assert central.unit is None
    with acting_as(reviews.service()):
        readers = dict(LogReviewRow.objects.values_list("actor__name", "unit__name"))
    assert readers["Principal Prov"] is None
    assert make_reviews(by=reviews.service(), first=TODAY, last=TODAY) == 0, "det som är gjort står kvar"


def test_a_check_names_those_whom_the_reviewer_may_see(reviews):
    viewer = reviews.viewer("principal")
    (mine,) = listed(reviews, "principal")
    with acting_as(viewer):
        found = review_for(viewer, mine.pk)
    lines = [*found.odd, *found.drawn]
    assert "Alma Prov" in {line.pupils for line in lines if line.name == "Mentor 7B Prov"}
    # Every person of the cast is called Prov, so that the same family name is what is odd.
    assert "samma efternamn som eleven" in {line.why for line in found.odd}
    officer = reviews.viewer("officer_of_data")
    (central,) = listed(reviews, "officer_of_data")
    with acting_as(officer):
        found = review_for(officer, central.pk)
    assert not [line for line in (*found.odd, *found.drawn) if line.pupils]
    assert [line for line in (*found.odd, *found.drawn) if line.others]


def test_a_check_is_signed_once_with_words_where_something_is_pursued(reviews, client):
    (mine,) = listed(reviews, "principal")
    sign = {"by": reviews.viewer("principal"), "review_id": mine.pk}
    for wrong, problem in (
        ({"outcome": "pursue", "words": " "}, "words"),
        ({"outcome": "x", "words": ""}, "outcome"),
    ):
        with pytest.raises(Refused, match=problem):
            sign_review(**sign, **wrong)
    reviews.login(client, "principal")
    assert "1 loggkontroll att signera." in client.get("/").text
    address = reverse("log-review-sign", args=[mine.pk])
    assert client.post(address, {"outcome": "pursue"}).status_code == 422
    assert client.post(address, {"outcome": "nothing"}).status_code == 303
    assert "inget att anmärka" in client.get(reverse("log-reviews")).text.lower()
    with pytest.raises(Refused, match="signed"):
        sign_review(**sign, outcome="nothing", words="")
    assert client.post(address, {"outcome": "nothing"}).status_code == 422


@pytest.mark.parametrize("who", ["principal_lunda", "principal_fria", "counsellor", "administrator"])
def test_a_check_is_not_there_for_others(reviews, client, who, postgres):
    (mine,) = listed(reviews, "principal")
    reviews.login(client, who)
    assert client.get(reverse("log-review", args=[mine.pk])).status_code == 404
    with pytest.raises((NotYours, NotAllowed)):
        sign_review(by=reviews.viewer(who), review_id=mine.pk, outcome="nothing", words="")
    with acting_as(reviews.viewer(who)), connection.cursor() as cursor:
        cursor.execute("select count(*) from people_logreviewrow where review_id = %s", [mine.pk])
        assert cursor.fetchone() == (0,)
        cursor.execute("select count(*) from people_children_of_review(%s)", [mine.pk])
        assert cursor.fetchone() == (0,)
        cursor.execute("select count(*) from people_reads_between(now() - interval '1 day', now())")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "sql", ["delete from people_logreviewrow", "update people_logreview set entries = 0", DELETE_REVIEW]
)
def test_nobody_changes_a_check_with_raw_sql(reviews, postgres, sql):
    with raw_connection(postgres) as raw:
        raw.execute("select set_config('app.viewer', %s, false)", [token_of(reviews.viewer("principal"))])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw.execute(sql)


def test_a_person_makes_no_check(reviews):
    with pytest.raises(NotAllowed):
        make_reviews(by=reviews.viewer("principal"), first=TODAY, last=TODAY)


def test_the_pages_stay_flat(reviews, client):
    (mine,) = listed(reviews, "principal")
    addresses = [page(reviews, "who-sees"), page(reviews, "who-has-read"), reverse("log-reviews"),
                 reverse("log-review", args=[mine.pk])]  # fmt: skip

    def cost():
        reviews.login(client, "principal")
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as caught:
                assert client.get(address).status_code == 200
            found.append(len(caught))
        return found

    before = cost()
    service = reviews.service()
    with acting_as(service):
        row = LogReviewRow.objects.filter(review=mine)[0]
        rows = [LogReviewRow(**{**_columns(row), "codes": [["kin"], []][n % 2]}) for n in range(50)]
        LogReviewRow.objects.bulk_create(rows)
        for month in range(1, 13):
            made = {
                "authority_id": mine.authority_id,
                "unit_id": mine.unit_id,
                "entries": 1,
                "made_at": mine.made_at,
            }
            LogReview.objects.create(**made, first=date(2024, month, 1), last=date(2024, month, 28))
    for number in range(12):
        name = f"stand_in_{number}"
        reviews._duty("board", name, "counsellor", "berga")
        read_alma(reviews, client, name)
    assert cost() == before


def _columns(row):
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}


# The rules


def read(number, *, hour=10, actor=1, **facts):
    known = {"page": "pupil", "refused": False, "children": 1, "child": number, "reasons": ("group:mentor",),
             "kin": False, "protected": False}  # fmt: skip
    return Read(UUID(int=number), datetime(2026, 11, 3, hour, 0), actor, **{**known, **facts})


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"reasons": ()}, "no_reason"),
        ({"kin": True}, "kin"),
        ({"protected": True}, "protected"),
        ({"hour": 23}, "night"),
        ({"hour": 5}, "night"),
        ({"reasons": ("emergency:counsellor",)}, "emergency"),
        ({}, None),
        ({"hour": 6}, None),
        ({"hour": 21}, None),
    ],
)
def test_what_is_odd(facts, code):
    (found,) = look_through([read(1, **facts)], seed=1)
    assert found.codes == ((code,) if code else ())


def test_refusals_and_many_pupils_count_by_day():
    def refused(count):
        rows = [read(n, refused=True, children=0, child=None, reasons=()) for n in range(1, count + 1)]
        return look_through(rows, seed=1)

    assert refused(REFUSED_A_DAY - 1) == []
    (found,) = refused(REFUSED_A_DAY)
    assert (found.codes, found.times) == (("refused",), REFUSED_A_DAY)
    assert ("many",) in [f.codes for f in look_through([read(n) for n in range(1, 50)], seed=1)]
    assert ("many",) not in [f.codes for f in look_through([read(n) for n in range(1, 41)], seed=1)]


def test_a_sample_by_chance_is_the_same_for_the_same_seed():
    rows = [read(n, actor=n) for n in range(1, 200)]
    one, again, other = (look_through(rows, seed=seed) for seed in (1, 1, 2))
    assert one == again != other
    assert len(one) == SAMPLE
