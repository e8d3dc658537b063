"""Terms, breaks, and the numbered school days that follow."""

from __future__ import annotations

from datetime import date

from samhandla.lib.schoolcalendar import TermDates
from samhandla.people.actions.guard import require_reach
from samhandla.people.errors import NotYours, Refused
from samhandla.people.models import Break, Organisation, SchoolDay, Term
from samhandla.people.queries.calendar import Calendars
from samhandla.people.queries.units import below, school_units
from samhandla.people.rules import period_problem
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def set_term(*, by: Viewer, organisation: Organisation, name: str, first: date, last: date) -> Term:
    """Set a term's days; units below inherit it. School days are numbered by `number_school_days`.

    Raises:
        NotYours: the organisation is out of the viewer's reach.
        Refused: the days are in the wrong order, too many, or another term's.
    """
    require_reach(by, organisation.pk, Permission.CALENDAR_EDIT)
    others = Term.objects.filter(organisation=organisation)
    dates = [TermDates(t.name, t.valid_from, t.valid_to or t.valid_from) for t in others]
    problem = period_problem(name, first, last, dates)
    if problem:
        raise Refused(problem)
    term, _created = Term.objects.update_or_create(
        organisation=organisation, name=name, defaults={"valid_from": first, "valid_to": last}
    )
    record(EventKind.CALENDAR_CHANGED, by=by, about=term)
    return term


@action
def add_break(
    *, by: Viewer, organisation: Organisation, name: str, kind: str, first: date, last: date
) -> Break:
    """Add days without school; units below inherit them.

    Raises:
        NotYours: the organisation is out of the viewer's reach.
        Refused: the last day is before the first.
    """
    require_reach(by, organisation.pk, Permission.CALENDAR_EDIT)
    if last < first:
        raise Refused("last_before_first")
    row = Break.objects.create(
        organisation=organisation, name=name, kind=kind, valid_from=first, valid_to=last
    )
    record(EventKind.CALENDAR_CHANGED, by=by, about=row)
    return row


@action
def remove_term(*, by: Viewer, term_id: int) -> Organisation:
    """Take a term away and number the school days again.

    Raises:
        NotYours: there is no such term within the viewer's reach.
    """
    return _remove(by, Term, term_id)


@action
def remove_break(*, by: Viewer, break_id: int) -> Organisation:
    """Take days without school away and number the school days again.

    Raises:
        NotYours: there are no such days within the viewer's reach.
    """
    return _remove(by, Break, break_id)


def _remove(by: Viewer, model: type[Term] | type[Break], pk: int) -> Organisation:
    row = model.objects.filter(pk=pk).first()
    if row is None:
        raise NotYours
    organisation = require_reach(by, row.organisation_id, Permission.CALENDAR_EDIT)
    days = {"name": row.name, "first": str(row.valid_from), "last": str(row.valid_to)}
    record(EventKind.CALENDAR_CHANGED, by=by, about=row, details={"removed": days})
    row.delete()
    renumber_below(by=by, organisation=organisation)
    return organisation


@action
def number_school_days(*, by: Viewer, unit: Organisation) -> int:
    """Write a unit's school days anew from the terms and breaks of itself and the units above it.

    Public holidays come from a library. Returns: how many school days the unit has.
    """
    require_reach(by, unit.pk, Permission.CALENDAR_EDIT)
    return _number(by, [unit])[unit.pk]


@action
def renumber_below(*, by: Viewer, organisation: Organisation) -> dict[int, int]:
    """Number the school days of every school unit at or under an organisation.

    Returns: school days per unit.
    Raises:
        NotYours: the organisation is out of the viewer's reach.
    """
    require_reach(by, organisation.pk, Permission.CALENDAR_EDIT)
    every = list(Organisation.objects.filter(authority_id=by.authority_id).order_by("pk"))
    reached = below(every, [organisation.pk])
    counts = _number(by, school_units(o for o in every if o.pk in reached))
    if not counts:
        record(EventKind.CALENDAR_CHANGED, by=by, about=organisation, details={"units": 0})
    return counts


def _number(by: Viewer, units: list[Organisation]) -> dict[int, int]:
    # Two who change the calendar at once would both write day 1: the second waits here for the first.
    ids = sorted(unit.pk for unit in units)
    list(Organisation.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    calendars = Calendars(by.authority_id)
    counts = {}
    for unit in units:
        days = calendars.days_of(unit.pk)
        SchoolDay.objects.filter(unit=unit).delete()
        SchoolDay.objects.bulk_create(
            [
                SchoolDay(unit=unit, date=d.date, day_no=number, term=d.term, after_break=d.after_break)
                for number, d in enumerate(days, start=1)
            ],
            batch_size=1000,
        )
        counts[unit.pk] = len(days)
        record(EventKind.CALENDAR_CHANGED, by=by, about=unit, details={"school_days": len(days)})
    return counts
