"""What has been done about a pupil: signals, answers, contacts, steps and marks, in the order of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.utils.translation import gettext

from samhandla.detect.models import Answer, ContactNote, ParticipationMark, Signal, StepTaken
from samhandla.detect.models.answers import CHIPS
from samhandla.detect.queries.lists import in_order, reason_line
from samhandla.detect.words import in_readers_words
from samhandla.people.models import Child

MOST_MARKS = 20

EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Done:
    """One thing that was done: when, what, by whom, in words.

    Args:
        about: what a contact was about, in the words that were chosen.
        at: when it was written; what is older than the keeping of times has none.
        place: where it stands within its day when the time does not tell; higher is later.
    """

    on: date
    what: str
    by: str
    words: str = ""
    until: date | None = None
    signal_id: int | None = None
    about: str = ""
    at: datetime | None = None
    place: tuple[int, int] = (0, 0)

    @property
    def order(self) -> tuple[date, bool, datetime, tuple[int, int]]:
        """By day, then by time; what has no time comes before what has, as the rules run at night."""
        return self.on, self.at is not None, self.at or EARLIEST, self.place


def history_of(child: Child) -> list[Done]:
    """Return what has been done, latest first also within a day; a signal says why, an answer which.

    Where no time was kept, a signal comes before its answer, and that before what was done.

    Queries: six.
    """
    done = [*_answers(child), *_contacts(child), *_steps(child), *_marks(child), *_signals(child)]
    return sorted(done, key=lambda d: d.order, reverse=True)


def _answers(child: Child) -> Iterator[Done]:
    said, again = gettext("Ställningstagande: %s"), gettext("Ändrat ställningstagande: %s")
    for a in Answer.objects.filter(child=child).select_related("by"):
        what = (again if a.replaces_id else said) % a.get_kind_display()
        words = in_readers_words(a.reason)
        yield Done(a.on, what, a.by.name, words, a.until, a.signal_id, at=a.at, place=(1, a.pk))


def _contacts(child: Child) -> Iterator[Done]:
    for c in ContactNote.objects.filter(child=child).select_related("by"):
        about = chips_in_words(c.chips)
        yield Done(c.on, c.get_kind_display(), c.by.name, c.words, about=about, at=c.at, place=(2, c.pk))


def _steps(child: Child) -> Iterator[Done]:
    steps = StepTaken.objects.filter(child=child, done_on__isnull=False).select_related("done_by", "step")
    for s in steps:
        if s.done_on and s.done_by:
            what, words = gettext(s.step.name), in_readers_words(s.note)
            yield Done(s.done_on, what, s.done_by.name, words, at=s.done_at, place=(3, s.pk))


def _marks(child: Child) -> Iterator[Done]:
    marks = ParticipationMark.objects.filter(child=child).select_related("by")
    for m in marks.order_by("-on")[:MOST_MARKS]:
        what = gettext("På plats men inte med i undervisningen")
        yield Done(m.on, what, m.by.name, at=m.at, place=(2, m.pk))


def _signals(child: Child) -> Iterator[Done]:
    for s in Signal.objects.filter(child=child).prefetch_related("reasons"):
        yield Done(s.opened_on, _why(s), "", signal_id=s.pk)
        if s.closed_on and s.closed_why:
            closed = gettext("Signalen avslutad: %s") % s.get_closed_why_display()
            yield Done(s.closed_on, closed, "", place=(4, s.pk))


def chips_in_words(chips: Iterable[str]) -> str:
    """Return what a contact was about, as it was chosen; a choice that is no longer offered is left out."""
    return ", ".join(str(CHIPS[chip]) for chip in chips if chip in CHIPS)


def _why(signal: Signal) -> str:
    """Return in one line what a signal was about when it came: its first reasons by name."""
    if signal.good_news:
        return gettext("Det går åt rätt håll")
    first = [r for r in signal.reasons.all() if r.first_seen <= signal.opened_on]
    titles = [line.title for line in in_order(reason_line(r) for r in first or signal.reasons.all())]
    return gettext("Signal: %s") % ", ".join([titles[0], *(t[0].lower() + t[1:] for t in titles[1:])])
