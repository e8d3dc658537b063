"""Rows that were not taken come back as they stood; a file sent twice says so; no row is of a day to come."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.integrations.pipeline.test_batch_page import HEAD, admin, rehearse, send, source  # noqa: F401

from samhandla.integrations import jobs
from samhandla.integrations.actions.abandoned import clear_abandoned
from samhandla.integrations.actions.staging import kept_file, kept_refused
from samhandla.integrations.models import Batch
from samhandla.integrations.queries import batch_view
from samhandla.people.queries import service_viewer, today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
WORDS = "Migrän efter Zebrabesöket"


def lines(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))


def test_refused_rows_come_back_as_they_stood_without_free_words(admin, cast, source):  # noqa: F811
    head = f"{HEAD};orsak"
    rows = [head, f"=x1;2026-09-31;Bergaskolan;60;0;0;1;{WORDS}", f"x2;2026-09-01;Berga;60;0;0;1;{WORDS}"]
    batch = send(admin, cast, source, "\n".join(rows).encode() + b"\n")
    assert "Hämta raderna att rätta" in rehearse(admin, batch)
    answer = admin.get(f"/import/{batch.pk}/att-ratta.csv")
    first, second = lines(answer)
    assert (first["elev"], first["datum"], second["datum"]) == ("'=x1", "2026-09-31", "2026-09-01")
    assert first["Rad i den förra filen"] == "2"
    assert "datum" in first["Varför raden inte togs emot"].casefold()
    assert WORDS not in answer.text


def test_a_hostile_heading_comes_back_as_no_formula(admin, cast, source):  # noqa: F811
    head = f"{HEAD};=HYPERLINK(1)"
    batch = send(admin, cast, source, f"{head}\nx1;2026-09-31;Bergaskolan;60;0;0;1;x\n".encode())
    rehearse(admin, batch)
    text = admin.get(f"/import/{batch.pk}/att-ratta.csv").text
    assert "=HYPERLINK(1)" not in text or ";'=HYPERLINK(1);" in text.splitlines()[0]
    assert text.splitlines()[0].startswith("\ufeffelev;")


def test_a_mended_file_is_read_by_the_same_columns(admin, cast, source):  # noqa: F811
    batch = send(admin, cast, source, f"{HEAD}\nx1;2026-09-31;Bergaskolan;60;0;0;1\n".encode())
    rehearse(admin, batch)
    mended = admin.get(f"/import/{batch.pk}/att-ratta.csv").text.replace("2026-09-31", "2026-09-30")
    again = send(admin, cast, source, mended.encode())
    assert again.state == "running"
    assert "Eleven finns inte i registret" in rehearse(admin, again)


def test_they_are_kept_sealed_a_week_after_the_rest_was_taken_in(desk):
    desk.take_in()
    table = desk.world.lessons
    path = desk.lesson_file(rows=table)
    path.write_text(
        path.read_text() + path.read_text().splitlines()[1].replace(_day(table), "2026-02-31") + "\n"
    )
    batch = desk.upload(path, wants_commit=True)
    jobs.run_import(desk.authority_id, batch.pk)
    with acting_as(desk.by):
        assert Batch.objects.get(pk=batch.pk).state == "committed"
    assert kept_file(batch.pk) is None
    (row,) = kept_refused(batch.pk).rows.values()
    assert "2026-02-31" in row
    folder = desk.folder / "uploads" / str(batch.pk)
    assert all(b"2026-02-31" not in one.read_bytes() for one in folder.iterdir())
    with acting_as(desk.by):
        assert clear_abandoned(by=desk.by) == []
        old = Batch.objects.get(pk=batch.pk).finished_at - timedelta(days=8)
        Batch.objects.filter(pk=batch.pk).update(finished_at=old)
        assert clear_abandoned(by=desk.by) == [batch.pk]
    assert kept_refused(batch.pk) is None


def _day(table) -> str:
    return table["date"][0].as_py().isoformat()


def test_when_they_are_gone_it_is_said(admin, cast, source):  # noqa: F811
    batch = send(admin, cast, source, f"{HEAD}\nx1;2026-09-01;Bergaskolan;60;0;0;1\n".encode())
    answer = admin.get(f"/import/{batch.pk}/att-ratta.csv", follow=True).text
    assert "Raderna finns inte kvar här" in answer


def test_the_same_file_again_is_said_with_its_day_before_and_after_the_rehearsal(admin, cast, source):  # noqa: F811
    content = f"{HEAD}\nx1;2026-09-01;Bergaskolan;60;0;0;1\n".encode()
    first = send(admin, cast, source, content)
    assert "Samma fil" not in admin.get(f"/import/{first.pk}/kolumner/").text
    with acting_as(cast.service()):
        Batch.objects.filter(pk=first.pk).update(state="committed", committed_at=timezone.now())
    again = send(admin, cast, source, content)
    assert "Samma fil togs in" in admin.get(f"/import/{again.pk}/kolumner/").text
    page = rehearse(admin, again)
    assert f'Samma fil togs in <a href="/import/{first.pk}/">den {today().day} ' in page
    assert "Samma fil" not in rehearse(admin, send(admin, cast, source, content + b"\n"))


def test_nothing_new_in_it_is_said_and_it_may_be_taken_in_all_the_same(desk):
    desk.take_in()
    path = desk.lesson_file()
    for wanted in (True, False):
        batch = desk.upload(path, wants_commit=wanted)
        jobs.run_import(desk.authority_id, batch.pk)
    with acting_as(desk.by):
        found = Batch.objects.get(pk=batch.pk)
        assert (found.state, batch_view(desk.by, found)["nothing_new"]) == ("rehearsed", True)
    jobs.run_import(desk.authority_id, batch.pk, take_in=True)
    with acting_as(desk.by):
        assert Batch.objects.get(pk=batch.pk).state == "committed"


def test_a_lesson_of_tomorrow_is_refused_with_its_row_and_one_of_today_is_not(desk):
    desk.take_in()
    table = desk.world.lessons.slice(0, 3)
    path = desk.lesson_file(rows=table)
    head, *rows = path.read_text().splitlines()
    tomorrow = today() + timedelta(days=1)
    days = (today(), tomorrow, today() + timedelta(days=4000))
    moved = [row.replace(_day(table), day.isoformat()) for row, day in zip(rows, days, strict=True)]
    path.write_text("\n".join([head, *moved]) + "\n")
    batch = desk.upload(path, wants_commit=True)
    jobs.run_import(desk.authority_id, batch.pk)
    by = service_viewer(desk.authority_id)
    with acting_as(by):
        row = Batch.objects.get(pk=batch.pk)
        refused = list(row.refusals.order_by("row").values_list("row", "field", "reason"))
    assert [(number, field) for number, field, _reason in refused] == [("3", "date"), ("4", "date")]
    assert "har inte varit än" in refused[0][2]
    assert (row.counts["attendances"]["new"], row.data_to) == (1, today())
