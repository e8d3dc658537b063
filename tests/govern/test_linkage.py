"""The statistical linkage run: only totals leave, once, by two lawyers' approval; and nothing remains."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from tests.cast import LONG_AGO, Cast

from samhandla.analytics.models import AttendanceDay
from samhandla.govern import actions
from samhandla.govern.linkage import BadFile, Counted, read_numbers, totals_of
from samhandla.govern.models import LinkageResult, LinkageRun
from samhandla.people import actions as people
from samhandla.people.models import Child, ChildIdentity
from samhandla.people.queries import domain_of, service_viewer, today, viewer_of_actor
from samhandla.trust import crypto
from samhandla.trust.models import Event
from samhandla.trust.viewer import Viewer, acting_as

pytestmark = pytest.mark.django_db
PURPOSE = "Följa nämndens mål om minskad frånvaro bland barn med insatser."


def number_of(n: int) -> str:
    """Return a valid personal number of its own."""
    digits = f"130101{n:03}"
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(digits))
    return f"20{digits}{-total % 10}"


@dataclass
class Town:
    cast: Cast
    controller: Viewer
    social_lawyer: Viewer
    school_lawyer: Viewer

    def run(self, *approvers: Viewer) -> LinkageRun:
        wanted = actions.Wanted(
            self.cast.authority["board"].pk, PURPOSE, "26 kap. 8 § OSL, en fråga",
            today() - timedelta(days=90), today(),
        )  # fmt: skip
        row = actions.ask_linkage(by=self.controller, wanted=wanted, on=today())
        for one in approvers:
            actions.approve_linkage(by=one, run_id=row.pk, on=today())
        return row

    def approved(self) -> LinkageRun:
        return self.run(self.social_lawyer, self.school_lawyer)

    def client(self, viewer: Viewer) -> Client:
        from samhandla.trust.models import Actor

        client, actor = Client(), Actor.objects.get(pk=viewer.actor_id)
        account = people.open_account(by=None, actors=[actor], username=f"u{actor.pk}", password=None)
        client.force_login(account)
        return client


@pytest.fixture
def town(cast) -> Town:
    board = people.found_authority(by=None, name="Socialnämnden", kind="board", branches=("social",))
    social = service_viewer(board.pk)
    unit = people.save_organisation(by=social, name="Förvaltningen", kind="other")

    def employ(role: str) -> Viewer:
        one = people.register_staff(by=social, given_name=role, family_name="Social")
        people.give_duty(by=social, staff=one, unit=unit, role=role, valid_from=LONG_AGO)
        return viewer_of_actor(one.actor)

    cast._duty("board", "lawyer", "lawyer", "berga")
    _pupils(cast, 40)
    return Town(cast, employ("controller"), employ("lawyer"), cast.viewer("lawyer"))


def _pupils(cast: Cast, count: int) -> None:
    """Forty pupils with numbers; every second has much absence."""
    by, unit = cast.service(), cast.unit["berga"]
    domain = domain_of(by.authority_id, "school")
    with acting_as(by):
        children = Child.objects.bulk_create(
            Child(authority_id=by.authority_id, unit=unit, given_name="X", family_name="Y")
            for _ in range(count)
        )
        ChildIdentity.objects.bulk_create(
            ChildIdentity(
                child=child, unit=unit, domain=domain, kind="personnummer", sealed=b"x",
                blind_index=crypto.blind_index(
                    settings.SAMHANDLA_SECRET, number_of(n), within=str(by.authority_id)
                ),
            )
            for n, child in enumerate(children)
        )  # fmt: skip
        AttendanceDay.objects.bulk_create(
            AttendanceDay(
                child=child, unit=unit, domain=domain, date=today() - timedelta(days=3), lessons=6,
                absent_lessons=0, offered=300, present=300 - 100 * (n % 2), valid=100 * (n % 2), invalid=0,
                other=0, reported=300, batch_id=1,
            )
            for n, child in enumerate(children)
        )  # fmt: skip


def listed(placed: range, effort: range) -> bytes:
    rows = [f"{number_of(n)};placering" for n in placed] + [f"{number_of(n)};insats" for n in effort]
    return "\n".join(["personnummer;slag", *rows]).encode()


def test_the_totals_are_those_of_the_pupils_on_the_list(town):
    made = actions.make_linkage(
        by=town.controller, run_id=town.approved().pk, data=listed(range(20), range(20, 40))
    )
    assert made.totals == [
        {"kind": "placering", "pupils": 20, "over": 10, "within": 10},
        {"kind": "insats", "pupils": 20, "over": 10, "within": 10},
        {"kind": "total", "pupils": 40, "over": 20, "within": 20},
    ]


def test_days_of_which_only_absence_is_told_give_no_share(cast, town):
    """Every second pupil has such a day, and no other: it is in no total."""
    with acting_as(cast.service()):
        AttendanceDay.objects.filter(valid__gt=0).update(absence_only=True)
    made = actions.make_linkage(
        by=town.controller, run_id=town.approved().pk, data=listed(range(20), range(20, 40))
    )
    assert [(line["kind"], line["pupils"]) for line in made.totals] == [
        ("placering", 10), ("insats", 10), ("total", 20),
    ]  # fmt: skip


def test_numbers_that_the_school_does_not_know_are_counted_nowhere(town):
    data = listed(range(20), range(20, 40)) + f"\n{number_of(900)};insats".encode()
    made = actions.make_linkage(by=town.controller, run_id=town.approved().pk, data=data)
    assert made.totals[2]["pupils"] == 40


@pytest.mark.parametrize("size", [1, 9])
def test_a_small_group_is_not_told(town, size):
    made = actions.make_linkage(
        by=town.controller, run_id=town.approved().pk, data=listed(range(size), range(0))
    )
    assert all(line[name] in (None, 0) for line in made.totals for name in ("pupils", "over", "within"))


def test_what_is_hidden_is_not_the_difference_of_what_is_shown():
    table = totals_of([Counted("placering", 12, 3), Counted("insats", 200, 100)])
    for line in table:
        known = [line[name] for name in ("pupils", "over", "within")]
        assert known.count(None) != 1, table
    for name in ("pupils", "over", "within"):
        assert [line[name] for line in table].count(None) != 1, table
    assert table[0]["over"] is None


def test_without_both_approvals_nothing_is_read(town):
    for approvers in ((), (town.social_lawyer,), (town.school_lawyer,)):
        run = town.run(*approvers)
        with pytest.raises(actions.LinkageRefused) as refused:
            actions.make_linkage(by=town.controller, run_id=run.pk, data=listed(range(20), range(20)))
        assert refused.value.code == "not_approved"


def test_an_approval_is_for_one_run(town):
    run = town.approved()
    actions.make_linkage(by=town.controller, run_id=run.pk, data=listed(range(20), range(0)))
    with pytest.raises(actions.LinkageRefused):
        actions.make_linkage(by=town.controller, run_id=run.pk, data=listed(range(19), range(0)))


def test_only_the_right_persons(town):
    run = town.run()
    wanted = actions.Wanted(town.cast.authority["board"].pk, PURPOSE, "x", today(), today())
    for asks in (town.cast.viewer("controller"), town.social_lawyer):
        with pytest.raises(actions.LinkageRefused):
            actions.ask_linkage(by=asks, wanted=wanted, on=today())
    for approves in (town.controller, town.cast.viewer("controller"), town.cast.viewer("principal_fria")):
        with pytest.raises(actions.LinkageRefused):
            actions.approve_linkage(by=approves, run_id=run.pk, on=today())
    actions.approve_linkage(by=town.social_lawyer, run_id=run.pk, on=today())
    with pytest.raises(actions.LinkageRefused):
        actions.approve_linkage(by=town.social_lawyer, run_id=run.pk, on=today())


def test_raw_sql_neither_approves_for_the_other_board_nor_reads_a_row(town):
    run = town.run(town.social_lawyer)
    school = town.cast.authority["board"].pk
    forged = (
        'insert into govern_linkageapproval (run_id, authority_id, by_id, name, "on")'
        f" values ({run.pk}, {school}, {town.school_lawyer.actor_id}, 'x', current_date)"
    )
    for sql in (
        forged,
        f"update govern_linkagerun set done_at = null where id = {run.pk}",
        f"select * from govern_link({run.pk}, array['x'], array['insats'])",
    ):
        with acting_as(town.controller), pytest.raises(ProgrammingError), transaction.atomic():
            connection.cursor().execute(sql)
    with acting_as(town.controller):
        assert Child.objects.count() == ChildIdentity.objects.count() == AttendanceDay.objects.count() == 0


def _rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_stat_user_tables where schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        counts = {}
        for table in tables:
            try:
                with transaction.atomic():
                    cursor.execute(f"select count(*) from {table}")
                    counts[table] = cursor.fetchone()[0]
            except ProgrammingError:
                counts[table] = -1  # no right to read it
        cursor.execute("select count(*) from pg_class where relpersistence = 't'")
        return {**counts, "temporary": cursor.fetchone()[0]}


@pytest.mark.parametrize("ends", ["success", "failure", "kill"])
def test_nothing_about_anybody_remains(town, ends, monkeypatch, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    run, data = town.approved(), listed(range(20), range(20, 40))
    error = {"failure": RuntimeError, "kill": KeyboardInterrupt}.get(ends)
    if error:
        monkeypatch.setattr(
            "samhandla.govern.actions.linkage.totals_of", lambda counted: (_ for _ in ()).throw(error())
        )
    with acting_as(town.controller):
        before = _rows()
    if error:
        with pytest.raises(error):
            actions.make_linkage(by=town.controller, run_id=run.pk, data=data)
    else:
        actions.make_linkage(by=town.controller, run_id=run.pk, data=data)
    with acting_as(town.controller):
        after = _rows()
        stored = str(list(LinkageRun.objects.values())) + str(list(LinkageResult.objects.values()))
        told = str(list(Event.objects.values()))
    grown = {name for name in after if after[name] != before[name]}
    assert grown == ({"govern_linkageresult", "trust_event"} if ends == "success" else set())
    assert list(tmp_path.iterdir()) == []
    for n in range(40):
        assert number_of(n) not in stored + told


def test_the_event_tells_purpose_ground_and_who_approved(town):
    actions.make_linkage(by=town.controller, run_id=town.approved().pk, data=listed(range(20), range(0)))
    with acting_as(town.controller):
        event = Event.objects.get(event="govern:linkage:made")
    assert event.details["purpose"] == PURPOSE
    assert len(event.details["approved_by"].split("; ")) == 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "columns"),
        (b"\xff\xfe\x00", "text"),
        (b"namn;slag\nA;insats", "columns"),
        (b"personnummer;slag\n", "empty"),
        (b"personnummer;slag\n123;insats", "rows"),
        (f"personnummer;slag\n{number_of(1)};annat".encode(), "rows"),
        (f"personnummer;slag\n{number_of(1)}".encode(), "rows"),
        (b'personnummer;slag\n"oavslutat', "columns"),
        (b"x" * 2_000_001, "size"),
    ],
)
def test_a_bad_file_is_refused_with_line_numbers_and_nothing_of_what_stood_there(data, code):
    with pytest.raises(BadFile) as refused:
        read_numbers(data)
    assert refused.value.code == code
    assert number_of(1) not in str(refused.value.rows)


def test_whoever_is_placed_is_counted_once():
    number = number_of(1)
    data = f"personnummer,slag\n{number},insats\n{number},placering\n{number},insats".encode()
    assert read_numbers(data) == {number: "placering"}


def test_the_pages_from_asking_to_totals(town):
    controller, lawyer, school = map(town.client, (town.controller, town.social_lawyer, town.school_lawyer))
    words = {
        "school": town.cast.authority["board"].pk, "purpose": PURPOSE, "ground": "OSL",
        "first": str(today() - timedelta(days=90)), "last": str(today()),
    }  # fmt: skip
    assert controller.post(reverse("linkage-ask"), {**words, "purpose": "kort"}).status_code == 422
    assert controller.post(reverse("linkage-ask"), words).status_code == 303
    with acting_as(town.controller):
        run = LinkageRun.objects.get()
    make = reverse("linkage-make", args=[run.pk])
    file = {"file": SimpleUploadedFile("lista.csv", listed(range(20), range(20, 40)))}
    assert "inte godkänd" in controller.post(make, file).content.decode()
    for one in (lawyer, school):
        assert one.post(reverse("linkage-approve", args=[run.pk])).status_code == 303
    bad = controller.post(make, {"file": SimpleUploadedFile("x.csv", b"personnummer;slag\n1;insats")})
    assert "går inte att läsa: 2" in bad.content.decode()
    file["file"].seek(0)
    assert controller.post(make, file).status_code == 303
    assert '<td data-label="Barn">40</td>' in controller.get(reverse("linkage")).content.decode()
    theirs = school.get(reverse("linkage")).content.decode()
    assert "Summorna finns hos socialnämnden" in theirs
    assert ">40<" not in theirs


def test_a_school_boards_controller_asks_for_nothing(town, client):
    town.cast.login(client, "controller")
    answer = client.post(reverse("linkage-ask"), {"purpose": PURPOSE})
    assert "Bara socialnämndens controller" in answer.content.decode()
    with acting_as(town.controller):
        assert not LinkageRun.objects.exists()
    assert "Begär en samkörning" not in client.get(reverse("linkage")).content.decode()


def test_the_list_stays_flat(town, django_assert_max_num_queries):
    for _ in range(12):
        town.approved()
    client = town.client(town.controller)
    with django_assert_max_num_queries(25):
        assert client.get(reverse("linkage")).content.decode().count("Rättslig grund") == 12
