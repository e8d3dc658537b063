"""Two logins of a family in the demonstration: a guardian, and a pupil who speaks for itself."""

from __future__ import annotations

from datetime import date

from samhandla.detect.models import Signal
from samhandla.people import actions as people
from samhandla.people.actions.families import give_family_actor
from samhandla.people.models import Child, Guardian, Guardianship, Organisation, Protection
from samhandla.people.queries import on_day, today
from samhandla.people.rules import ADULT_AGE, KINDS_WITH_RIGHTS, OWN_RIGHT_IN_SCHOOL_AGE
from samhandla.trust.viewer import Viewer, acting_as

OPEN = (Protection.NONE, Protection.UNKNOWN)


def open_family_logins(by: Viewer, unit: Organisation, password: str) -> list[tuple[str, str]]:
    """Give one guardian at a unit and one pupil of sixteen a login each; role code and user name of each.

    The guardian is that of a pupil with a signal where there is one, so that there is something to see.
    """
    found: list[tuple[str, str]] = []
    with acting_as(by):
        known = {"protection__in": OPEN, "lifted_protection__in": OPEN}
        here = Child.objects.filter(unit=unit, birth_date__gt=_years_ago(ADULT_AGE), actor=None, **known)
        signals = Signal.objects.filter(child__in=here).values("child_id")
        ties = Guardianship.objects.filter(
            on_day(today()), kind__in=KINDS_WITH_RIGHTS, guardian__protection__in=OPEN
        ).order_by("pk")
        tie = ties.filter(child_id__in=signals).first() or ties.filter(child__in=here).first()
        old = Child.objects.filter(
            authority_id=by.authority_id,
            birth_date__range=(_years_ago(ADULT_AGE), _years_ago(OWN_RIGHT_IN_SCHOOL_AGE)),
            **known,
        )
        pupil = old.order_by("pk").first()
        people_found: list[tuple[str, Child | Guardian | None]] = [
            ("guardian", tie.guardian if tie else None), ("child", pupil),
        ]  # fmt: skip
        for role, person in people_found:
            if person is not None:
                actor = give_family_actor(by=by, person=person)
                people.open_account(by=by, actors=[actor], username=role, password=password)
                found.append((role, role))
    return found


def _years_ago(years: int) -> date:
    day = today()
    return date(day.year - years, day.month, min(day.day, 28))
