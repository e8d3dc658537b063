"""The pages of the import: every state, the refusals, and a flat number of queries."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from samhandla.integrations import jobs
from samhandla.integrations.actions import batches, sources
from samhandla.integrations.models import Batch, Preset, Source
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client, cast, lake):
    return cast.login(client, "data_administrator")


@pytest.fixture
def file_source(cast):
    return sources.save_source(by=cast.service(), name="Filer", kind="file")


def lesson_csv(rows: list[str]) -> bytes:
    return "\n".join(["elev;datum;skolenhet;undervisning;giltig;ogiltig;lektion", *rows]).encode() + b"\n"


def send(admin, source, content: bytes, name="lektioner.csv", preset="samhandla", unit=""):
    file = SimpleUploadedFile(name, content)
    return admin.post(f"/import/kalla/{source.pk}/fil/", {"file": file, "preset": preset, "unit": unit})


def run_jobs(batch_id: int, authority_id: int, take_in=False) -> None:
    jobs.run_import(authority_id=authority_id, batch_id=batch_id, take_in=take_in)


def latest(cast) -> Batch:
    with acting_as(cast.service()):
        return Batch.objects.latest("pk")


def test_list_works_when_empty(admin):
    page = admin.get("/import/")
    assert page.status_code == 200
    assert "Det finns inga källor ännu" in page.content.decode()


def test_source_is_made_and_its_secret_is_never_shown(admin, cast):
    answer = admin.post(
        "/import/ny/",
        {
            "name": "Registret",
            "kind": "ss12000",
            "base_url": "https://exempel.se/v2.0",
            "login": "token",
            "token": "hemligt-ord",
            "protection": "skip",
            "schedule": "nightly",
        },
    )
    assert answer.status_code == 303
    with acting_as(cast.service()):
        source = Source.objects.get()
    assert b"hemligt-ord" not in bytes(source.sealed_credentials)
    for path in (f"/import/kalla/{source.pk}/", f"/import/kalla/{source.pk}/andra/"):
        page = admin.get(path).content.decode()
        assert "hemligt-ord" not in page
        assert "https://exempel.se/v2.0" in page


def test_source_without_address_is_sent_back(admin):
    answer = admin.post(
        "/import/ny/", {"name": "X", "kind": "ss12000", "login": "none", "protection": "skip"}
    )
    assert answer.status_code == 422
    assert "Skriv källans adress" in answer.content.decode()


def test_upload_shows_columns_then_rehearses_then_shows_refused_rows(admin, cast, file_source):
    answer = send(admin, file_source, lesson_csv(["=2+2;2026-09-01;Bergaskolan;60;0;0;1"]))
    batch = latest(cast)
    assert answer["Location"] == f"/import/{batch.pk}/kolumner/"
    page = admin.get(answer["Location"])
    form = page.context["form"]
    data = {name: form.get_initial_for_field(f, name) or "" for name, f in form.fields.items()}
    answer = admin.post(f"/import/{batch.pk}/kolumner/", {**data, "save_as": "Min mall", "next": "rehearse"})
    assert answer["Location"] == f"/import/{batch.pk}/"
    assert "framsteg" in admin.get(f"/import/{batch.pk}/").content.decode()
    run_jobs(batch.pk, batch.authority_id)
    page = admin.get(f"/import/{batch.pk}/").content.decode()
    assert "Eleven finns inte i registret" in page
    with acting_as(cast.service()):
        assert Preset.objects.get().name == "Min mall"


def test_refused_rows_as_file_cannot_carry_a_formula(admin, cast, file_source):
    by = cast.service()
    batch = batches.start_batch(by=by, source=file_source)
    from samhandla.integrations.models import BatchRefusal

    with acting_as(by):
        BatchRefusal.objects.create(
            batch=batch, authority_id=by.authority_id, resource="x", row="=cmd()", reason="+fel"
        )
    text = admin.get(f"/import/{batch.pk}/ej-mottagna.csv").content.decode("utf-8-sig")
    assert "'=cmd()" in text
    assert "'+fel" in text


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "tom"), (b"%PDF-1.4 x", "PDF"), (b'elev;datum\n"a;b\n', "citattecken"), (b"en\ntva\n", "kolumn")],
)
def test_file_that_cannot_be_read_says_why(admin, cast, file_source, content, words):
    answer = send(admin, file_source, content or b"\n")
    batch = latest(cast)
    assert answer["Location"] == f"/import/{batch.pk}/"
    assert batch.state == "failed"
    assert words in admin.get(answer["Location"]).content.decode()


def test_every_page_refuses_the_wrong_role_and_other_authorities(client, cast, file_source, lake):
    batch = batches.start_batch(by=cast.service(), source=file_source)
    cast.login(client, "principal")
    for path in ("/import/", f"/import/kalla/{file_source.pk}/", f"/import/{batch.pk}/"):
        assert client.get(path).status_code in (403, 404)
    other = sources.save_source(by=cast.service("independent"), name="Annans", kind="file")
    theirs = batches.start_batch(by=cast.service("independent"), source=other)
    cast.login(client, "data_administrator")
    assert client.get(f"/import/kalla/{other.pk}/").status_code == 404
    assert client.get(f"/import/{theirs.pk}/").status_code == 404
    assert client.post(f"/import/{theirs.pk}/angra/").status_code == 404


def test_list_stays_flat(admin, cast):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as context:
            assert admin.get("/import/").status_code == 200
        return len(context)

    by = cast.service()
    first = sources.save_source(by=by, name="1", kind="file")
    batches.start_batch(by=by, source=first)
    queries()
    one = queries()
    for number in range(2, 51):
        batches.start_batch(by=by, source=sources.save_source(by=by, name=str(number), kind="file"))
    assert queries() == one


def test_limits_and_roles_are_saved(admin, cast, file_source):
    path = f"/import/kalla/{file_source.pk}/roller/"
    answer = admin.post(path, {"role_0": "principal", "missing": 5, "changed": 40, "refused": 10})
    assert answer.status_code == 303
    with acting_as(cast.service()):
        source = Source.objects.get(pk=file_source.pk)
    assert source.roles == {"Rektor": "principal"}
    assert source.limits["persons"]["max_missing_share"] == 0.05
