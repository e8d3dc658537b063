"""Files from the page to the register; watched folders; what nobody finished."""

from __future__ import annotations

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from samhandla.analytics.models import AttendanceDay
from samhandla.integrations import inbox, jobs
from samhandla.integrations.actions import sources
from samhandla.integrations.actions.abandoned import clear_abandoned
from samhandla.integrations.actions.staging import kept_file
from samhandla.integrations.actions.undo import undo_batch
from samhandla.integrations.models import Batch, Source
from samhandla.integrations.queries import in_words
from samhandla.people.models import (
    Assignment,
    Child,
    Duty,
    Enrolment,
    Guardianship,
    Membership,
    Organisation,
    Staff,
)
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db

PUPILS = "id;förnamn;efternamn;kön;födelsedatum;skolenhet;klass;skolform;årskurs;från;skyddad"
STAFF = "id;förnamn;efternamn;roll;skolenhet;mentor för;från;e-post;eppn;skyddad"
GUARDIANS = "elev;id;förnamn;efternamn;relation;e-post;skyddad"
HEAD = '<?xml version="1.0" encoding="utf-8"?><persons xmlns="http://open.tieto.com/edu/absence/v2">'


@pytest.fixture
def admin(client, cast, lake):
    return cast.login(client, "data_administrator")


@pytest.fixture
def by(cast):
    return cast.service()


@pytest.fixture
def source(by) -> Source:
    return sources.save_source(by=by, name="Filer", kind="file", roles={"Rektor": "principal"})


@pytest.fixture
def unit(by) -> str:
    with acting_as(by):
        return Organisation.objects.filter(kind="school_unit", school_forms__contains=["GR"]).first().name


