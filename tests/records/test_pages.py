"""The pages of the registrar, the archivist and whoever may refuse."""

from __future__ import annotations

import io
import json
import zipfile
from xml.etree.ElementTree import fromstring

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.records.conftest import Office, finished_letter
from tests.records.test_requests import ask, collected, delegate, guardian, refused_request, with_number
from tests.records.test_retention import decide

from samhandla.people.queries import today
from samhandla.records.models import Document, ReleaseItem, ReleaseRequest
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def go(client, office: Office, who: str):
    office.cast.login(client, who)
    return client


def test_the_registrar_searches_and_reads_no_secret_in_the_list(client, office):
    notice = office.notice()
    go(client, office, "registrar")
    page = client.get(reverse("diary"))
    assert notice.written in page.content.decode()
    assert "Alma" not in page.content.decode()
    found = client.get(reverse("diary"), {"nummer": notice.written}).content.decode()
    assert reverse("document", args=[notice.pk]) in found
    assert client.get(reverse("diary"), {"nummer": "en elev", "fran": "i fjol"}).status_code == 200
    one = client.get(reverse("document", args=[notice.pk])).content.decode()
    assert "samla den till en begäran" in one
    assert "Alma" not in one


def test_a_request_from_beginning_to_file(client, office):
    notice = office.notice()
    go(client, office, "registrar")
    answer = client.post(
        reverse("release-new"),
        {"kind": "public", "how": "mail", "asked_on": today().isoformat(), "what": "Anmälan"},
    )
    assert answer.status_code == 303
    with acting_as(office.registrar):
        row = ReleaseRequest.objects.get()
    client.post(reverse("release-collect", args=[row.pk]), {"nummer": notice.written})
    with acting_as(office.registrar):
        item = ReleaseItem.objects.get()
    here = [row.pk, item.pk]
    assert "Alma Prov" in client.get(reverse("release-item", args=here)).content.decode()
    bad = client.post(reverse("release-mask", args=here), {"paragraph": "osl_23_2_2"})
    assert bad.status_code == 422
    client.post(reverse("release-mask", args=here), {"paragraph": "osl_23_2_2", "words": "Alma Prov"})
    shown = client.get(reverse("release-item", args=here)).content.decode()
    assert "[maskat: 23 kap. 2 § andra stycket OSL]" in shown
    assert client.post(reverse("release-judge", args=here), {"verdict": "whole"}).status_code == 422
    assert client.post(reverse("release-judge", args=here), {"verdict": "masked"}).status_code == 303
    assert client.get(reverse("release-copy", args=here)).status_code == 404
    client.post(reverse("release-answer", args=[row.pk]))
    copy = client.get(reverse("release-copy", args=here))
    assert copy["Content-Type"] == "application/pdf"
    assert copy.content.startswith(b"%PDF")
    assert "besvarad" in client.get(reverse("release", args=[row.pk])).content.decode()


def test_a_sensitive_act_is_confirmed_first(client, office, settings):
    settings.SAMHANDLA_CONFIRM_MINUTES = -1
    go(client, office, "archivist")
    for name in ("dispose", "archive-fetch", "retention-decide"):
        answer = client.post(reverse(name))
        assert answer.status_code == 303
        assert answer["Location"].startswith(reverse("confirm"))


def test_a_guardians_request_asks_which_guardian(client, office):
    number = with_number(office)
    guardian(office, "Eva")
    go(client, office, "registrar")
    said = {
        "kind": "guardian", "how": "visit", "asked_on": today().isoformat(), "what": "allt",
        "personnummer": number, "identity": "legitimation",
    }  # fmt: skip
    page = client.post(reverse("release-new"), said)
    assert page.status_code == 422
    assert "Eva Prov" in page.content.decode()


def test_a_letter_is_a_draft_until_it_is_finalised(client, office):
    go(client, office, "registrar")
    said = {"kind": "letter_in", "title": "Brev", "text": "Hej", "dated": today().isoformat()}
    client.post(reverse("document-new"), said)
    with acting_as(office.registrar):
        row = Document.objects.get()
    assert "utkast" in client.get(reverse("document-write", args=[row.pk])).content.decode()
    assert client.get(reverse("document", args=[row.pk])).status_code == 303
    client.post(reverse("document-write", args=[row.pk]), {**said, "fardigstall": "ja"})
    page = client.get(reverse("document", args=[row.pk])).content.decode()
    assert f"{today().year}/1" in page
    assert client.post(reverse("document-new"), {**said, "title": ""}).status_code == 422


