"""What stands on a signal: what holds and what has ended, in one order, and how sure the figures are."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from tests.detect.conftest import found

from samhandla.analytics.actions import set_low_reporting
from samhandla.analytics.models import AttendanceDay, LakeFile
from samhandla.analytics.queries import data_up_to
from samhandla.detect.models import ContactNote
from samhandla.detect.queries.lists import get_signal_row_for, worklist_for
from samhandla.detect.rules.catalogue import BY_CODE, RULES
from samhandla.detect.rules.run import sentence
from samhandla.people.queries import domain_of, today
from samhandla.trust.viewer import acting_as
from samhandla.web.formats import short_day

pytestmark = pytest.mark.django_db
EARLIER = timedelta(days=7)


@pytest.fixture
def row_of(cast, signal_of):
    """Alma's signal as the mentor sees it."""

    def get(name="alma"):
        viewer = cast.viewer("mentor_7b")
        with acting_as(viewer):
            return get_signal_row_for(viewer, signal_of(name).pk, today=today())

    return get


def text(answer) -> str:
    return " ".join(answer.content.decode().split()).replace("\xa0", " ")


def test_what_has_ended_says_until_when_and_comes_last(cast, take, row_of, client):
    alma, before = cast.child["alma"], today() - EARLIER
    take(found(alma, "near_zero"), found(alma, "invalid"), as_of=before)
    take(found(alma, "level_year", since=before))
    row = row_of()
    assert [(r.rule, r.until) for r in row.reasons] == [
        ("level_year", None),
        ("near_zero", before),
        ("invalid", before),
    ]
    page = text(cast.login(client, "mentor_7b").get(reverse("signal", args=[row.signal.pk])))
    assert page.index(f"Gäller sedan {short_day(before)}.") < page.index(f"Gällde till {short_day(before)}.")
    assert page.count("Gällde till") == 2


def test_the_list_leads_with_what_holds_in_the_order_of_the_signals_page(cast, take, row_of):
    alma, before = cast.child["alma"], today() - EARLIER
    take(found(alma, "long"), as_of=before)
    rules = ("weekday", "invalid", "level_term", "level_year", "no_contact", "rising")
    take(*(found(alma, rule) for rule in rules))
    row = row_of()
    order = [r.rule for r in row.reasons]
    assert order == ["rising", "level_year", "level_term", "invalid", "weekday", "no_contact", "long"]
    assert [r.rule for r in row.leading] == ["rising", "level_year"]
    assert row.more == 5


def test_a_signal_whose_reasons_have_all_ended_says_so_and_stays(cast, take, row_of, client):
    take(found(cast.child["alma"]), as_of=today() - EARLIER)
    page = cast.login(client, "mentor_7b")
    assert "Skälen i närvaron gäller inte längre" in text(page.get(reverse("worklist"))) or row_of().holding
    take()
    assert row_of().holding == ()
    shown = text(page.get(reverse("worklist")))
    assert "Skälen i närvaron gäller inte längre" in shown
    assert "Gällde till" in shown
    assert "Gäller sedan" not in shown


def test_when_only_the_missing_contact_holds_the_list_still_tells_why(cast, take, row_of, client):
    take(found(cast.child["alma"]), as_of=today() - EARLIER)
    take(found(cast.child["alma"], "no_contact"))
    row = row_of()
    assert not row.still_holds
    assert row.uncontacted
    mentor = cast.login(client, "mentor_7b")
    for address in (reverse("worklist"), reverse("signal", args=[row.signal.pk])):
        shown = text(mentor.get(address))
        assert "Skälen i närvaron gäller inte längre, men ingen kontakt är noterad." in shown
        assert "Skälen till signalen" not in shown
    assert [(r.rule, r.holds) for r in row.leading] == [("no_contact", True), ("level_year", False)]


def test_no_contact_is_said_once(cast, take, row_of, client):
    take(found(cast.child["alma"]), found(cast.child["alma"], "no_contact"))
    page = text(cast.login(client, "mentor_7b").get(reverse("signal", args=[row_of().signal.pk])))
    assert page.count("Ingen kontakt") == 1


