"""After a solved signal about a class it stays on a quiet watch, and the rules find it again within it."""

from __future__ import annotations

import pytest
from tests.detect.conftest import found
from tests.detect.rules.invented import year

from samhandla.detect.actions import runs
from samhandla.detect.actions.answers import answer_group_signal, finish_group_signal
from samhandla.detect.models import GroupSignal, GroupWatch
from samhandla.people.models import Term
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
SOLVED_ON, BACK_FROM, LENGTH, PUPILS = 10, 40, 60, 20


@pytest.fixture
def made(cast):
    """A class that was in school while it was watched, until absence came back in the whole class."""
    place = {"class_id": cast.group["7B"].pk, "class_name": "7B", "unit": cast.unit["berga"].pk}
    made = year(PUPILS, LENGTH, **{name: [value] * PUPILS for name, value in place.items()})
    for pupil in range(PUPILS):
        made.away(pupil, *range(BACK_FROM + pupil % 8, LENGTH, 8))
    return made


@pytest.fixture
def finish(cast, take, made):
    """Answer the signal about 7B, and say how it went."""

    def run(*, solved):
        take(found(str(cast.group["7B"].pk), "class_level", kind="class", unit=cast.unit["berga"].pk))
        principal = cast.viewer("principal")
        with acting_as(principal):
            row = GroupSignal.objects.get()
        answer_group_signal(
            by=principal, signal_id=row.pk, kind="act", reason="Vi ser över schemat.", until=None,
            today=today(),
        )  # fmt: skip
        return finish_group_signal(by=principal, signal_id=row.pk, solved=solved, today=made.day(SOLVED_ON))

    return run


def relapses(cast, made, monkeypatch):
    """Return the classes that a run of the authority's rules finds on watch."""
    kept = []
    data = (made.days(), None, made.pupils(), made.calendar())
    monkeypatch.setattr(runs, "load_for_rules", lambda *_args, **_named: data)
    monkeypatch.setattr(runs, "sums_for_rules", lambda *_args: ())
    monkeypatch.setattr(runs, "looked_back", lambda _by, items, _since: items)
    monkeypatch.setattr(runs, "take_in", lambda *, found, **_named: kept.extend(found))
    runs.run_rules_of_authority(by=cast.service(), as_of=made.last(), data_to=made.last())
    return [item.subject_id for item in kept if item.rule == "class_relapse"]


def test_a_solved_class_signal_is_watched_and_found_again(cast, finish, made, monkeypatch):
    row = finish(solved=True)
    assert row.state == "closed"
    watch = GroupWatch.objects.get()
    ends = Term.objects.filter(valid_to__gt=made.day(SOLVED_ON)).order_by("valid_to")
    terms = list(ends.values_list("valid_to", flat=True))
    assert (watch.signal_id, watch.group_id) == (row.pk, cast.group["7B"].pk)
    assert (watch.from_date, watch.until) == (made.day(SOLVED_ON), terms[:2][-1])
    assert relapses(cast, made, monkeypatch) == [str(cast.group["7B"].pk)]


def test_no_watch_where_nothing_was_solved_or_the_watch_has_ended(cast, finish, made, monkeypatch):
    assert finish(solved=False).state == "open"
    assert not GroupWatch.objects.exists()
    assert relapses(cast, made, monkeypatch) == []


def test_after_the_watch_the_rule_is_silent(cast, finish, made, monkeypatch):
    finish(solved=True)
    GroupWatch.objects.update(until=made.day(BACK_FROM - 1))
    assert relapses(cast, made, monkeypatch) == []
