"""Sums whose file does not say their days: the columns page asks, and refuses what cannot be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.integrations.pipeline.test_files_whole import pupils, table, take_in

from samhandla.analytics.models import AttendanceWindow
from samhandla.integrations import jobs
from samhandla.integrations.actions import sources
from samhandla.integrations.models import Batch
from samhandla.lib.schoolcalendar import school_year_start
from samhandla.people.models import Organisation
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
FIRST = school_year_start(today())
LAST = FIRST + timedelta(days=60)
SUMS = ("Elev;Undervisningstid;Giltig frånvaro;Ogiltig frånvaro;Skyddad", "e1;6000;600;0;0", "e2;6000;0;0;0")


@pytest.fixture
def admin(client, cast, lake):
    return cast.login(client, "data_administrator")


@pytest.fixture
def by(cast):
    return cast.service()


@pytest.fixture
def columns(admin, by):
    """Send a file of sums for pupils in the register; return the path of its columns page."""
    source = sources.save_source(by=by, name="Filer", kind="file")
    with acting_as(by):
        unit = Organisation.objects.filter(kind="school_unit", school_forms__contains=["GR"]).first().name
    take_in(admin, by, source, pupils(unit), "elever")

    def send(*lines: str) -> str:
        file = SimpleUploadedFile("summor.csv", table(*(lines or SUMS)))
        answer = admin.post(f"/import/kalla/{source.pk}/fil/", {"file": file, "preset": "guess", "unit": ""})
        return answer["Location"]

    return send


def filled(admin, path: str, first: date | str = "", last: date | str = "") -> dict[str, object]:
    form = admin.get(path).context["form"]
    data = {key: form.get_initial_for_field(field, key) or "" for key, field in form.fields.items()}
    return {**data, "kind": "totals", "first_day": str(first), "last_day": str(last)}


def stored(by) -> list[tuple[date, date, int]]:
    with acting_as(by):
        rows = AttendanceWindow.objects.order_by("child_id")
        return list(rows.values_list("first_date", "last_date", "valid"))


def test_the_period_that_was_given_is_the_sums_period(admin, by, columns):
    path = columns()
    assert "Summorna gäller från och med" in admin.get(path).content.decode()
    answer = admin.post(path, {**filled(admin, path, FIRST, LAST), "next": "rehearse"})
    assert answer.status_code in (302, 303), answer.content.decode()
    with acting_as(by):
        batch = Batch.objects.latest("pk")
    jobs.run_import(authority_id=batch.authority_id, batch_id=batch.pk)
    admin.post(f"/import/{batch.pk}/ta-in/")
    jobs.run_import(authority_id=batch.authority_id, batch_id=batch.pk, take_in=True)
    assert stored(by) == [(FIRST, LAST, 600), (FIRST, LAST, 0)]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("", "", "Ange första och sista dag"),
        (FIRST, "", "Ange båda dagarna"),
        (LAST, FIRST, "Sista dagen ligger före den första"),
        (FIRST - timedelta(days=30), LAST, "inom ett läsår"),
        ("igår", LAST, "datum"),
        (today() + timedelta(days=1), today() + timedelta(days=2), "har inte börjat än"),
    ],
)
def test_what_cannot_be_a_period_is_sent_back_with_words(admin, by, columns, first, last, words):
    path = columns()
    page = admin.post(path, {**filled(admin, path, first, last), "next": "rehearse"})
    assert page.status_code == 422
    assert words in page.content.decode()
    assert stored(by) == []


def test_a_file_that_says_its_own_days_is_believed_before_the_form(admin, by, columns):
    own = FIRST + timedelta(days=10)
    path = columns(f"{SUMS[0]};Från;Till", f"e1;6000;600;0;0;{own};{LAST}")
    answer = admin.post(path, {**filled(admin, path, FIRST, LAST), "next": "rehearse"})
    assert answer.status_code in (302, 303), answer.content.decode()
    with acting_as(by):
        batch = Batch.objects.latest("pk")
    jobs.run_import(authority_id=batch.authority_id, batch_id=batch.pk, take_in=True)
    assert stored(by) == [(own, LAST, 600)]