def table(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def upload(admin, by, source, content: bytes, preset: str, name="fil.csv") -> Batch:
    """Send a file and rehearse it as the pages do."""
    file = SimpleUploadedFile(name, content)
    answer = admin.post(f"/import/kalla/{source.pk}/fil/", {"file": file, "preset": preset, "unit": ""})
    assert answer.status_code in (302, 303)
    with acting_as(by):
        batch = Batch.objects.latest("pk")
    if answer["Location"].endswith("/kolumner/"):
        form = admin.get(answer["Location"]).context["form"]
        data = {key: form.get_initial_for_field(field, key) or "" for key, field in form.fields.items()}
        answer = admin.post(f"/import/{batch.pk}/kolumner/", {**data, "next": "rehearse"})
        assert answer.status_code in (302, 303), answer.content.decode()
    jobs.run_import(authority_id=batch.authority_id, batch_id=batch.pk)
    return fresh(by, batch)


def fresh(by, batch) -> Batch:
    with acting_as(by):
        return Batch.objects.get(pk=batch.pk)


def take_in(admin, by, *args, **options) -> Batch:
    batch = upload(admin, by, *args, **options)
    assert batch.state == "rehearsed", batch.reason
    admin.post(f"/import/{batch.pk}/ta-in/")
    jobs.run_import(authority_id=batch.authority_id, batch_id=batch.pk, take_in=True)
    batch = fresh(by, batch)
    assert batch.state == "committed", batch.reason
    return batch


def pupils(unit: str) -> bytes:
    return table(
        PUPILS,
        f"e1;Ada;Filberg;K;2013-05-01;{unit};7F;GR;7;2026-08-18;0",
        f"e2;Bo;Filberg;M;2013-06-01;{unit};7F;GR;7;2026-08-18;0",
        f"e3;Cim;Gömd;K;2013-07-01;{unit};7F;GR;7;2026-08-18;1",
        f"e4;;;K;2013-08-01;{unit};7F;GR;7;2026-08-18;0",
    )


def as_excel(content: bytes) -> bytes:
    book = openpyxl.Workbook()
    for line in content.decode().splitlines():
        book.active.append(line.split(";"))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("excel", [False, True])
def test_pupils_staff_and_guardians_of_files_reach_the_register(admin, by, source, unit, excel):
    def send(content, preset):
        shape = (as_excel(content), "fil.xlsx") if excel else (content, "fil.csv")
        return take_in(admin, by, source, shape[0], preset, name=shape[1])

    batch = send(pupils(unit), "elever")
    assert (
        batch.counts["persons"] | {"read": 4, "new": 2, "refused": 1, "protected": 1}
        == batch.counts["persons"]
    )
    refused = admin.get(f"/import/{batch.pk}/").content.decode()
    assert "Namnet saknas" in refused
    assert "Gömd" not in refused
    send(table(STAFF, f"p1;Eva;Filén;Lärare;{unit};7F;2026-08-01;eva@exempel.se;p1@exempel.se;0"), "personal")
    send(
        table(GUARDIANS, "e1;v1;Dag;Filberg;Vårdnadshavare;dag@exempel.se;0", "e9;v2;X;Y;Vårdnadshavare;;0"),
        "vardnadshavare",
    )
    with acting_as(by):
        child = Child.objects.get(given_name="Ada")
        assert Enrolment.objects.get(child=child).school_year == 7
        assert Membership.objects.get(child=child).group.name == "7F"
        eva = Staff.objects.get(family_name="Filén")
        assert (eva.email, eva.eppn) == ("eva@exempel.se", "p1@exempel.se")
        assert Duty.objects.get(staff=eva).role == "teacher"
        assert Assignment.objects.get(staff=eva).role == "mentor"
        tie = Guardianship.objects.get(child=child)
        assert (tie.kind, tie.guardian.email) == ("vardnadshavare", "dag@exempel.se")
        assert not Child.objects.filter(family_name="Gömd").exists()
        assert Child.objects.filter(family_name="Filberg").count() == 2


def test_a_pupil_file_is_undone_and_comes_back(admin, by, source, unit):
    first = take_in(admin, by, source, pupils(unit), "elever")
    undo_batch(by=by, batch=first)
    with acting_as(by):
        assert not Child.objects.filter(family_name="Filberg").exists()
    take_in(admin, by, source, pupils(unit), "elever")
    with acting_as(by):
        assert Child.objects.filter(family_name="Filberg").count() == 2


def test_a_pupil_missing_from_the_next_file_is_marked_and_a_staff_file_says_nothing_about_pupils(
    admin, by, source, unit
):
    take_in(admin, by, source, pupils(unit), "elever")
    take_in(admin, by, source, table(STAFF, f"p1;Eva;Filén;Lärare;{unit};;;;;0"), "personal")
    with acting_as(by):
        assert not Child.objects.filter(family_name="Filberg", missing_since__isnull=False).exists()
    shorter = table(*pupils(unit).decode().splitlines()[:2])
    take_in(admin, by, source, shorter, "elever")
    with acting_as(by):
        assert Child.objects.get(given_name="Bo").missing_since is not None
        assert Child.objects.get(given_name="Ada").missing_since is None


def test_a_pupil_file_without_the_column_of_protection_is_sent_back(admin, by, source, unit):
    text = pupils(unit).decode().replace(";skyddad", ";annat")
    file = SimpleUploadedFile("fil.csv", text.encode())
    answer = admin.post(f"/import/kalla/{source.pk}/fil/", {"file": file, "preset": "elever", "unit": ""})
    page = admin.get(answer["Location"])
    assert "Ingen kolumn är vald för skyddade personuppgifter (”skyddad”" in page.content.decode()
    assert "Det här behöver rättas" not in page.content.decode()
    form = page.context["form"]
    data = {key: form.get_initial_for_field(field, key) or "" for key, field in form.fields.items()}
    page = admin.post(answer["Location"], {**data, "next": "rehearse"})
    assert page.status_code == 422
    assert "Det här behöver rättas" in page.content.decode()


def edlevo(person: str, minutes: int = 20) -> bytes:
    day = timezone.localdate() - timedelta(days=timezone.localdate().weekday() + 7)
    event = (
        f"<event><start>{day}T08:15:00</start><schoolevent><lessonid>L1</lessonid><reason>Invalid</reason>"
        f"<minutes>{minutes}</minutes><lessonminutes>60</lessonminutes><comment>magont</comment>"
        "<courseorsubjectcode>MA</courseorsubjectcode></schoolevent></event>"
    )
    about = "<properties><datetime>2026-03-10T02:00:00</datetime><datasource>Edlevo</datasource></properties>"
    return f"{HEAD}{about}<person><personid>{person}</personid>{event}</person></persons>".encode()


@pytest.fixture
def absence(admin, by, source, unit) -> Source:
    """A source of Edlevo's absence whose pupils came from the pupil file."""
    take_in(admin, by, source, pupils(unit), "elever")
    return sources.save_source(by=by, name="Edlevo", kind="file", register_source=source)


def test_edlevo_reaches_the_day_rows_and_is_undone(admin, by, absence):
    batch = take_in(admin, by, absence, edlevo("e1"), "edlevo", name="franvaro.xml")
    assert batch.counts["attendances"]["new"] == 1
    with acting_as(by):
        row = AttendanceDay.objects.get(child__given_name="Ada")
        assert (row.invalid, row.offered) == (20, 60)
        assert row.absence_only, "no share may be made of it"
    page = admin.get(f"/import/{batch.pk}/").content.decode()
    assert "magont" not in page
    undo_batch(by=by, batch=batch)
    with acting_as(by):
        assert not AttendanceDay.objects.filter(child__given_name="Ada").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (edlevo("okänd"), "Eleven finns inte i registret"),
        (edlevo("e1", -5), "negativt"),
        (edlevo("e1", 300), "300"),
    ],
)
def test_edlevo_rows_that_cannot_be_taken_say_why(admin, by, absence, content, words):
    batch = upload(admin, by, absence, content, "edlevo", name="franvaro.xml")
    page = admin.get(f"/import/{batch.pk}/").content.decode()
    assert batch.counts["attendances"]["refused"] == 1
    assert words in page
    with acting_as(by):
        assert not AttendanceDay.objects.filter(child__given_name="Ada").exists()


