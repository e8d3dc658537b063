"""The check of a source of files says what is wrong with folder, template, pupils and latest import."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from samhandla.integrations import inbox, jobs, source_check
from samhandla.integrations.actions import batches, sources
from samhandla.integrations.actions.running import run_batch
from samhandla.integrations.files import load_preset
from samhandla.integrations.models import Batch, Source
from samhandla.integrations.rules.freshness import is_overdue
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def steps(desk, source) -> dict[str, tuple[bool, str]]:
    """Check as the job does, and read what is stored, as the page does."""
    jobs.check_connection(authority_id=desk.authority_id, source_id=source.pk)
    with acting_as(desk.by):
        kept = Source.objects.get(pk=source.pk).capabilities
    return {one["name"]: (one["ok"], one["text"]) for one in kept["steps"]}


@pytest.fixture
def watched(desk) -> Source:
    return sources.save_source(
        by=desk.by, name="Inkorg", kind="file", preset_name="samhandla", settings={"inbox": True},
        schedule="hourly", register_source=desk.register,
    )  # fmt: skip


def test_a_source_that_has_all_it_needs_is_told_so(desk, watched):
    desk.take_in()
    batch = desk.start(watched, wants_commit=True)
    with acting_as(desk.by):
        Batch.objects.filter(pk=batch.pk).update(state="committed", committed_at=timezone.now(), stage="")
    (inbox.inbox_of(watched) / "ny.csv").write_text("x;y\n")
    os.utime(inbox.inbox_of(watched) / "ny.csv", (1, 1))
    found = steps(desk, watched)
    assert [name for name, (ok, _text) in found.items() if not ok] == []
    assert found["Mapp på servern"][1]["with"]["files"] == 1
    assert "elev, datum, undervisning, giltig, ogiltig" in str(found["Kolumnmall"][1])
    assert "Elevregistret" in str(found["Elevernas beteckningar"][1])


def test_a_folder_that_cannot_be_written_is_said(desk, watched, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(source_check.tempfile, "NamedTemporaryFile", refuse)
    ok, text = steps(desk, watched)["Mapp på servern"]
    assert not ok
    assert "rättighet" in str(text)


def test_a_folder_whose_place_is_taken_by_a_file_is_said(desk, watched, settings):
    (settings.VAR_DIR / "inkorg").mkdir()
    (settings.VAR_DIR / "inkorg" / str(watched.pk)).write_text("i vägen")
    assert not steps(desk, watched)["Mapp på servern"][0]


def test_a_full_disk_is_said(desk, watched, monkeypatch):
    usage = type("Usage", (), {"free": 5_000_000})
    monkeypatch.setattr(source_check.shutil, "disk_usage", lambda path: usage)
    ok, text = steps(desk, watched)["Mapp på servern"]
    assert (ok, "lediga på disken" in str(text)) == (False, True)


@pytest.mark.parametrize(
    ("preset", "words"),
    [("own:Borta", "finns inte längre"), ("hemlig", "finns inte"), ("", "Ingen kolumnmall är vald")],
)
def test_a_template_that_cannot_be_used_is_said(desk, watched, preset, words):
    sources.save_source(by=desk.by, source=watched, preset_name=preset)
    ok, text = steps(desk, watched)["Kolumnmall"]
    assert not ok
    assert words in str(text)


def test_ones_own_template_and_edlevo_are_known(desk, watched):
    sources.save_preset(by=desk.by, name="Vår", mapping=load_preset("vklass"))
    sources.save_source(by=desk.by, source=watched, preset_name="own:Vår")
    found = steps(desk, watched)
    assert found["Kolumnmall"][0]
    assert "pekas ut med personnummer" in str(found["Elevernas beteckningar"])
    sources.save_source(by=desk.by, source=watched, preset_name="edlevo")
    assert steps(desk, watched)["Kolumnmall"][0]


def test_pupils_that_nobody_knows_are_said_and_a_register_needs_none(desk, watched):
    ok, text = steps(desk, watched)["Elevernas beteckningar"]
    assert not ok
    assert "Elevregistret" in str(text)
    sources.save_source(by=desk.by, source=watched, preset_name="elever")
    assert "Elevernas beteckningar" not in steps(desk, watched)


@pytest.mark.parametrize(("days", "ok"), [(0, True), (9, False)])
def test_an_import_that_is_overdue_is_said(desk, watched, days, ok):
    batch = desk.start(watched)
    when = timezone.now() - timedelta(days=days)
    with acting_as(desk.by):
        Batch.objects.filter(pk=batch.pk).update(state="committed", committed_at=when, stage="")
    found, text = steps(desk, watched)["Senaste import"]
    assert found is ok
    assert ("bakgrundsjobben" in str(text)) is not ok
    sources.save_source(by=desk.by, source=watched, schedule="manual")
    assert steps(desk, watched)["Senaste import"][0]


def test_an_import_that_failed_is_said_and_none_is_no_fault_of_a_manual_source(desk, watched):
    assert not steps(desk, watched)["Senaste import"][0]
    batch = desk.start(watched)
    batches.fail_batch(by=desk.by, batch=batch, reason="x")
    ok, text = steps(desk, watched)["Senaste import"]
    assert (ok, "togs inte in" in str(text)) == (False, True)
    by_hand = sources.save_source(by=desk.by, name="För hand", kind="file")
    found = steps(desk, by_hand)
    assert found["Senaste import"][0]
    assert found["Mapp på servern"][0]
    assert "Källan har ingen mapp" in str(found["Mapp på servern"])


def test_the_page_shows_it_with_a_button_to_check(client, cast, lake):
    by = cast.service()
    source = sources.save_source(by=by, name="Filer", kind="file", preset_name="samhandla")
    admin = cast.login(client, "data_administrator")
    path = f"/import/kalla/{source.pk}/"
    assert "Källan har inte kontrollerats ännu." in admin.get(path).text
    assert admin.post(f"{path}kontrollera/").status_code == 303
    assert "Kontrollerar källan" in admin.get(path).text
    jobs.check_connection(authority_id=source.authority_id, source_id=source.pk)
    page = " ".join(admin.get(path).text.split())
    assert "Ingen elev är känd under beteckningar från Filer." in page
    assert "I filen måste finnas: elev, datum" in page
    assert "Samhandlas egen lektionsfil" in page
    english = admin.get(path, headers={"Accept-Language": "en"}).text
    assert english.count("fungerar inte") == 0


def test_a_check_takes_nothing_in_and_leaves_the_folder_as_it_was(desk, watched):
    path = inbox.inbox_of(watched) / "ny.csv"
    path.write_text("x;y\n")
    steps(desk, watched)
    assert [one.name for one in inbox.inbox_of(watched).iterdir()] == ["ny.csv"]
    with acting_as(desk.by):
        assert not Batch.objects.filter(source=watched).exists()


@pytest.mark.parametrize(
    ("schedule", "days", "late"),
    [("nightly", 2, False), ("nightly", 6, True), ("hourly", 6, True), ("manual", 400, False)],
)
def test_overdue_is_counted_in_working_days(schedule, days, late):
    assert is_overdue(schedule, today() - timedelta(days=days), today()) is late


def test_what_is_taken_in_is_then_told(desk, watched):
    desk.take_in()
    batch = desk.upload(desk.lesson_file(), wants_commit=True)
    run_batch(desk.by, batch.pk)
    assert steps(desk, desk.file)["Senaste import"][0]
