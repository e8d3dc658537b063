"""The pupil-health team's list: promotive first, then what waits; who begins with what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from tests.detect.conftest import found

from samhandla.detect.actions.answers import answer_signal
from samhandla.detect.actions.inquiries import decide_inquiry
from samhandla.detect.models import Answer, GroupSignal, StepTaken
from samhandla.detect.queries.team import team_page_for
from samhandla.people.queries import domain_of, today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
REFUSED = (403, 404)


def page_of(cast, name="counsellor"):
    viewer = cast.viewer(name)
    with acting_as(viewer):
        return team_page_for(viewer, cast.unit["berga"], today=today())


def names(rows):
    return [item.row.child.given_name for item in rows]


def test_every_pupil_stands_in_one_place_where_something_waits(cast, take, signal_of, ladder):
    take(
        found(cast.child["alma"]),
        found(cast.child["omar"], "relapse"),
        found(cast.child["tove"], "near_zero"),
        found(cast.child["hugo"], "recovered", numbers={"share": 0.02, "before_share": 0.3}),
    )
    answer_signal(
        by=cast.viewer("mentor_7b"), signal_id=signal_of("alma").pk, kind="act", reason="x", today=today()
    )
    decide_inquiry(
        by=cast.viewer("principal"), child=cast.child["tove"],
        domain_id=domain_of(cast.authority["board"].pk, "school").pk, decision="open", reason="x",
        today=today(),
    )  # fmt: skip
    page = page_of(cast)
    assert names(page.under_way) == ["Alma"]
    assert names(page.waiting) == ["Omar"]
    assert names(page.inquiry) == ["Tove"]
    assert names(page.good_news) == ["Hugo"]
    assert page.nothing_started == []
    assert page.pupils == 3


def test_high_absence_with_nothing_started_is_seen_also_while_it_waits_for_a_place(cast, take):
    take(*(found(cast.child[n]) for n in ("alma", "omar", "tove")))
    assert sorted(names(page_of(cast).nothing_started)) == ["Alma", "Omar", "Tove"]


def test_who_meets_the_pupil_and_when_without_what_was_said(client, cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    answer_signal(
        by=cast.viewer("mentor_7b"), signal_id=signal_of("alma").pk, kind="act",
        reason="Hon berättade om något hemma.", today=today(),
    )  # fmt: skip
    (item,) = page_of(cast).under_way
    assert item.who == "mentor"
    assert item.next_on is not None
    text = cast.login(client, "counsellor").get(reverse("team")).text
    assert "Vem träffar eleven" in text
    assert "något hemma" not in text


def test_the_promotive_part_comes_first(client, cast, take):
    take(
        found(str(cast.group["7B"].pk), "class_level", kind="class", unit=cast.unit["berga"].pk),
        found(cast.child["alma"]),
    )
    text = cast.login(client, "counsellor").get(reverse("team")).text
    assert text.index("Främja först") < text.index("Hög frånvaro i hela klassen") < text.index("Alma")


def test_to_begin_is_a_recorded_answer(client, cast, take, signal_of):
    take(*(found(cast.child[n]) for n in ("alma", "omar", "tove")))
    cast.login(client, "counsellor")
    with acting_as(cast.service()):
        waiting = signal_of("tove")
    assert waiting.state == "queued"
    url = reverse("team-start", args=[waiting.pk])
    empty = client.post(url, {"reason": "  "})
    assert empty.status_code == 422
    assert "Vad börjar du med?" in empty.text
    assert client.post(url, {"reason": "Jag träffar Tove."}).status_code == 303
    with acting_as(cast.service()):
        answer = Answer.objects.get()
    assert (answer.kind, answer.by.name) == ("act", "Counsellor Prov")
    late = client.post(url, {"reason": "Jag med."}, follow=True)
    assert "Jag med." in late.text
    with acting_as(cast.service()):
        assert Answer.objects.count() == 1


def test_every_row_leads_to_the_pupil(client, cast, take):
    take(found(cast.child["alma"]))
    assert (
        reverse("pupil", args=[cast.child["alma"].ref])
        in cast.login(client, "counsellor").get(reverse("team")).text
    )


@pytest.mark.parametrize(
    "name", ["mentor_7b", "nurse", "controller", "process_leader", "principal_lunda", "principal_fria"]
)
def test_others_find_nothing(client, cast, take, signal_of, name):
    take(found(cast.child["alma"]))
    cast.login(client, name)
    assert (
        client.post(reverse("team-start", args=[signal_of("alma").pk]), {"reason": "x"}).status_code
        in REFUSED
    )
    page = client.get(reverse("team"))
    assert page.status_code in REFUSED or "Alma" not in page.text


def test_empty_list(client, cast):
    page = cast.login(client, "counsellor").get(reverse("team"))
    assert page.status_code == 200
    assert "Ingen elev." in page.text


def test_what_the_principal_works_on_stands_in_the_promotive_part(client, cast, take):
    page = cast.login(client, "counsellor")
    assert "Inget mönster för klass" in page.get(reverse("team")).text
    unit = cast.unit["berga"].pk
    take(found(str(cast.group["7B"].pk), "class_level", kind="class", unit=unit))
    with acting_as(cast.service()):
        GroupSignal.objects.update(state="acted", answer_reason="Bara för rektor.")
    text = page.get(reverse("team")).text
    assert "rektor arbetar med det" in text
    assert "Inget mönster för klass" not in text
    assert "Bara för rektor." not in text


@pytest.mark.parametrize(("ahead", "passed"), [(-1, True), (0, False)])
def test_a_next_date_that_has_been_says_so(client, cast, take, signal_of, ladder, ahead, passed):
    take(found(cast.child["alma"]))
    signal = signal_of("alma")
    answer_signal(by=cast.viewer("mentor_7b"), signal_id=signal.pk, kind="act", reason="x", today=today())
    with acting_as(cast.service()):
        StepTaken.objects.update(due_on=today() + timedelta(days=ahead))
    assert ("passerat" in cast.login(client, "counsellor").get(reverse("team")).text) is passed
    assert ("passerat" in client.get(reverse("signal", args=[signal.pk])).text) is passed


def test_of_those_waiting_for_somebody_the_first_are_shown_and_the_rest_fold(client, cast, take, monkeypatch):
    take(*(found(cast.child[n], "relapse") for n in ("alma", "omar", "tove")))
    monkeypatch.setattr("samhandla.detect.views.team.SHOWN_OF_PART", 1)
    cast.login(client, "counsellor")
    text = client.get(reverse("team")).text
    shown, folded = text.split("Visa 2 till", 1)
    assert [sum(name in part for name in ("Alma", "Omar", "Tove")) for part in (shown, folded)] == [1, 2]


def test_of_those_for_whom_nothing_is_started_nobody_folds(client, cast, take, monkeypatch):
    take(*(found(cast.child[n]) for n in ("alma", "omar", "tove")))
    monkeypatch.setattr("samhandla.detect.views.team.SHOWN_OF_PART", 1)
    cast.login(client, "counsellor")
    text = client.get(reverse("team")).text
    assert "Visa 2 till" not in text
    assert all(name in text for name in ("Alma", "Omar", "Tove"))
