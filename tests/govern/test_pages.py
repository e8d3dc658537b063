"""The pages: who may open them, what they show, what a frozen page keeps, what the files hold."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.urls import reverse
from docx import Document
from tests.govern.conftest import SPRING

from samhandla.govern import actions, jobs
from samhandla.govern.models import BoardAssessment, BoardCount, BoardGoal, BoardPage
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """Note which counts are asked for; the queue itself has no place in a test's transaction."""
    found: list[int] = []
    monkeypatch.setattr(jobs, "count_soon", found.append)
    return found


@pytest.fixture
def counted(town):
    town.count()
    return town


def get(cast, client, name, address):
    return cast.login(client, name).get(address)


READERS = ("controller", "process_leader")
OTHERS = ("mentor_7b", "counsellor", "nurse", "data_administrator", "administrator")


@pytest.mark.parametrize("name", READERS)
def test_readers_open_the_page(counted, client, name):
    answer = get(counted.cast, client, name, reverse("board"))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Hög frånvaro, vårterminen 2025" in text
    assert "20,0" in text
    assert "Bergaskolan" in text


def test_a_principal_reads_the_own_unit_beside_the_whole_form(counted, client):
    answer = get(counted.cast, client, "principal", reverse("board"))
    text = answer.content.decode()
    assert "Bergaskolan" in text
    assert "Lundaskolan" not in text
    assert "150" in text
    figures = get(counted.cast, client, "principal", reverse("board-file", args=["csv"])).content.decode()
    assert "Bergaskolan" in figures
    assert "Lundaskolan" not in figures
    assert get(counted.cast, client, "principal", reverse("board-goals")).status_code in (403, 404)


def test_a_principal_reads_the_own_unit_of_a_frozen_page_too(counted, client):
    page = counted.freeze("VT2025")
    for name, shown in (("principal", False), ("controller", True)):
        text = get(counted.cast, client, name, reverse("board-page", args=[page.pk])).content.decode()
        assert ("Lundaskolan" in text) == shown
        assert text.count("Låst 20") == 2  # once on the page, once in its title


def test_files_are_in_the_readers_language(counted, client):
    client.cookies["django_language"] = "en"
    figures = get(counted.cast, client, "controller", reverse("board-file", args=["csv"])).content.decode()
    assert "School form" in figures
    assert ",20.0," in figures
    page = counted.freeze("VT2025")
    frozen = get(counted.cast, client, "controller", reverse("board-page-file", args=[page.pk, "csv"]))
    assert "girls" in frozen.content.decode()


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("address", ["board", "board-pages", "board-goals"])
def test_others_are_refused(cast, client, name, address):
    assert get(cast, client, name, reverse(address)).status_code in (403, 404)


def test_anonymous_is_sent_to_login(cast, client):
    assert client.get(reverse("board")).status_code == 302


def test_a_reader_may_not_write(counted, client):
    client = counted.cast.login(client, "process_leader")
    for address, data in (
        (reverse("board-freeze"), {"term": "VT2025", "count": 1}),
        (reverse("board-recount"), {}),
        (reverse("board-goals"), {}),
        (reverse("board-assessment", args=["VT2025"]), {}),
    ):
        assert client.post(address, data).status_code in (403, 404)
    assert "Lås sidan" not in client.get(reverse("board")).content.decode()
    with acting_as(counted.cast.service()):
        assert not BoardPage.objects.exists()


def test_writing_needs_the_right_also_past_the_page(cast):
    from django.core.exceptions import PermissionDenied

    by = cast.viewer("process_leader")
    with pytest.raises(PermissionDenied):
        actions.set_assessment(by=by, term="VT2025", goal_id=None, analysis="x")
    with pytest.raises(PermissionDenied):
        actions.freeze_board(by=by, term="VT2025", count_id=1)
    with pytest.raises(PermissionDenied):
        actions.set_goal(by=by, name="x", form="GR", kind="at_most", target=Decimal(10))


def test_before_the_first_count_the_page_says_so(cast, client):
    answer = get(cast, client, "controller", reverse("board"))
    assert "Inga siffror är räknade ännu" in answer.content.decode()


@pytest.mark.parametrize("term", ["VT1999", "x", "VT2025'"])
def test_a_term_without_figures_is_not_found(counted, client, term):
    client = counted.cast.login(client, "controller")
    assert client.get(reverse("board"), {"termin": term}).status_code == 404


def freeze(client, town):
    with acting_as(town.cast.service()):
        count = BoardCount.objects.latest("pk")
    return client.post(reverse("board-freeze"), {"term": "VT2025", "count": count.pk})


def main_of(answer):
    """Return the page without its head and menu, where tokens and scripts stand."""
    text = answer.content.decode()
    return text[text.index("<main") : text.index("</main>")]


