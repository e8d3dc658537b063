"""What waits to be taken in lies sealed: no name of a pupil is to be found in the folder's bytes."""

from __future__ import annotations

import os

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from samhandla.integrations import jobs, uploads
from samhandla.integrations.actions import staging
from samhandla.integrations.actions.abandoned import ORPHAN_SECONDS, clear_orphans
from samhandla.integrations.actions.running import run_batch
from samhandla.integrations.actions.sources import save_source
from samhandla.integrations.gather import StagedPage
from samhandla.integrations.models import Batch
from samhandla.trust.sealed import OtherKey
from samhandla.trust.viewer import acting_as
from samhandla.web.uploads import SealedUploadHandler

pytestmark = pytest.mark.django_db
HEADERS = ["id", "förnamn", "efternamn", "skolform", "årskurs", "skolenhet", "klass", "skyddad"]
ROWS = [[f"e{n}", "Sunniva", "Tallberg", "GR", "7", "12345678", "7A", "0"] for n in range(400)]
NAMES = (b"Sunniva", b"Tallberg", b"S\0u\0n\0n", b"e399")


def as_csv() -> bytes:
    return "\n".join(";".join(row) for row in [HEADERS, *ROWS]).encode() + b"\n"


def as_excel(folder) -> bytes:
    book = openpyxl.Workbook()
    for row in [HEADERS, *ROWS]:
        book.active.append(row)
    book.save(folder / "bok.xlsx")
    return (folder / "bok.xlsx").read_bytes()


def everything_in(folder) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def received(desk, content, name="elever.csv"):
    with acting_as(desk.by):
        return uploads.receive(desk.by, desk.file, name, [content[:999], content[999:]], "elever", None)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_name_of_the_file_is_found_and_it_is_read_as_before(desk, settings, tmp_path, kind):
    content = as_csv() if kind == "csv" else as_excel(tmp_path)
    desk.make_unit()
    batch = received(desk, content, f"elever.{kind}")
    kept = everything_in(settings.UPLOAD_DIR)
    assert len(kept) > len(content)
    assert not [name for name in (*NAMES, b"xl/workbook", b"PK\x03\x04") if name in kept]
    outcome = run_batch(desk.by, batch.pk)
    assert outcome.counts["persons"]["new"] == len(ROWS)
    path = staging.kept_file(batch.pk).path
    assert path.stat().st_mode & 0o077 == 0


def test_edlevos_xml_is_read_back_too(desk, settings):
    xml = (
        '<?xml version="1.0"?><persons xmlns="http://tieto.com/edu/absence/v2"><person>'
        "<personid>p-tallberg</personid></person></persons>"
    )
    with acting_as(desk.by):
        batch = uploads.receive(desk.by, desk.file, "frånvaro.xml", [xml.encode()], "edlevo", None)
    assert b"tallberg" not in everything_in(settings.UPLOAD_DIR)
    assert run_batch(desk.by, batch.pk).counts["attendances"]["read"] == 0


def test_a_fetched_page_lies_sealed(desk, settings):
    batch = desk.start()
    staging.stage_page(batch.pk, StagedPage("persons", 1, b'[{"givenName": "Sunniva"}]'))
    assert b"Sunniva" not in everything_in(settings.UPLOAD_DIR)
    assert next(staging.staged_pages(batch.pk, ["persons"])).data == b'[{"givenName": "Sunniva"}]'
    settings.SAMHANDLA_SECRET += "x"
    with pytest.raises(OtherKey, match="en annan nyckel"):
        next(staging.staged_pages(batch.pk, ["persons"]))


def test_with_another_key_the_batch_says_what_to_do(desk, settings, monkeypatch):
    batch = received(desk, as_csv())
    path = staging.kept_file(batch.pk).path
    with monkeypatch.context() as patched:
        patched.setattr(staging.settings, "SAMHANDLA_SECRET", "en annan nyckel")
        with pytest.raises(OtherKey):
            staging.kept_file(batch.pk).size()
    path.write_bytes(path.read_bytes()[:-40])
    jobs.run_import(authority_id=desk.authority_id, batch_id=batch.pk)
    with acting_as(desk.by):
        failed = Batch.objects.get(pk=batch.pk)
    assert failed.state == "failed"
    assert "skadat" in failed.reason


def test_the_column_page_says_it_too(cast, client, settings, tmp_path):
    settings.UPLOAD_DIR = tmp_path / "uploads"
    source = save_source(by=cast.service(), name="Elever", kind="file")
    web = cast.login(client, "data_administrator")
    file = SimpleUploadedFile("elever.csv", as_csv())
    went = web.post(reverse("upload", args=[source.pk]), {"file": file, "preset": "elever", "unit": ""})
    assert went.status_code == 303
    path = next((tmp_path / "uploads").rglob("*.sealed"))
    assert "Sunniva" in web.get(went.url).text
    path.write_bytes(path.read_bytes()[:-40])
    page = web.get(went.url, follow=True)
    assert "skadat och går inte att läsa" in page.text


def test_a_large_upload_waits_sealed_without_a_name(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    handler = SealedUploadHandler()
    handler.new_file("file", "elever.csv", "text/csv", None, None, None)
    handler.receive_data_chunk(as_csv(), 0)
    assert list(tmp_path.iterdir()) == []
    handler._file.flush()
    with open(f"/proc/self/fd/{handler._file.fileno()}", "rb") as lies:
        assert b"Sunniva" not in lies.read()
    file = handler.file_complete(len(as_csv()))
    assert (file.name, b"".join(file.chunks())) == ("elever.csv", as_csv())
    SealedUploadHandler().upload_interrupted()


def test_a_file_of_an_earlier_version_is_sealed_and_used(desk, settings):
    desk.make_unit()
    batch = received(desk, as_csv())
    staging.kept_file(batch.pk).path.unlink()
    plain = staging.folder_of(batch.pk) / "file.csv"
    plain.write_bytes(as_csv())
    assert clear_orphans({batch.pk}, now=0) == []
    assert not plain.exists()
    assert b"Sunniva" not in everything_in(settings.UPLOAD_DIR)
    assert run_batch(desk.by, batch.pk).counts["persons"]["new"] == len(ROWS)


def test_what_no_batch_owns_is_removed_after_a_day(desk, settings):
    batch = received(desk, as_csv())
    folder = staging.folder_of(10**6)
    changed = folder.stat().st_mtime
    assert clear_orphans({batch.pk}, now=changed + 60) == []
    os.utime(folder, (changed, changed))
    assert clear_orphans({batch.pk}, now=changed + ORPHAN_SECONDS + 1) == [10**6]
    assert staging.kept_file(batch.pk) is not None
