"""The check page."""

from __future__ import annotations

from datetime import date

import orjson
import pytest

from samhandla.integrations.ss12000.check import check
from samhandla.integrations.ss12000.resources import NEEDED
from samhandla.integrations.ss12000.settings import BearerToken, Settings

TODAY = date(2025, 9, 5)


def test_check_of_a_good_source(fake):
    report = check(Settings(fake.base_url, BearerToken("prov")), today=TODAY, sleep=lambda _: None)
    assert report.ok
    assert [step.name for step in report.steps] == ["Inställningar", "Anslutning", "Inloggning"]
    assert {sample.resource for sample in report.samples} == set(NEEDED)
    assert all(sample.ok for sample in report.samples)
    assert (
        report.deviations
        == ("Uppgift om skyddade personuppgifter skickas inte; sådana personer räknas som okända.",)
        or report.deviations == ()
    )
    assert orjson.loads(orjson.dumps(report.as_json()))["ok"] is True


def test_check_tells_of_times_and_resources_that_deviate(fake):
    fake.faults.times = "naive"
    fake.faults.status = {"syllabuses": 404}
    fake.source.resources["attendances"][0]["attendanceMinutes"] = -1
    report = check(Settings(fake.base_url, BearerToken("prov")), today=TODAY, sleep=lambda _: None)
    samples = {sample.resource: sample for sample in report.samples}
    assert report.ok
    assert any("tidszon" in text for text in report.deviations)
    assert not samples["syllabuses"].ok
    assert "Vanligast (1): attendanceMinutes" in samples["attendances"].text


@pytest.mark.parametrize(
    ("settings", "failed"),
    [
        (Settings("skola.example"), "Inställningar"),
        (Settings("http://127.0.0.1:9", BearerToken("prov")), "Anslutning"),
    ],
)
def test_check_stops_where_the_rest_is_useless(settings, failed):
    report = check(settings, today=TODAY, sleep=lambda _: None)
    assert not report.ok
    assert [step.name for step in report.steps if not step.ok] == [failed]
    assert report.samples == ()


def test_check_tells_refused_credentials_from_no_connection(fake):
    report = check(Settings(fake.base_url, BearerToken("fel")), today=TODAY, sleep=lambda _: None)
    assert [(step.name, step.ok) for step in report.steps][1:] == [
        ("Anslutning", True),
        ("Inloggning", False),
    ]
    assert "fel" not in report.steps[2].text.replace("felet", "")


def test_check_of_a_source_whose_first_resource_fails(fake):
    fake.faults.status = {"organisations": 500}
    report = check(Settings(fake.base_url, BearerToken("prov")), today=TODAY, sleep=lambda _: None)
    assert report.ok
    assert not report.samples[0].ok
    assert "eget fel" in report.samples[0].text