def test_freezing_keeps_what_was_seen_whatever_happens_to_the_data(counted, client, asked):
    client = counted.cast.login(client, "controller")
    answer = freeze(client, counted)
    client.get(answer.url)  # takes the message away
    before = main_of(client.get(answer.url))
    assert asked == [counted.cast.authority["board"].pk]
    counted.attend(SPRING, dict.fromkeys(counted.pupils, 99))
    counted.count()
    after = main_of(client.get(answer.url))
    assert after == before
    assert "20,0" in after
    live = client.get(reverse("board")).content.decode()
    assert "100,0" in live
    with acting_as(counted.cast.viewer("controller")):
        assert Event.objects.filter(event="govern:board:frozen").count() == 1


def test_a_frozen_page_cannot_be_changed_or_deleted(counted):
    page = counted.freeze("VT2025")
    with acting_as(counted.cast.viewer("controller")):
        for change in (
            lambda: BoardPage.objects.filter(pk=page.pk).update(content={}),
            lambda: BoardPage.objects.filter(pk=page.pk).delete(),
        ):
            with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
                change()
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("truncate govern_boardpage")
        assert BoardPage.objects.get().content_hash == page.content_hash


def test_a_second_page_needs_a_new_count(counted, client):
    count = counted.count()
    by = counted.cast.viewer("controller")
    actions.freeze_board(by=by, term="VT2025", count_id=count.pk)
    with pytest.raises(actions.OutOfDate):
        actions.freeze_board(by=by, term="VT2025", count_id=count.pk)
    counted.count()
    with pytest.raises(actions.OutOfDate):
        actions.freeze_board(by=by, term="VT2025", count_id=count.pk)
    client = counted.cast.login(client, "controller")
    answer = client.post(reverse("board-freeze"), {"term": "VT2025", "count": "x"}, follow=True)
    assert "Titta på dem igen" in answer.content.decode()


def test_last_years_published_figure_does_not_move(counted, client):
    """The trend keeps what was published about 2024, also when its data change afterwards."""
    counted.freeze("VT2024")
    from tests.govern.conftest import SPRING_BEFORE

    counted.attend(SPRING_BEFORE, {("berga", "K"): 40, ("lunda", "M"): 30})
    counted.count()
    text = get(counted.cast, client, "controller", reverse("board")).content.decode()
    assert "från 26,7 procent till 20,0 procent" in text
    assert "Som de står på låsta sidor: vårterminen 2024" in text


def test_a_changed_definition_is_not_compared_with_the_published_figure(counted, client):
    counted.freeze("VT2024")
    actions.set_measure(by=counted.cast.service(), reason="prov", threshold=Decimal("0.1"))
    counted.count()
    text = get(counted.cast, client, "controller", reverse("board")).content.decode()
    assert "Inte jämförbart med vårterminen 2024 eftersom definitionen har ändrats" in text
    assert "procentenheter jämfört med" not in text


def test_two_boards_of_a_municipality_show_the_same_definition(cast):
    from samhandla.govern import queries
    from samhandla.people.actions import found_authority
    from samhandla.people.queries import service_viewer

    ids = [
        found_authority(by=None, name=name, kind="board", branches=("school",), municipality_code="1283").pk
        for name in ("Grundskolenämnden", "Gymnasienämnden")
    ]
    actions.set_measure(by=service_viewer(ids[0]), reason="nämndens mål", threshold=Decimal("0.12"))
    names = {queries.definition_of(queries.measure_of(pk)).same_as for pk in ids}
    assert len(names) == 1
    assert queries.measure_of(cast.authority["independent"].pk) is None


def test_forecast_is_a_persons_choice_with_an_analysis_of_600_characters(counted, client):
    client = counted.cast.login(client, "controller")
    client.post(
        reverse("board-goals"),
        {"name": "Färre", "form": "GR", "kind": "fall_points", "target": "2,0", "base_term": "vt2024"},
    )
    with acting_as(counted.cast.service()):
        goal = BoardGoal.objects.get()
    text = client.get(reverse("board")).content.decode()
    assert "minska med 2,0 procentenheter från 26,7 procent (vårterminen 2024)" in text
    assert "Minskningen är 6,7 procentenheter: målet är nått." in text
    assert "Prognos:" not in text
    address = reverse("board-goal-assessment", args=["VT2025", goal.pk])
    assert client.post(address, {"forecast": "partly", "analysis": "å" * 601}).status_code == 422
    assert client.post(address, {"because": "bara halva"}).status_code == 422
    said = {
        "forecast": "partly",
        "analysis": "å" * 600,
        "not_comparable_with": "2023",
        "because": "nytt system",
    }
    assert client.post(address, said).status_code == 303
    text = client.get(reverse("board")).content.decode()
    assert "uppfylls delvis" in text
    assert "å" * 600 in text
    assert "Inte jämförbart med 2023 eftersom nytt system." in text


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_term": "våren"},
        {"kind": "fall_percent", "base_term": ""},
        {"target": "0"},
        {"form": "FS"},
    ],
)
def test_a_goal_that_cannot_be_counted_is_refused(counted, client, wrong):
    client = counted.cast.login(client, "controller")
    goal = {"name": "Färre", "form": "GR", "kind": "fall_points", "target": "2,0", "base_term": "VT2024"}
    assert client.post(reverse("board-goals"), {**goal, **wrong}).status_code == 422
    with acting_as(counted.cast.service()):
        assert not BoardGoal.objects.exists()