def test_a_cut_edlevo_file_fails_with_words(admin, by, absence):
    batch = upload(admin, by, absence, edlevo("e1")[:-60], "edlevo", name="franvaro.xml")
    assert batch.state == "failed"
    assert "avklippt" in admin.get(f"/import/{batch.pk}/").content.decode()


def test_reasons_are_read_in_the_readers_language(admin, by, absence):
    batch = upload(admin, by, absence, edlevo("e1", 300), "edlevo", name="franvaro.xml")
    with acting_as(by):
        stored = batch.refusals.get()
    assert stored.said["with"]
    assert stored.reason == stored.said["text"].format(**stored.said["with"])
    admin.cookies["django_language"] = "en"
    with translation.override("en"):
        page = admin.get(f"/import/{batch.pk}/").content.decode()
    assert stored.reason not in page


# watched folders


@pytest.fixture
def watched(by) -> Source:
    kept = {"inbox": True}
    return sources.save_source(
        by=by, name="Inkorg", kind="file", preset_name="elever", settings=kept, schedule="hourly"
    )


def put(source: Source, content: bytes, name="elever.csv", age=600) -> Path:
    path = inbox.inbox_of(source) / name
    path.write_bytes(content)
    when = timezone.now().timestamp() - age
    os.utime(path, (when, when))
    return path


def left_on_disk(lake: Path) -> list[str]:
    return [
        str(one.relative_to(lake))
        for one in lake.rglob("*")
        if one.is_file() and b"Filberg" in one.read_bytes()
    ]


def test_a_file_in_the_folder_is_taken_in_and_removed(by, watched, unit, lake):
    path = put(watched, pupils(unit))
    (batch_id,) = jobs.take_in_waiting(by, watched)
    with acting_as(by):
        assert Batch.objects.get(pk=batch_id).state == "committed"
        assert Child.objects.filter(family_name="Filberg").count() == 2
        assert len(Batch.objects.get(pk=batch_id).file_sha256) == 64
    assert not path.exists()
    assert left_on_disk(lake) == []
    assert jobs.take_in_waiting(by, watched) == []


def test_a_file_that_was_not_taken_in_is_kept_with_its_batch_for_a_week(by, watched, lake):
    path = put(watched, table("id;förnamn;efternamn;skolform", "e1;Ada;Filberg;GR"))
    (batch_id,) = jobs.take_in_waiting(by, watched)
    with acting_as(by):
        batch = Batch.objects.get(pk=batch_id)
    assert batch.state == "failed"
    assert not path.exists()
    assert kept_file(batch_id) is not None
    assert left_on_disk(lake) == []  # it lies sealed
    age(by, batch, 8)
    assert clear_abandoned(by=by) == [batch_id]
    assert kept_file(batch_id) is None


