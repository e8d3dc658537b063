"""Signals to answer: made as the rules' job makes them."""

from __future__ import annotations

from string import Formatter

import pytest
from django.utils import timezone

from samhandla.detect.actions.runs import take_in
from samhandla.detect.actions.settings import adopt_default_ladder
from samhandla.detect.models import Signal
from samhandla.detect.rules.catalogue import BY_CODE
from samhandla.detect.rules.run import Signal as Found
from samhandla.detect.rules.words import SHARES
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as


def found(child, rule="level_year", *, opens=True, since=None, numbers=None, unit=0, kind="pupil"):
    """A reason as `run_rules` gives it, with every number that its sentence names."""
    names = [name for _, name, _, _ in Formatter().parse(BY_CODE[rule].sentence) if name]
    numbers = numbers or {name: 0.21 if name.endswith(SHARES) else 3 for name in names}
    return Found(
        kind, child if isinstance(child, str) else child.pk, rule, 1, since or today(), numbers, opens,
        unit=unit,
    )  # fmt: skip


@pytest.fixture
def take(cast):
    """Take in what the rules found for the board, on a day."""

    def run(*items, as_of=None):
        by = cast.service()
        return take_in(
            by=by, found=items, as_of=as_of or today(), data_to=as_of or today(), started=timezone.now()
        )

    return run


@pytest.fixture
def ladder(cast):
    return adopt_default_ladder(by=cast.service(), today=today())


@pytest.fixture
def signal_of(cast):
    """Return a child's living signal as the service sees it."""

    def get(name, *, good_news=False):
        with acting_as(cast.service()):
            rows = Signal.objects.filter(child=cast.child[name], good_news=good_news).exclude(state="closed")
            return rows.select_related("child", "unit").get()

    return get