def test_an_ended_goal_stays_on_the_frozen_page(counted, client):
    controller = counted.cast.viewer("controller")
    goal = actions.set_goal(by=controller, name="Högst tio", form="GR", kind="at_most", target=Decimal("10"))
    page = counted.freeze("VT2025")
    client = counted.cast.login(client, "controller")
    client.post(reverse("board-goal-end", args=[goal.pk]))
    assert "Högst tio" not in client.get(reverse("board-goals")).content.decode()
    assert "Högst tio" in client.get(reverse("board-page", args=[page.pk])).content.decode()
    assert client.post(reverse("board-goal-end", args=[999_999])).status_code == 404


def test_another_authority_sees_no_page(counted, client, cast):
    from tests.cast import LONG_AGO

    from samhandla.people.actions import give_duty, register_staff

    page = counted.freeze("VT2025")
    by = cast.service("independent")
    cast.staff["other"] = register_staff(by=by, given_name="O", family_name="P")
    give_duty(
        by=by, staff=cast.staff["other"], unit=cast.unit["fria"], role="controller", valid_from=LONG_AGO
    )
    client = cast.login(client, "other")
    assert client.get(reverse("board-page", args=[page.pk])).status_code == 404
    assert client.get(reverse("board-page-file", args=[page.pk, "csv"])).status_code == 404
    assert "Ingen sida är låst ännu" in client.get(reverse("board-pages")).content.decode()


def rows_of(answer):
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


def test_csv_is_read_back_with_the_figures(counted, client):
    page = counted.freeze("VT2025")
    client = counted.cast.login(client, "controller")
    rows = rows_of(client.get(reverse("board-page-file", args=[page.pk, "csv"])))
    total = next(r for r in rows if r["Skolenhet"] == "alla" and r["Kön"] == "alla")
    assert (total["Andel över gränsen (procent)"], total["Antal elever"], total["Elever över gränsen"]) == (
        "20,0",
        "150",
        "30",
    )
    assert total["Kontrollsumma"] == page.content_hash
    live = rows_of(client.get(reverse("board-file", args=["csv"]), {"termin": "VT2025"}))
    assert {r["Låst"] for r in live} == {"nej"}
    assert client.get(reverse("board-file", args=["pdf"])).status_code == 404


def test_a_unit_named_as_a_formula_is_harmless_in_the_file(counted, client):
    from samhandla.people.actions import save_organisation

    unit = counted.cast.unit["berga"]
    save_organisation(by=counted.cast.service(), pk=unit.pk, name='=HYPERLINK("http://x")')
    counted.count()
    rows = rows_of(counted.cast.login(client, "controller").get(reverse("board-file", args=["csv"])))
    assert any(row["Skolenhet"].startswith("'=HYPERLINK") for row in rows)


def test_word_is_read_back_with_headings_and_table_headers(counted, client):
    controller = counted.cast.viewer("controller")
    actions.set_assessment(by=controller, term="VT2025", goal_id=None, forecast="met", analysis="Vår analys.")
    page = counted.freeze("VT2025")
    client = counted.cast.login(client, "controller")
    answer = client.get(reverse("board-page-file", args=[page.pk, "docx"]))
    document = Document(io.BytesIO(answer.content))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings[0] == "Hög frånvaro, vårterminen 2025"
    assert "Grundskola" in headings
    assert "Samlad analys" in headings
    text = "\n".join(p.text for p in document.paragraphs)
    assert page.content_hash in text
    assert "Vår analys." in text
    assert "Prognos: uppfylls." in text
    assert document.core_properties.language == "sv-SE"
    assert all(table.rows[0]._tr.xpath(".//w:tblHeader") for table in document.tables)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "20,0 procent" in cells


def test_the_page_costs_the_same_queries_with_many_groups(counted, client, django_assert_max_num_queries):
    client = counted.cast.login(client, "controller")
    client.get(reverse("board"))
    with django_assert_max_num_queries(40) as few:
        client.get(reverse("board"))
    for form in ("GRS", "GY"):
        counted.enrol("berga", "K", 30, form=form)
    counted.attend(SPRING, {})
    counted.count()
    counted.cast.viewer("controller")
    with django_assert_max_num_queries(40) as many:
        client.get(reverse("board"))
    assert len(few) == len(many)


def test_a_page_is_frozen_in_swedish_also_by_an_english_reader(counted, client):
    client = counted.cast.login(client, "controller")
    client.cookies["django_language"] = "en"
    freeze(client, counted)
    with acting_as(counted.cast.service()):
        content = BoardPage.objects.get().content
    assert content["term_name"] == "vårterminen 2025"
    assert "procentenheter" in content["trend"][0]["change"]


def test_half_of_not_comparable_is_refused_by_the_database_too(counted):
    from django.db import IntegrityError
    from django.utils import timezone

    by = counted.cast.viewer("controller")
    with acting_as(by), pytest.raises(IntegrityError), transaction.atomic():
        BoardAssessment.objects.create(
            authority_id=by.authority_id,
            term="VT2025",
            because="x",
            written_by_id=by.actor_id,
            written_at=timezone.now(),
        )
