"""Terms, breaks, and the numbered school days that follow."""

from __future__ import annotations

from datetime import date

from samhandla.lib.schoolcalendar import DayOff, TermDates, school_days
from samhandla.people.models import Break, Organisation, SchoolDay, Term
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer


@action
def set_term(*, by: Viewer, organisation: Organisation, name: str, first: date, last: date) -> Term:
    term, _created = Term.objects.update_or_create(
        organisation=organisation, name=name, defaults={"valid_from": first, "valid_to": last}
    )
    record(EventKind.CALENDAR_CHANGED, by=by, about=term)
    return term


@action
def add_break(
    *, by: Viewer, organisation: Organisation, name: str, kind: str, first: date, last: date
) -> Break:
    row = Break.objects.create(
        organisation=organisation, name=name, kind=kind, valid_from=first, valid_to=last
    )
    record(EventKind.CALENDAR_CHANGED, by=by, about=row)
    return row


@action
def number_school_days(*, by: Viewer, unit: Organisation) -> int:
    """Write a unit's school days anew from the terms and breaks of itself and the units above it.

    Public holidays come from a library. Returns: how many school days the unit has.
    """
    above = _with_parents(unit)
    terms = [TermDates(t.name, t.valid_from, t.valid_to or t.valid_from) for t in _of(Term, above)]
    breaks = [DayOff(b.valid_from, b.valid_to or b.valid_from) for b in _of(Break, above)]
    days = school_days(terms, breaks)
    SchoolDay.objects.filter(unit=unit).delete()
    SchoolDay.objects.bulk_create(
        [
            SchoolDay(unit=unit, date=d.date, day_no=number, term=d.term, after_break=d.after_break)
            for number, d in enumerate(days, start=1)
        ],
        batch_size=1000,
    )
    record(EventKind.CALENDAR_CHANGED, by=by, about=unit, details={"school_days": len(days)})
    return len(days)


def _with_parents(unit: Organisation) -> list[int]:
    ids, current = [unit.pk], unit.parent
    while current is not None:
        ids.append(current.pk)
        current = current.parent
    return ids


def _of(model: type[Term] | type[Break], organisations: list[int]) -> list[Term | Break]:
    return list(model.objects.filter(organisation_id__in=organisations).order_by("valid_from"))
