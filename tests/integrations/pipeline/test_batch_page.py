"""What the page of an import says: nothing to receive, hopeless files, waiting, taken back, in words."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from samhandla.integrations import jobs
from samhandla.integrations.actions import batches, sources
from samhandla.integrations.delivery import Counts
from samhandla.integrations.models import Batch, BatchRefusal, Source
from samhandla.integrations.queries import units_by_name
from samhandla.people import actions as people
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db

HEAD = "elev;datum;skolenhet;undervisning;giltig;ogiltig;lektion"


@pytest.fixture
def admin(client, cast, lake):
    return cast.login(client, "data_administrator")


@pytest.fixture
def source(cast) -> Source:
    return sources.save_source(by=cast.service(), name="Filer", kind="file")


def send(admin, cast, source, content: bytes, preset="samhandla") -> Batch:
    file = SimpleUploadedFile("fil.csv", content)
    admin.post(f"/import/kalla/{source.pk}/fil/", {"file": file, "preset": preset, "unit": ""})
    with acting_as(cast.service()):
        return Batch.objects.latest("pk")


def rehearse(admin, batch) -> str:
    """Send the columns as they were proposed, and return the page of the batch."""
    form = admin.get(f"/import/{batch.pk}/kolumner/").context["form"]
    data = {key: form.get_initial_for_field(field, key) or "" for key, field in form.fields.items()}
    answer = admin.post(f"/import/{batch.pk}/kolumner/", {**data, "next": "rehearse"})
    assert answer.status_code == 303
    jobs.run_import(authority_id=batch.authority_id, batch_id=batch.pk)
    return admin.get(f"/import/{batch.pk}/").content.decode()


def test_a_file_without_one_row_to_receive_warns_and_cannot_be_taken_in(admin, cast, source):
    rows = [f"{HEAD}", "x1;2026-09-01;Bergaskolan;60;0;0;1", "x2;2026-09-01;Bergaskolan;60;0;0;1"]
    batch = send(admin, cast, source, "\n".join(rows).encode() + b"\n")
    page = rehearse(admin, batch)
    assert "Inget gick att ta emot" in page
    assert "2 rader togs inte emot" in page
    assert "Allt är som förut" not in page
    assert ">Ta in<" not in page
    answer = admin.post(f"/import/{batch.pk}/ta-in/", follow=True).content.decode()
    assert "Det finns inget att ta in" in answer


def test_refused_fields_and_kinds_are_named_in_words(admin, cast, source):
    by = cast.service()
    batch = batches.start_batch(by=by, source=source)
    with acting_as(by):
        for kind, field in (("attendances", "unit"), ("persons", "start"), ("persons", "enrolments")):
            BatchRefusal.objects.create(
                batch=batch, authority_id=by.authority_id, resource=kind, row="4", field=field, reason="fel"
            )
    page = admin.get(f"/import/{batch.pk}/").content.decode()
    for word in ("skolenhet", "från och med", "enrolments"):
        assert f">{word}</td>" in page
    assert ">unit</td>" not in page
    text = admin.get(f"/import/{batch.pk}/ej-mottagna.csv").content.decode("utf-8-sig")
    assert "närvaro på lektioner;4;skolenhet;fel" in text
    english = admin.get(f"/import/{batch.pk}/", headers={"Accept-Language": "en"}).content.decode()
    assert ">school unit</td>" in english


@pytest.mark.parametrize("content", [b"\n", b"%PDF-1.4 x", b'elev;datum\n"a;b\n'])
def test_a_hopeless_file_is_answered_with_another_file(admin, cast, source, content):
    batch = send(admin, cast, source, content)
    page = admin.get(f"/import/{batch.pk}/").content.decode()
    assert "Ladda upp en annan fil" in page
    assert "Fortsätt där den var" not in page


def test_an_upload_at_its_columns_waits_for_them(admin, cast, source):
    batch = send(admin, cast, source, f"{HEAD}\nx1;2026-09-01;B;60;0;0;1\n".encode())
    for path in (f"/import/{batch.pk}/", f"/import/kalla/{source.pk}/", "/import/"):
        page = admin.get(path).content.decode()
        assert "väntar på kolumner" in page
        assert ">pågår<" not in page


def test_an_import_taken_back_says_what_was_removed(admin, cast, source):
    by = cast.service()
    batch = batches.start_batch(by=by, source=source)
    now = timezone.now()
    counts = {"persons": Counts(read=5, new=3, changed=1, unchanged=1).as_dict()}
    with acting_as(by):
        row = Batch.objects.filter(pk=batch.pk)
        row.update(state="undone", committed_at=now, undone_at=now, stage="", counts=counts)
    page = admin.get(f"/import/{batch.pk}/").content.decode()
    assert "Importen är ångrad" in page
    assert "3 nya uppgifter är borttagna" in page
    assert "1 ändrad är som den var förut" in page
    assert "Det här togs tillbaka" in page
    assert "Det här skiljer" not in page


def test_a_fetched_import_taken_back_can_be_rehearsed_again(admin, cast):
    by = cast.service()
    fetched = sources.save_source(
        by=by, name="Registret", kind="ss12000", settings={"base_url": "https://exempel.se/v2"}
    )
    batch = batches.start_batch(by=by, source=fetched)
    now = timezone.now()
    with acting_as(by):
        Batch.objects.filter(pk=batch.pk).update(state="undone", committed_at=now, undone_at=now, stage="")
    assert "Provkör igen" in admin.get(f"/import/{batch.pk}/").content.decode()
    answer = admin.post(f"/import/kalla/{fetched.pk}/hamta/", {"unit": ""})
    assert answer.status_code == 303


def test_while_a_source_is_checked_it_does_not_say_that_it_was_not(admin, cast):
    by = cast.service()
    fetched = sources.save_source(
        by=by, name="Registret", kind="ss12000", settings={"base_url": "https://exempel.se/v2"}
    )
    path = f"/import/kalla/{fetched.pk}/"
    assert "Källan har inte kontrollerats ännu" in admin.get(path).content.decode()
    sources.ask_for_check(by=by, source=fetched)
    page = admin.get(path).content.decode()
    assert "Kontrollerar källan" in page
    assert "Källan har inte kontrollerats ännu" not in page
    assert f'hx-get="{path}"' in page
    assert "Uppdatera sidan" in page


def test_roles_of_a_source_are_named_in_the_readers_language(admin, source):
    path = f"/import/kalla/{source.pk}/roller/"
    assert ">rektor</option>" in admin.get(path).content.decode()
    english = admin.get(path, headers={"Accept-Language": "en"}).content.decode()
    assert ">principal</option>" in english
    assert ">rektor</option>" not in english


def test_dates_are_written_out(admin, cast, source):
    by = cast.service()
    batch = batches.start_batch(by=by, source=source)
    with acting_as(by):
        first, last = "2026-03-02", "2026-03-09"
        Batch.objects.filter(pk=batch.pk).update(data_from=first, data_to=last)
    assert "2 mars 2026 – 9 mars 2026" in admin.get(f"/import/{batch.pk}/").content.decode()
    assert last not in admin.get(f"/import/kalla/{source.pk}/").content.decode()


def test_obvious_columns_are_proposed_and_nothing_is_called_wrong_before_anybody_tried(admin, cast, source):
    rows = ["elev;datum;skolenhet;börjar;slutar;frånvaro", "x1;2026-09-01;Bergaskolan;08:15;09:15;20"]
    batch = send(admin, cast, source, "\n".join(rows).encode() + b"\n")
    page = admin.get(f"/import/{batch.pk}/kolumner/")
    form = page.context["form"]
    chosen = {h: form.initial.get(f"field_{n}") for n, h in enumerate(form.headers)}
    assert chosen == {
        "elev": "pupil",
        "datum": "date",
        "skolenhet": "unit",
        "börjar": "start",
        "slutar": "end",
        "frånvaro": "absence",
    }
    assert "Det här behöver rättas" not in page.content.decode()
    assert "error-summary" not in page.content.decode()


def refuse(by, batch, rows, field="pupil"):
    with acting_as(by):
        BatchRefusal.objects.bulk_create(
            BatchRefusal(
                batch=batch, authority_id=by.authority_id, resource="attendances", row=str(n), field=field,
                reason="fel",
            )
            for n in range(rows)
        )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (1, "Här står den enda."),
        (100, "Här står alla 100."),
        (265, "Här står 100 av 265. Alla finns i filen."),
    ],
)
def test_a_part_of_the_refused_rows_is_said_to_be_a_part(admin, cast, source, rows, words):
    by = cast.service()
    batch = batches.start_batch(by=by, source=source)
    refuse(by, batch, rows)
    page = admin.get(f"/import/{batch.pk}/").content.decode()
    assert words in page
    assert page.count('<th scope="row">') == min(rows, 100)
    assert (f"Visa {min(rows, 100) - 10} till" in page) is (rows > 10)
    text = admin.get(f"/import/{batch.pk}/ej-mottagna.csv").content.decode("utf-8-sig")
    assert len(text.splitlines()) == rows + 1
    with acting_as(cast.viewer("data_administrator")):
        event = Event.objects.filter(event="integrations:refusals:fetched").latest("pk")
    assert event.details == {"rows": rows}


def test_a_double_is_called_a_double_and_not_a_fault_in_the_pupil(admin, cast, source):
    row = "x1;2026-09-01;495;60;0;0"
    content = f"elev;datum;start;undervisning;giltig;ogiltig\n{row}\n{row}\n"
    batch = send(admin, cast, source, content.encode())
    rehearse(admin, batch)
    with acting_as(cast.service()):
        fields = set(BatchRefusal.objects.filter(batch=batch).values_list("row", "field"))
    assert ("3", "duplicate") in fields
    page = admin.get(f"/import/{batch.pk}/").content.decode()
    assert "hela raden (dubblett)" in page


def test_rare_columns_are_shown_only_when_used_and_every_word_is_explained(admin, cast, source):
    by = cast.service()
    batch = batches.start_batch(by=by, source=source)
    counts = {"persons": Counts(read=5, new=3, unchanged=2).as_dict()}
    with acting_as(by):
        Batch.objects.filter(pk=batch.pk).update(state="rehearsed", counts=counts)
    page = admin.get(f"/import/{batch.pk}/").content.decode()
    assert 'data-label="Skyddade"' not in page
    assert "Vad orden betyder" in page
    assert "De listas inte, så att ingen pekas ut." in page
    counts["persons"]["protected"] = 2
    with acting_as(by):
        Batch.objects.filter(pk=batch.pk).update(counts=counts)
    page = admin.get(f"/import/{batch.pk}/").content.decode()
    assert 'data-label="Skyddade">2</td>' in page
    assert 'data-label="Utanför"' not in page


def test_a_units_name_means_the_school_unit_when_the_school_has_the_same(cast):
    by = cast.service()
    school = people.save_organisation(by=by, name="Bergaskolan", kind="school")
    with acting_as(by):
        assert units_by_name(by)["bergaskolan"] == cast.unit["berga"].pk != school.pk
    people.save_organisation(by=by, name="Bergaskolan", kind="school_unit", school_forms=["GR"])
    with acting_as(by):
        assert "bergaskolan" not in units_by_name(by), "två skolenheter med samma namn: ingen av dem"
