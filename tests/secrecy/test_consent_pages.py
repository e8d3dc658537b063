"""The pages of consents: one child's, the family's switch, papers, what ends soon; the register of bases."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from samhandla.people.queries import today
from samhandla.secrecy.actions.processings import approve_processing, save_processing
from samhandla.secrecy.actions.switch import switch_off, switch_on
from samhandla.secrecy.actions.transfers import receive
from samhandla.secrecy.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.secrecy.models import Consent, Paper, Processing, Waiver
from samhandla.secrecy.rules.processings import delivered
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
OPEN = {"kind": "open", "what": "föräldragrupp", "suitable": ""}


@pytest.fixture
def alma(cast):
    return cast.child["alma"]


def asked(town, client, alma):
    """Ask about an open effort as the counsellor, and return the row."""
    town.cast.login(client, "counsellor")
    said = {**OPEN, "valid_to": (today() + timedelta(days=5)).isoformat()}
    assert client.post(reverse("consent-ask", args=[alma.ref]), said).status_code == 303
    with acting_as(town.counsellor):
        return Consent.objects.get()


def test_from_the_question_over_a_scanned_paper_to_withdrawal(town, client, alma):
    vera, page = town.guardian(), reverse("consents", args=[alma.ref])
    row = asked(town, client, alma)
    text = client.get(page).text
    assert "ja från alla vårdnadshavare" in text
    assert "saknas" in text
    answers = reverse("consent-answer", args=[alma.ref, row.pk])
    scan = SimpleUploadedFile("../../x.html", b"%PDF-1.4 skannat", content_type="text/html")
    client.post(answers, {"who": str(vera.pk), "yes": "ja", "how": "paper", "paper": scan})
    text = client.get(page).text
    assert "gäller" in text
    assert "Går snart ut" in text
    with acting_as(town.counsellor):
        paper = reverse("consent-paper", args=[alma.ref, Paper.objects.get().key])
    got = client.get(paper)
    assert got.content == b"%PDF-1.4 skannat"
    assert got["Content-Type"] == "application/pdf"
    assert got["Content-Disposition"] == 'attachment; filename="samtycke.pdf"'
    assert "no-store" in got["Cache-Control"]
    assert "Alma Prov" in client.get(reverse("consents-ending")).text
    assert "1 samtycke går snart ut" in client.get(reverse("start")).text
    answer = client.post(answers, {"aterkalla": "1"}, follow=True)
    assert "Det som redan är gjort finns kvar där" in answer.text
    assert "återkallat" in answer.text
    assert "redan antecknat" in client.post(answers, {"aterkalla": "1"}, follow=True).text
    town.cast.login(client, "principal_lunda")
    assert client.get(paper).status_code == 404


def test_bad_input_is_told_and_loses_nothing(town, client, alma):
    row = asked(town, client, alma)
    said = {**OPEN, "what": "  ", "valid_to": "2020-01-01"}
    answer = client.post(reverse("consent-ask", args=[alma.ref]), said)
    assert answer.status_code == 422
    answers = reverse("consent-answer", args=[alma.ref, row.pk])
    for bad in ({"who": "x", "yes": "ja", "how": "eid"}, {"who": "child", "yes": "kanske", "how": "eid"}, {}):
        assert client.post(answers, bad).status_code == 400
    text = client.post(answers, {"who": "child", "yes": "ja", "how": "paper"}, follow=True).text
    assert "skriv var papperet förvaras" in text


@pytest.mark.parametrize("who", ["mentor_7b", "principal_lunda", "principal_fria", "controller", "lawyer"])
def test_others_reach_neither_page_nor_answer(town, client, alma, who):
    row = asked(town, client, alma)
    town.cast.login(client, who)
    for address in (reverse("consents", args=[alma.ref]), reverse("switch", args=[alma.ref, 1])):
        assert client.get(address).status_code == 404
    answers = reverse("consent-answer", args=[alma.ref, row.pk])
    assert client.post(answers, {"aterkalla": "1"}).status_code == 404


class TestSwitch:
    def test_off_withdraws_and_on_asks_everybody_anew(self, town, client, alma):
        waiver, vera = town.ask(), town.guardian()
        town.yes(waiver, vera)
        town.send("waiver", waiver=waiver)
        town.cast.login(client, "counsellor")
        page = reverse("switch", args=[alma.ref, town.reception.pk])
        text = client.get(page).text
        assert "närvaron i år" in text
        assert "1 uppgift är redan lämnad dit" in text
        assert "19 kap. 1 §" in text
        turn = reverse("switch-turn", args=[alma.ref, town.reception.pk])
        client.post(turn, {"av": "1"})
        with acting_as(town.counsellor):
            assert Waiver.objects.get().withdrawn_at is not None
        assert "Ni får lämna detta, och inget annat: närvaron i år" in client.get(page).text
        client.post(turn, {"pa": "1"})
        assert "svar saknas" in client.get(reverse("consents", args=[alma.ref])).text
        with acting_as(town.counsellor):
            assert Waiver.objects.order_by("-pk")[0].maturity == ""

    def test_it_says_the_same_whatever_the_receiver_has_done_or_knows(self, town, client, alma):
        """The preview is made of the school's own rows only (OSL 26:1)."""
        waiver = town.ask()
        town.yes(waiver, town.guardian())
        sent = town.send("waiver", waiver=waiver)
        town.cast.login(client, "counsellor")
        page = reverse("switch", args=[alma.ref, town.reception.pk])
        before = client.get(page)
        receive(by=town.worker, transfer_id=sent.pk)
        after = client.get(page)
        assert _bare(before.text) == _bare(after.text)
        hugo = reverse("switch", args=[town.cast.child["hugo"].ref, town.reception.pk])
        assert "har inte fått frågan förut" in client.get(hugo).text

    def test_it_is_turned_once_and_by_those_who_hand_over(self, town):
        alma, day = town.cast.child["alma"], today()
        values = {"child": alma, "receiver_id": town.reception.pk, "today": day}
        with pytest.raises(Conflict):
            switch_off(by=town.counsellor, **values)
        with pytest.raises(NotYours):
            switch_on(by=town.counsellor, valid_to=day, **values)
        with pytest.raises(NotYours):
            switch_off(by=town.counsellor, child=alma, receiver_id=0, today=day)
        with pytest.raises(NotAllowed):
            switch_off(by=town.cast.viewer("mentor_7b"), **values)
        town.ask()
        with pytest.raises(Conflict):
            switch_on(by=town.counsellor, valid_to=day, **values)
        assert switch_off(by=town.counsellor, **values) == 1