def test_a_file_that_cannot_be_read_is_kept_with_its_batch_and_says_why(by, watched, lake):
    path = put(watched, b"%PDF-1.4 x")
    (batch_id,) = jobs.take_in_waiting(by, watched)
    with acting_as(by):
        batch = Batch.objects.get(pk=batch_id)
    assert batch.state == "failed"
    assert "PDF" in batch.reason
    assert not path.exists()
    assert kept_file(batch_id).opened().read() == b"%PDF-1.4 x"


def test_a_file_on_its_way_in_hidden_or_linked_is_left_alone(by, watched, unit, lake, tmp_path):
    put(watched, pupils(unit), age=5)
    put(watched, pupils(unit), name=".dold.csv")
    put(watched, pupils(unit), name="halv.part")
    (inbox.inbox_of(watched) / "lank.csv").symlink_to(tmp_path / "hemligt")
    assert jobs.take_in_waiting(by, watched) == []


def test_a_source_without_a_folder_takes_nothing(by, source, unit, lake):
    put(source, pupils(unit))
    assert jobs.take_in_waiting(by, source) == []


# what nobody finished


def age(by, batch, days: int) -> None:
    with acting_as(by):
        Batch.objects.filter(pk=batch.pk).update(started_at=timezone.now() - timedelta(days=days))


def test_an_upload_that_nobody_mapped_is_removed_with_a_note(admin, by, source, unit, lake):
    file = SimpleUploadedFile("fil.csv", pupils(unit))
    admin.post(f"/import/kalla/{source.pk}/fil/", {"file": file, "preset": "elever", "unit": ""})
    with acting_as(by):
        batch = Batch.objects.latest("pk")
    page = admin.get(f"/import/{batch.pk}/").content.decode()
    assert "Gå vidare till kolumnerna" in page
    assert "framsteg" not in page
    age(by, batch, 6)
    assert clear_abandoned(by=by) == []
    age(by, batch, 8)
    assert clear_abandoned(by=by) == [batch.pk]
    assert not (lake / "uploads" / str(batch.pk)).exists()
    assert "provkördes aldrig" in admin.get(f"/import/{batch.pk}/").content.decode()
    assert clear_abandoned(by=by) == []


def test_a_rehearsal_that_nobody_took_in_is_removed_with_a_note(admin, by, source, unit):
    batch = upload(admin, by, source, pupils(unit), "elever")
    age(by, batch, 8)
    assert clear_abandoned(by=by) == [batch.pk]
    after = fresh(by, batch)
    assert after.state == "failed"
    assert "togs aldrig in" in after.reason
    admin.post(f"/import/{batch.pk}/fortsatt/")
    jobs.run_import(authority_id=batch.authority_id, batch_id=batch.pk)
    assert "inte kvar" in fresh(by, batch).reason


# the form


def reading(source: Source, **changes) -> dict:
    data = {"schedule": "manual", "window_days": "14", "preset_name": "", "units": "", "areas": ""}
    return data | changes


def test_settings_of_a_fetched_source_are_kept(admin, by):
    source = sources.save_source(
        by=by, name="S", kind="ss12000", settings={"base_url": "https://exempel.se/v2"}
    )
    path = f"/import/kalla/{source.pk}/tolkning/"
    change = {"schedule": "nightly", "window_days": "21", "only_changes": "on", "first_day": "2026-08-18"}
    answer = admin.post(
        path, reading(source, **change, areas="999 01 = Norr\n99902 = Söder", units="B-skolan = 99100001")
    )
    assert answer.status_code in (302, 303)
    with acting_as(by):
        source.refresh_from_db()
    assert source.schedule == "nightly"
    assert source.settings == {
        "base_url": "https://exempel.se/v2",
        "window_days": 21,
        "only_changes": True,
        "first_day": "2026-08-18",
        "areas": {"99901": "Norr", "99902": "Söder"},
        "units": {"B-skolan": "99100001"},
    }
    assert "2026-08-18" in admin.get(path).content.decode()