def test_the_decision_is_made_on_its_page(client, office):
    row = refused_request(office)
    go(client, office, "lawyer")
    assert client.get(reverse("release-decide", args=[row.pk])).status_code in (303, 404)
    delegate(office)
    assert reverse("release-decide", args=[row.pk]) in client.get(reverse("decisions")).content.decode()
    page = reverse("release-decide", args=[row.pk])
    assert "Anmälan om Alma Prov" in client.get(page).content.decode()
    client.post(page, {"reasons": "Det står inte klart."})
    assert "Alma" not in client.get(page).content.decode()
    with acting_as(office.registrar):
        assert ReleaseRequest.objects.get().state == "refused"


def test_the_archivist_lists_confirms_and_gets_a_proof(client, office):
    letter = finished_letter(office)
    decide(office, "letter_in")
    go(client, office, "archivist")
    page = client.get(reverse("disposal-list"))
    assert letter.written in page.content.decode()
    client.post(reverse("dispose"), {"seen": "gammal"})
    assert "Listan har ändrats" in client.get(reverse("disposal-list")).content.decode()
    client.post(reverse("dispose"), {"seen": page.context["seen"]})
    assert "Gallringsprotokoll" in client.get(reverse("diary")).content.decode()
    assert "gallrad" in client.get(reverse("document", args=[letter.pk])).content.decode()


def test_the_archive_file_holds_index_documents_and_sums(client, office):
    notice = office.notice()
    go(client, office, "archivist")
    answer = client.post(reverse("archive-fetch"), {"year": today().year, "first": 1})
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    index = json.loads(packed.read("index.json"))
    assert [d["number"] for d in index["documents"]] == [f"{today().year}/{n}" for n in (1, 2)]
    assert notice.written in [d["number"] for d in index["documents"]]
    assert len(fromstring(packed.read("index.xml")).findall("Handling")) == 2
    sums = dict(reversed(line.split("  ", 1)) for line in packed.read("sha256.txt").decode().splitlines())
    for document in index["documents"]:
        for file in document["files"]:
            assert sums[file["name"]] == file["sha256"]
    assert client.post(reverse("archive-fetch"), {"year": 2001, "first": 1}).status_code == 422


def test_the_principal_sees_the_pupils_documents_and_not_the_register(client, office):
    notice = office.notice()
    go(client, office, "principal")
    page = client.get(reverse("child-documents", args=[office.cast.child["alma"].ref])).content.decode()
    assert notice.written in page
    assert client.get(reverse("diary")).status_code == 404
    assert client.get(reverse("document", args=[notice.pk])).status_code == 404


def test_the_pages_where_it_is_written_say_draft_and_number(client, office):
    notice = office.notice()
    go(client, office, "principal")
    page = client.get(reverse("notice", args=[notice.source_key])).content.decode()
    assert f"nummer {notice.written}" in page


LISTS = (
    ("diary", "registrar"), ("releases", "registrar"), ("retention", "archivist"),
    ("disposal-list", "archivist"), ("holds", "archivist"), ("delegations", "registrar"),
    ("decisions", "lawyer"),
)  # fmt: skip


def _more(office: Office, count: int) -> None:
    for number in range(count):
        letter = finished_letter(office, title=f"Brev {number}")
        row = ask(office)
        collected(office, row, letter)


@pytest.mark.parametrize(("name", "who"), LISTS)
def test_the_lists_stay_flat(client, office, name, who):
    decide(office, "letter_in")
    _more(office, 1)
    go(client, office, who)
    client.get(reverse(name))
    costs = []
    for _round in (1, 2):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(name)).status_code == 200
        costs.append(len([q for q in captured if "SAVEPOINT" not in q["sql"]]))
        _more(office, 6)
    assert costs[1] <= costs[0]


@pytest.mark.parametrize(("name", "who"), LISTS)
def test_the_pages_are_not_there_for_others(client, office, name, who):
    go(client, office, "mentor_7b")
    assert client.get(reverse(name)).status_code == 404
