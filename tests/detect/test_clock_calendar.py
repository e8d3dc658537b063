"""What rests until a counted day follows the calendar; what rests until a chosen day stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.detect.conftest import found
from tests.detect.test_loop import ahead, close_school, end_calendar

from samhandla.detect.actions.answers import answer_group_signal
from samhandla.detect.actions.clock import pass_time
from samhandla.detect.actions.inquiries import decide_inquiry
from samhandla.detect.models import GroupSignal, Inquiry, Signal
from samhandla.detect.rules.inquiry import INQUIRY_DAYS
from samhandla.people.queries import domain_of, today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def open_inquiry(cast):
    return decide_inquiry(
        by=cast.viewer("principal"), child=cast.child["alma"], decision="open", reason="x", today=today(),
        domain_id=domain_of(cast.authority["board"].pk, "school").pk,
    )  # fmt: skip


def test_a_calendar_changed_later_moves_the_rest_of_an_inquiry(cast, take, signal_of):
    take(found(cast.child["alma"]))
    open_inquiry(cast)
    before = signal_of("alma").return_on
    assert pass_time(by=cast.service(), today=today())["moved"] == 0
    close_school(cast)
    assert pass_time(by=cast.service(), today=today())["moved"] == 1
    assert signal_of("alma").return_on == ahead(cast, INQUIRY_DAYS) > before


def test_the_day_that_an_inquiry_chose_is_never_moved(cast, take, signal_of):
    take(found(cast.child["alma"]))
    inquiry, chosen = open_inquiry(cast), ahead(cast, 12)
    with acting_as(cast.service()):
        Inquiry.objects.filter(pk=inquiry.pk).update(state="final", finalised_on=today())
        Signal.objects.update(return_on=chosen)
    close_school(cast)
    assert pass_time(by=cast.service(), today=today())["moved"] == 0
    assert signal_of("alma").return_on == chosen


def answer_class(cast, kind, until=None):
    principal = cast.viewer("principal")
    with acting_as(principal):
        row = GroupSignal.objects.get()
    return answer_group_signal(
        by=principal, signal_id=row.pk, kind=kind, reason="Vi ser över schemat.", until=until, today=today()
    )


@pytest.mark.parametrize(("kind", "school_days"), [("data_error", 10), ("act", 5)])
def test_a_calendar_changed_later_moves_the_answer_about_a_class(cast, take, kind, school_days):
    unit, group = cast.unit["berga"].pk, cast.group["7B"].pk
    take(found(str(group), "class_level", unit=unit, kind="class"))
    end_calendar(cast, 2)
    answer_class(cast, kind)
    end_calendar(cast, 119)
    close_school(cast)
    assert pass_time(by=cast.service(), today=today())["moved"] == 1
    assert GroupSignal.objects.get().return_on == ahead(cast, school_days) > today() + timedelta(days=14)
    assert pass_time(by=cast.service(), today=today())["moved"] == 0


def test_the_day_that_a_principal_chose_for_a_class_is_never_moved(cast, take):
    unit, group = cast.unit["berga"].pk, cast.group["7B"].pk
    take(found(str(group), "class_level", unit=unit, kind="class"))
    until = ahead(cast, 6)
    answer_class(cast, "follow", until)
    close_school(cast)
    assert pass_time(by=cast.service(), today=today())["moved"] == 0
    assert GroupSignal.objects.get().return_on == until
