"""The pages of nödåtkomst."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from samhandla.people.queries import today
from samhandla.secrecy.actions.emergency import Sought, open_emergency, set_emergency
from samhandla.secrecy.models import Emergency, EmergencySetting
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
SAID = {"given_name": "Alma", "family_name": "Prov", "reason": "ringde från akuten", "hours": "2"}


@pytest.fixture
def school(cast):
    cast._duty("board", "other", "counsellor", "lunda")
    cast._duty("board", "lawyer", "lawyer", "berga")
    cast._duty("board", "officer_dpo", "data_protection_officer", "berga")
    set_emergency(by=cast.viewer("lawyer"), hours=3, reviewer=cast.staff["officer_dpo"], on=today())
    return cast


def test_from_the_form_to_the_pupils_page_to_the_review(school, client):
    pupil = reverse("pupil", args=[school.child["alma"].ref])
    school.login(client, "other")
    assert client.get(pupil).status_code == 404
    assert "ingen genväg alls" in client.get(reverse("emergency")).text
    answer = client.post(reverse("emergency-open"), {**SAID, "unit": school.unit["berga"].pk})
    assert (answer.status_code, answer["Location"]) == (303, pupil)
    assert client.get(pupil).status_code == 200
    assert "Alma Prov" in client.get(reverse("emergency")).text
    school.login(client, "mentor_7b")
    assert "1 gång de senaste två veckorna" in client.get(reverse("start")).text
    assert "ringde från akuten" in client.get(reverse("emergency")).text
    school.login(client, "mentor_7a")
    assert "ringde från akuten" not in client.get(reverse("emergency")).text
    with acting_as(school.viewer("other")):
        row = Emergency.objects.get()
    school.login(client, "officer_dpo")
    page = client.get(reverse("emergency-review")).text
    assert "ringde från akuten" in page
    assert "Alma" not in page
    assert client.post(reverse("emergency-sign", args=[row.pk]), {"verdict": "in_order"}).status_code == 303
    assert "i sin ordning" in client.get(reverse("emergency-review")).text
    school.login(client, "other")
    client.post(reverse("emergency-close", args=[row.pk]))
    assert client.get(pupil).status_code == 404
    assert "Alma" not in client.get(reverse("emergency")).text


def test_a_refusal_says_why_keeps_what_was_written_and_is_recorded(school, client):
    school.login(client, "other")
    said = {**SAID, "given_name": "Ingen", "unit": school.unit["berga"].pk}
    answer = client.post(reverse("emergency-open"), said)
    assert answer.status_code == 422
    assert "Ingen sådan elev kan öppnas" in answer.text
    assert "ringde från akuten" in answer.text
    with acting_as(school.viewer("other")):
        event = Event.objects.get(event="secrecy:emergency:refused")
    assert event.details == {"problem": "nobody", "unit": school.unit["berga"].pk}


def test_a_school_of_another_principal_cannot_be_chosen(school, client):
    school.login(client, "other")
    answer = client.post(reverse("emergency-open"), {**SAID, "unit": school.unit["fria"].pk})
    assert answer.status_code == 422
    assert "Fria skolan" not in client.get(reverse("emergency")).text


def test_bad_input_is_told(school, client):
    school.login(client, "other")
    said = {**SAID, "hours": "nio", "born": "i våras", "unit": "x"}
    assert client.post(reverse("emergency-open"), said).status_code == 422
    assert client.post(reverse("emergency-close", args=[10**18])).status_code == 404
    school.login(client, "officer_dpo")
    assert client.post(reverse("emergency-sign", args=[1]), {"verdict": "x"}).status_code == 400


def test_the_lawyer_decides_and_the_page_says_when_nobody_has(cast, client):
    cast._duty("board", "lawyer", "lawyer", "berga")
    cast.login(client, "counsellor")
    assert "inte i bruk hos er" in client.get(reverse("emergency")).text
    assert client.post(reverse("emergency-open"), SAID).status_code == 422
    cast.login(client, "lawyer")
    said = {"hours": "2", "reviewer": cast.staff["lawyer"].pk}
    assert client.post(reverse("emergency-setting"), {**said, "hours": "99"}).status_code == 422
    assert client.post(reverse("emergency-setting"), said).status_code == 303
    with acting_as(cast.viewer("lawyer")):
        assert EmergencySetting.objects.get().hours == 2
    assert "Längsta tid i timmar: 2" in client.get(reverse("emergency-review")).text


def test_the_lists_stay_flat(school, client):
    def more(*names):
        for name in names:
            sought = Sought(school.unit["berga"].pk, name, "Prov")
            open_emergency(by=school.viewer("other"), sought=sought, reason="x", hours=1)

    def costs():
        found = []
        for who, page in (("principal", "emergency"), ("officer_dpo", "emergency-review")):
            school.login(client, who)
            client.get(reverse(page))
            with CaptureQueriesContext(connection) as captured:
                assert client.get(reverse(page)).status_code == 200
            found.append(len([q for q in captured if "SAVEPOINT" not in q["sql"]]))
        return found

    more("Alma")
    few = costs()
    more("Omar", "Tove", "Hugo")
    assert costs() == few
