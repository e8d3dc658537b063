"""The school calendar: what is set where, and what follows for each unit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from samhandla.lib.schoolcalendar import (
    Day,
    DayOff,
    TermDates,
    is_free_anyway,
    school_days,
    weekday_holidays,
)
from samhandla.people.models import Break, Organisation, Term
from samhandla.people.rules import terms_in_force


class Calendars:
    """The terms and breaks of an authority, fetched once; days without a row can be tried on."""

    def __init__(self, authority_id: int) -> None:
        organisations = Organisation.objects.filter(authority_id=authority_id)
        self._parent = dict(organisations.values_list("pk", "parent_id"))
        self._terms: dict[int, list[TermDates]] = defaultdict(list)
        self._breaks: dict[int, list[DayOff]] = defaultdict(list)
        for term in Term.objects.filter(organisation__authority_id=authority_id).order_by("valid_from"):
            self._terms[term.organisation_id].append(
                TermDates(term.name, term.valid_from, term.valid_to or term.valid_from)
            )
        for off in Break.objects.filter(organisation__authority_id=authority_id).order_by("valid_from"):
            self._breaks[off.organisation_id].append(DayOff(off.valid_from, off.valid_to or off.valid_from))

    def levels_of(self, organisation_id: int) -> list[int]:
        """Return an organisation and those above it, nearest first."""
        found: list[int] = []
        current: int | None = organisation_id
        while current is not None and current not in found:
            found.append(current)
            current = self._parent.get(current)
        return found

    def try_break(self, organisation_id: int, first: date, last: date) -> None:
        self._breaks[organisation_id].append(DayOff(first, last))

    def try_term(self, organisation_id: int, name: str, first: date, last: date) -> None:
        kept = [t for t in self._terms[organisation_id] if t.name != name]
        self._terms[organisation_id] = [*kept, TermDates(name, first, last)]

    def days_of(self, unit_id: int) -> list[Day]:
        """Return a unit's school days, from its own terms and breaks and those above it."""
        levels = self.levels_of(unit_id)
        terms = terms_in_force([self._terms[level] for level in levels])
        return school_days(terms, [off for level in levels for off in self._breaks[level]])


@dataclass(frozen=True)
class TermRow:
    """A term as an organisation has it, its own or inherited, with its school days."""

    term: Term
    inherited: bool
    school_days: int
    holidays: tuple[tuple[date, str], ...]


@dataclass(frozen=True)
class BreakRow:
    off: Break
    inherited: bool


@dataclass(frozen=True)
class Change:
    """How many school days a unit has before and after a change."""

    unit: Organisation
    before: int
    after: int


def list_terms_of(organisation: Organisation, *, since: date) -> list[TermRow]:
    """Return the terms that count for an organisation and have not ended before a day, in order.

    Queries: four.
    """
    calendars = Calendars(organisation.authority_id)
    levels = calendars.levels_of(organisation.pk)
    rows = Term.objects.filter(organisation_id__in=levels, valid_to__gte=since).select_related("organisation")
    nearest: dict[str, Term] = {}
    for term in sorted(rows, key=lambda t: levels.index(t.organisation_id)):
        nearest.setdefault(term.name, term)
    days = calendars.days_of(organisation.pk)
    language = (get_language() or "sv")[:2]
    return [
        TermRow(
            term,
            term.organisation_id != organisation.pk,
            sum(1 for d in days if d.term == term.name),
            tuple(weekday_holidays(term.valid_from, term.valid_to or term.valid_from, language)),
        )
        for term in sorted(nearest.values(), key=lambda t: t.valid_from)
    ]


def list_breaks_of(organisation: Organisation, *, since: date) -> list[BreakRow]:
    """Return the days without school that count for an organisation from a day on, in order.

    A row that only repeats public holidays is left out: they are free anyway and stand with the terms.
    """
    levels = Calendars(organisation.authority_id).levels_of(organisation.pk)
    rows = Break.objects.filter(organisation_id__in=levels, valid_to__gte=since)
    ordered = rows.select_related("organisation").order_by("valid_from", "pk")
    return [
        BreakRow(off, off.organisation_id != organisation.pk)
        for off in ordered
        if not is_free_anyway(off.valid_from, off.valid_to or off.valid_from)
    ]


def preview_break(
    units: list[Organisation], organisation: Organisation, first: date, last: date
) -> list[Change]:
    """Return how many school days each unit would have with some days off, and has today."""
    now, then = Calendars(organisation.authority_id), Calendars(organisation.authority_id)
    then.try_break(organisation.pk, first, last)
    return _compare(units, now, then, first, last)


def preview_term(
    units: list[Organisation], organisation: Organisation, name: str, first: date, last: date
) -> list[Change]:
    """Return how many school days each unit would have with a term's days, and has today."""
    now, then = Calendars(organisation.authority_id), Calendars(organisation.authority_id)
    then.try_term(organisation.pk, name, first, last)
    return _compare(units, now, then, first, last)


def _compare(
    units: list[Organisation], now: Calendars, then: Calendars, first: date, last: date
) -> list[Change]:
    """Compare whole terms that the days touch, so that the figures are those of a school year's plan."""
    found = []
    for unit in units:
        before, after = now.days_of(unit.pk), then.days_of(unit.pk)
        touched = {d.term for d in (*before, *after) if first <= d.date <= last}
        found.append(
            Change(unit, sum(d.term in touched for d in before), sum(d.term in touched for d in after))
        )
    return found