def test_settings_that_cannot_be_used_are_sent_back(admin, by, source):
    path = f"/import/kalla/{source.pk}/tolkning/"
    for change, words in (
        ({"areas": "99901"}, "Rad 1"),
        ({"inbox": "on"}, "Välj den kolumnmall"),
        ({"schedule": "nightly"}, "när källan har en mapp"),
    ):
        answer = admin.post(path, reading(source, **change))
        assert answer.status_code == 422
        assert words in answer.content.decode()


def test_a_row_of_another_school_brings_no_class_and_nothing_can_be_taken_in(admin, by, source, unit):
    """Neither where the file names an unknown unit nor where it names none."""
    for other in ("Skolan i en annan kommun", ""):
        content = pupils(unit).decode().replace(unit, other).encode()
        batch = upload(admin, by, source, content, "elever")
        assert (batch.counts["persons"]["outside"], batch.counts["persons"]["new"]) == (2, 0)
        assert batch.counts.get("groups", {}).get("new", 0) == 0
        page = admin.get(f"/import/{batch.pk}/").content.decode()
        assert "Inget gick att ta emot" in page
        assert "Klart" not in page
        assert ">Ta in<" not in page
        assert "Ladda upp en annan fil" in page
        admin.post(f"/import/{batch.pk}/ta-in/")
        assert fresh(by, batch).state == "rehearsed"


def test_a_class_comes_with_the_pupils_of_our_unit_alone(admin, by, source, unit):
    ours, theirs = pupils(unit).decode().splitlines()[1:3]
    content = table(PUPILS, ours, theirs.replace(unit, "En annan skola"))
    batch = upload(admin, by, source, content, "elever")
    assert (batch.counts["persons"]["new"], batch.counts["persons"]["outside"]) == (1, 1)
    assert batch.counts["groups"]["new"] == 1
    assert ">Ta in<" in admin.get(f"/import/{batch.pk}/").content.decode()


def test_a_file_in_the_folder_of_which_nothing_could_be_received_is_a_warning(admin, by, watched, unit, lake):
    put(watched, pupils(unit))
    jobs.take_in_waiting(by, watched)
    put(watched, pupils(unit).replace(unit.encode(), b"En annan skola"), name="fel.csv")
    (batch_id,) = jobs.take_in_waiting(by, watched)
    with acting_as(by):
        batch = Batch.objects.get(pk=batch_id)
        assert Child.objects.filter(family_name="Filberg", missing_since=None).count() == 2
    assert (batch.state, batch.committed_at) == ("stopped", None)
    assert "Ingen av 5 lästa rader gick att ta emot" in batch.reason
    assert "3 hör till en annan huvudman" in batch.reason
    assert "Ingen av 5 lästa rader" in admin.get("/import/").content.decode()
    assert "Importen stoppades" in admin.get(f"/import/{batch_id}/").content.decode()


def test_each_row_that_could_not_be_received_is_told_with_its_reason(admin, by, watched, unit, lake):
    lines = pupils(unit).decode().splitlines()
    put(watched, table(PUPILS, lines[1].replace(";GR;", ";XX;").replace("e1;", ";", 1)))
    (batch_id,) = jobs.take_in_waiting(by, watched)
    with acting_as(by):
        batch = Batch.objects.get(pk=batch_id)
    assert batch.state == "stopped", batch.counts
    assert "1 har fel" in batch.reason
    page = admin.get(f"/import/{batch_id}/").content.decode()
    assert "Rader som inte togs emot" in page
    with translation.override("en"):
        assert in_words(batch.said) != batch.reason


def test_the_same_file_again_is_no_warning_though_nothing_is_new(admin, by, watched, unit, lake):
    for name in ("en.csv", "två.csv"):
        put(watched, pupils(unit), name=name)
    states = set()
    for batch_id in jobs.take_in_waiting(by, watched):
        with acting_as(by):
            states.add(Batch.objects.get(pk=batch_id).state)
    assert states == {"committed"}
    assert "Ingen av" not in admin.get("/import/").content.decode()
