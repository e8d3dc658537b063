"""What was done on one day stands in the order in which it was written."""

from __future__ import annotations

import pytest
from tests.detect.conftest import found

from samhandla.detect.actions.answers import answer_signal, finish_step, note_contact
from samhandla.detect.models import ContactNote, StepTaken
from samhandla.detect.queries.pupil import pupil_page_for
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def history(cast):
    """Return what the mentor reads, earliest first."""
    viewer = cast.viewer("mentor_7b")
    with acting_as(viewer):
        page = pupil_page_for(viewer, cast.child["alma"], today=today())
    return [item.what for item in reversed(page.history)]


def a_day(cast, signal):
    """Answer, finish the step, answer again, and last note a contact: all on one day."""
    by = cast.viewer("mentor_7b")
    for _ in range(2):
        answer_signal(by=by, signal_id=signal.pk, kind="act", reason="x", today=today())
        with acting_as(by):
            step = StepTaken.objects.get(done_on=None)
        finish_step(by=by, step_id=step.pk, solved=False, today=today())
    note_contact(by=by, signal_id=signal.pk, kind="guardian", today=today())


def test_within_a_day_the_order_is_the_time(cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    a_day(cast, signal_of("alma"))
    assert history(cast)[1:] == [
        "Ställningstagande: jag agerar",
        "Prata med eleven",
        "Ställningstagande: jag agerar",
        "Prata med vårdnadshavare",
        "samtal med vårdnadshavare",
    ]


def test_what_is_older_than_the_times_is_ordered_by_day(cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    a_day(cast, signal_of("alma"))
    with acting_as(cast.service()):
        StepTaken.objects.update(done_at=None)
        ContactNote.objects.update(at=None)
    rows = history(cast)
    assert rows[0].startswith("Signal")
    assert rows.index("samtal med vårdnadshavare") < rows.index("Prata med eleven")
    assert len(rows) == 6