def _bare(text):
    """Leave out what differs between any two answers."""
    return [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line]


class TestProcessings:
    VALUES: ClassVar = {
        "name": "Enkät", "purpose": "x", "basis": "e", "law": "4 kap. 3 § skollagen", "persons": "elever",
        "data": "svar", "kept": "ett år", "source": "skollagen 4:3",
    }  # fmt: skip

    def test_the_lawyer_delivers_changes_and_approves(self, town, client):
        town.cast.login(client, "lawyer")
        client.post(reverse("processings-deliver"))
        text = client.get(reverse("processings")).text
        assert "Följa elevers närvaro" in text
        with acting_as(town.counsellor):
            row = Processing.objects.get(code="attendance")
            assert Processing.objects.count() == len(delivered())
        change = reverse("processing-change", args=[row.pk])
        assert "15 kap. 15" in client.get(change).text
        assert client.post(change, self.VALUES).status_code == 303
        with acting_as(town.counsellor):
            new = Processing.objects.get(code="attendance", valid_to=None)
            assert (new.name, new.approved_on) == ("Enkät", None)
        assert client.post(reverse("processing-approve", args=[new.pk])).status_code == 303
        assert client.get(change).status_code == 404
        assert "har ersatts" in client.post(reverse("processing-approve", args=[row.pk]), follow=True).text
        town.cast.login(client, "counsellor")
        assert "Enkät" in client.get(reverse("processings")).text
        assert client.post(change, self.VALUES).status_code == 404

    def test_consent_as_a_basis_says_why_and_nothing_is_left_out(self, town, client):
        town.cast.login(client, "lawyer")
        added = reverse("processing-add")
        answer = client.post(added, {**self.VALUES, "basis": "a"})
        assert answer.status_code == 422
        assert "utan det går det inte att visa" in answer.text
        assert client.post(added, {**self.VALUES, "law": " "}).status_code == 422
        said = {**self.VALUES, "basis": "a", "why_consent": "bild i skolkatalog"}
        assert client.post(added, said).status_code == 303

    def test_others_change_nothing(self, town):
        for who in ("counsellor", "data_administrator", "principal_fria"):
            with pytest.raises(NotAllowed):
                save_processing(by=town.cast.viewer(who), values=self.VALUES, on=today())
        lawyer = town.cast.viewer("lawyer")
        with pytest.raises(Refused):
            save_processing(by=lawyer, values={**self.VALUES, "basis": "q"}, on=today())
        row = save_processing(by=lawyer, values=self.VALUES, on=today())
        town.cast._duty("independent", "lawyer_fria", "lawyer", "fria")
        with pytest.raises(NotYours):
            approve_processing(by=town.cast.viewer("lawyer_fria"), processing_id=row.pk, on=today())


def test_the_lists_stay_flat(town, client, alma):
    from tests.secrecy.test_consents import ask, say

    vera = town.guardian()

    def more(count):
        for number in range(count):
            row = ask(town, valid_to=today() + timedelta(days=3))
            say(town, row, vera, how="paper", paper=b"%PDF-1")
            save_processing(
                by=town.cast.viewer("lawyer"),
                values={**TestProcessings.VALUES, "name": f"n{number}"},
                on=today(),
            )

    def costs():
        found = []
        town.cast.login(client, "counsellor")
        for address in (
            reverse("consents", args=[alma.ref]),
            reverse("consents-ending"),
            reverse("processings"),
        ):
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found.append(len([q for q in captured if "SAVEPOINT" not in q["sql"]]))
        return found

    more(1)
    few = costs()
    more(6)
    assert costs() == few
    assert max(few) < 40