def test_each_sentence_about_days_away_says_what_a_day_is_and_in_which_period():
    """A reader of two reasons side by side is to see two periods or two kinds of days, no contradiction."""
    for rule in RULES:
        if rule.level == "pupil" and "{days}" in rule.sentence and rule.family != "loop":
            assert (
                "minst halva dagen" in rule.sentence
                or "ogiltig" in rule.sentence.lower()
                or (rule.code == "apart")
            )
            assert any(word in rule.sentence for word in ("{window}", "i rad", "Under läsåret"))


def test_a_reason_kept_before_its_rule_told_a_number_still_has_a_sentence():
    text = sentence(BY_CODE["level_rolling"], {"share": 0.2, "threshold": 0.15})
    assert text == "Frånvaron de senaste … skoldagarna är 20\xa0% av undervisningen (gränsen är 15\xa0%)."


def worklist(cast):
    viewer = cast.viewer("mentor_7b")
    with acting_as(viewer):
        return worklist_for(viewer, today=today())


def test_a_pupil_with_good_news_and_an_open_signal_is_one_row(cast, take, client):
    omar = cast.child["omar"]
    take(found(omar, "near_zero"), found(omar, "recovered"))
    listed = worklist(cast)
    assert listed.good_news == []
    assert listed.to_answer[0].good_line.rule == "recovered"
    pages = [cast.login(client, "mentor_7b").get(reverse("worklist"))]
    pages.append(cast.login(client, "counsellor").get(reverse("team")))
    for page in pages:
        shown = text(page)
        assert shown.count('id="signal-') == 1
        assert "åt rätt håll" in shown
        assert "Jag har sagt det till" not in shown


def test_good_news_that_is_no_longer_true_leaves_the_list(cast, take):
    omar = cast.child["omar"]
    take(found(omar, "recovered"), as_of=today() - EARLIER)
    assert len(worklist(cast).good_news) == 1
    take()
    assert worklist(cast).good_news == []
    take(found(omar, "recovered"))
    assert len(worklist(cast).good_news) == 1, "it was never told, so it may be told when it is true again"
    with acting_as(cast.service()):
        assert not ContactNote.objects.exists()


def attendance(cast, reported):
    """Give Alma one day, the latest on which there was school."""
    by = cast.service()
    LakeFile.objects.create(
        authority=cast.authority["board"], source_id=1, batch_id=1, dataset="lessons", path="x", rows=1,
        sha256="x", first_date=today(), last_date=today(), live=True,
    )  # fmt: skip
    with acting_as(by):
        child = cast.child["alma"]
        AttendanceDay.objects.create(
            child=child, domain=domain_of(by.authority_id, "school"), unit=child.unit,
            date=data_up_to(by.authority_id), lessons=5, absent_lessons=1, offered=300, present=240, valid=60,
            invalid=0, other=0, reported=reported, batch_id=1,
        )  # fmt: skip


@pytest.mark.parametrize(("reported", "low"), [(239, True), (240, False)])
def test_figures_that_rest_on_few_registered_lessons_are_marked(cast, take, client, row_of, reported, low):
    take(found(cast.child["alma"]))
    attendance(cast, reported)
    signal = row_of()
    assert signal.reporting.low is low
    mentor = cast.login(client, "mentor_7b")
    addresses = [reverse("worklist"), reverse("signal", args=[signal.signal.pk])]
    addresses += [reverse("pupil", args=[cast.child["alma"].ref])]
    for address in addresses:
        assert ("osäkra siffror" in text(mentor.get(address))) is low


def test_the_authoritys_own_limit_decides_what_is_uncertain(cast, take, row_of):
    take(found(cast.child["alma"]))
    attendance(cast, 200)
    assert row_of().reporting.low
    set_low_reporting(by=cast.service(), share=Decimal("0.60"))
    assert not row_of().reporting.low


def test_without_day_rows_nothing_is_called_uncertain(cast, take, row_of):
    take(found(cast.child["alma"]))
    assert (row_of().reporting.share, row_of().reporting.low) == (None, False)
