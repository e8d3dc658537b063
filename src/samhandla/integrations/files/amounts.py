"""From the amounts and codes of one row to minutes of offered, attended and missed time."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, replace

from samhandla.analytics.tables.attendance import MAX_LESSON_MINUTES
from samhandla.integrations.files.findings import Cell, Problem
from samhandla.integrations.files.mapping import AMOUNTS, Kind, Mapping, Mark
from samhandla.integrations.files.values import Amount, BadValue, Unit, clean, parse_amount, shown
from samhandla.lib.i18n import N_, say

MINUTES_PER_DAY = 24 * 60
# Hours and percentages are rounded in the source; sums may pass the offered time by this much.
ROUNDING_MINUTES = 6
ROUNDING_SHARE = 0.01
YES = frozenset({"1", "ja", "j", "x", "true", "sant", "yes", "y"})
NO = frozenset({"0", "nej", "n", "false", "falskt", "no"})
EXACT_UNITS = frozenset({Unit.MINUTES, Unit.CLOCK, Unit.FRACTION})


@dataclass(frozen=True)
class Minutes:
    """The time of one row. `reported` is minutes for totals (None: not told), 0 or 1 for lessons."""

    offered: int = 0
    present: int = 0
    valid: int = 0
    invalid: int = 0
    other: int = 0
    reported: int | None = 1
    notes: tuple[Problem, ...] = ()

    @property
    def absent(self) -> int:
        return self.valid + self.invalid


@dataclass(frozen=True)
class AmountCells:
    """The raw cells of one row that decide its minutes; a missing column is None."""

    status: str | None
    amounts: tuple[str | None, ...]  # in the order of AMOUNTS
    clock_minutes: int | None


class Reckoner:
    """Works out minutes by one mapping. One object per file; `cell` is pure."""

    def __init__(self, mapping: Mapping, units: Map[str, Unit]) -> None:
        self.mapping = mapping
        self.units = units
        codes = mapping.values.get("status", {})
        self.marks = {_code(code): Mark(mark) for code, mark in codes.items()}
        self.late_counted_in_invalid = mapping.says("late") == "inside_invalid"
        self.exact = all(
            unit in EXACT_UNITS for name, unit in units.items() if name not in {"reported", "unreported"}
        )

    def cell(self, cells: AmountCells) -> Cell:
        """Work out one row; what cannot be worked out becomes problems instead of minutes."""
        try:
            minutes = self._work_out(cells)
        except BadValue as error:
            return Cell(None, (Problem(*_field_and_reason(error)),))
        return Cell(minutes, minutes.notes)

    def _work_out(self, cells: AmountCells) -> Minutes:
        mark = self._mark(cells.status)
        amounts = {name: self._amount(name, text) for name, text in zip(AMOUNTS, cells.amounts, strict=True)}
        if mark is Mark.CANCELLED:
            note = Problem("status", N_("Lektionen är inställd och räknas inte."), kept=True)
            return Minutes(reported=0, notes=(note,))
        offered = self._offered(amounts, cells.clock_minutes)
        times = {
            name: self._minutes(name, amount, offered)
            for name, amount in amounts.items()
            if amount is not None and name not in {"offered", "reported", "unreported"}
        }
        if mark is None:
            minutes = self._from_columns(offered, times)
        else:
            minutes = self._from_mark(mark, offered, times)
        minutes = self._with_reported(minutes, amounts)
        return self._checked(minutes, present_given="present" in times)

    def _mark(self, status: str | None) -> Mark | None:
        if status is None:
            return None
        code = clean(status)
        mark = self.marks.get(_code(code))
        if mark is None and code:
            raise _bad(
                "status", say(N_("Koden {value} är inte kopplad till någon betydelse."), value=shown(code))
            )
        return mark

    def _amount(self, name: str, text: str | None) -> Amount | bool | None:
        if text is None:
            return None
        try:
            trimmed = clean(text)
            if trimmed in {"", "-", "–"}:
                return None
            if name == "reported" and self.mapping.kind is Kind.LESSONS:
                return _yes_or_no(trimmed)
            return parse_amount(trimmed, self.units.get(name, Unit.MINUTES))
        except BadValue as error:
            raise _bad(name, str(error)) from error

    def _offered(self, amounts: Map[str, Amount | bool | None], clock_minutes: int | None) -> int:
        given = amounts["offered"]
        wholes = [a.whole for a in amounts.values() if isinstance(a, Amount) and a.whole is not None]
        default = self.mapping.day_minutes if self.mapping.kind is Kind.DAYS else self.mapping.lesson_minutes
        if isinstance(given, Amount):
            offered: float | None = self._absolute("offered", given)
        elif wholes:
            offered = wholes[0]
        elif clock_minutes is not None:
            offered = clock_minutes
        else:
            offered = None if self.mapping.kind is Kind.TOTALS else default
        if offered is None:
            raise _bad("offered", N_("Undervisningstiden saknas, och kopplingen anger ingen lektionslängd."))
        self._check_length(round(offered))
        return round(offered)

    def _check_length(self, offered: int) -> None:
        if self.mapping.kind is Kind.LESSONS and offered > MAX_LESSON_MINUTES:
            raise _bad(
                "offered",
                say(
                    N_("Lektionen är {offered} minuter; längre än {limit} minuter tas inte emot."),
                    offered=offered,
                    limit=MAX_LESSON_MINUTES,
                ),
            )
        if self.mapping.kind is Kind.DAYS and offered > MINUTES_PER_DAY:
            raise _bad("offered", N_("Dagen är längre än 24 timmar."))

    def _absolute(self, name: str, amount: Amount) -> float:
        lesson, day = self.mapping.lesson_minutes, self.mapping.day_minutes
        factor = {
            Unit.MINUTES: 1,
            Unit.FRACTION: 1,
            Unit.HOURS: 60,
            Unit.LESSONS: lesson,
            Unit.DAYS: day,
        }.get(amount.unit)
        if factor is None:
            raise _bad(
                name, N_("Måttet går inte att räkna om till minuter utan lektionens eller dagens längd.")
            )
        return amount.number * factor

    def _minutes(self, name: str, amount: Amount | bool, offered: int) -> float:
        assert isinstance(amount, Amount)
        if amount.unit is Unit.PERCENT:
            return amount.number * offered / 100
        if amount.unit is Unit.SHARE:
            return amount.number * offered
        if amount.unit is Unit.DAYS and self.mapping.kind is Kind.DAYS:
            return amount.number * offered
        return self._absolute(name, amount)

    def _from_columns(self, offered: int, times: dict[str, float]) -> Minutes:
        if not times:
            raise _bad("status", N_("Raden säger inget om närvaro eller frånvaro."))
        valid, invalid = times.get("valid"), times.get("invalid")
        late = 0.0 if self.late_counted_in_invalid else times.get("late", 0.0)
        absence = times.get("absence")
        if absence is not None and valid is None and invalid is None and absence > 0:
            raise _bad("absence", N_("Frånvaron är inte uppdelad i giltig och ogiltig."))
        if absence is not None and valid is not None and invalid is None:
            invalid = max(0.0, absence - valid)
        if absence is not None and invalid is not None and valid is None:
            valid = max(0.0, absence - invalid)
        return self._filled(offered, times, valid or 0.0, (invalid or 0.0) + late, times.get("other", 0.0))

    def _from_mark(self, mark: Mark, offered: int, times: dict[str, float]) -> Minutes:
        if mark is Mark.UNREPORTED:
            return Minutes(offered=offered, reported=0)
        if mark is Mark.PRESENT:
            if any(times.get(name, 0) > 0 for name in ("valid", "invalid", "absence")):
                raise _bad("status", N_("Koden säger närvaro men raden har frånvarominuter."))
            late = times.get("late", 0.0)
            return self._filled(offered, times, 0.0, late, times.get("other", 0.0))
        if mark is Mark.LATE:
            return self._late(offered, times)
        given = times.get(str(mark), times.get("absence"))
        if given is None and self._amount_expected(mark) and self.mapping.blank_absence == "refuse":
            raise _bad(
                "absence", N_("Frånvaron saknar längd, och kopplingen säger inte att den gäller allt.")
            )
        length = float(offered) if given is None else given
        parts = {Mark.VALID: 0.0, Mark.INVALID: 0.0, Mark.OTHER: 0.0, mark: length}
        return self._filled(offered, times, parts[Mark.VALID], parts[Mark.INVALID], parts[Mark.OTHER])

    def _amount_expected(self, mark: Mark) -> bool:
        return "absence" in self.units or str(mark) in self.units

    def _late(self, offered: int, times: dict[str, float]) -> Minutes:
        length = next((times[name] for name in ("late", "invalid", "absence") if name in times), None)
        if length is None:
            note = Problem("late", N_("Sen ankomst utan minuter; räknas som närvaro hela tiden."), kept=True)
            return replace(self._filled(offered, times, 0.0, 0.0, 0.0), notes=(note,))
        return self._filled(offered, times, 0.0, length, 0.0)

    def _filled(
        self, offered: int, times: dict[str, float], valid: float, invalid: float, other: float
    ) -> Minutes:
        rest = max(0.0, offered - valid - invalid - other)
        present = times.get("present", rest)
        return Minutes(offered, round(present), round(valid), round(invalid), round(other))

    def _with_reported(self, minutes: Minutes, amounts: Map[str, Amount | bool | None]) -> Minutes:
        given = amounts["reported"]
        if self.mapping.kind is Kind.LESSONS:
            if given is False:
                present = minutes.present if amounts["present"] is not None else 0
                return replace(minutes, reported=0, present=present)
            return minutes
        if minutes.reported == 0:
            return minutes
        if isinstance(given, Amount):
            return replace(minutes, reported=round(self._minutes("reported", given, minutes.offered)))
        left_out = amounts["unreported"]
        if isinstance(left_out, Amount):
            rest = minutes.offered - self._minutes("unreported", left_out, minutes.offered)
            return replace(minutes, reported=round(rest))
        return replace(minutes, reported=None)

    def _checked(self, minutes: Minutes, *, present_given: bool) -> Minutes:
        slack = 0 if self.exact else max(ROUNDING_MINUTES, round(ROUNDING_SHARE * minutes.offered))
        if minutes.absent > minutes.offered + slack:
            raise _bad(
                "absence",
                say(
                    N_("Frånvaron är {absent} minuter men undervisningstiden bara {offered}."),
                    absent=minutes.absent,
                    offered=minutes.offered,
                ),
            )
        total = minutes.absent + minutes.present + minutes.other
        if total > minutes.offered + slack:
            raise _bad(
                "present",
                say(
                    N_("Minuterna blir tillsammans {total} men undervisningstiden är {offered}."),
                    total=total,
                    offered=minutes.offered,
                ),
            )
        if minutes.reported is not None and self.mapping.kind is not Kind.LESSONS:
            if not 0 <= minutes.reported <= minutes.offered + ROUNDING_MINUTES:
                raise _bad("reported", N_("Den registrerade tiden är längre än undervisningstiden."))
            minutes = replace(minutes, reported=min(minutes.reported, minutes.offered))
        if total > minutes.offered:
            return _without_rounding_excess(minutes, total - minutes.offered)
        if present_given and minutes.reported != 0 and total < minutes.offered - slack:
            note = Problem(
                "present",
                say(
                    N_("Minuterna blir tillsammans {total} av {offered}; resten är okänd."),
                    total=total,
                    offered=minutes.offered,
                ),
                kept=True,
            )
            return replace(minutes, notes=(*minutes.notes, note))
        return minutes


def _without_rounding_excess(minutes: Minutes, excess: int) -> Minutes:
    """Take a rounding excess from the largest part, so that the parts fill the whole exactly."""
    parts = {name: getattr(minutes, name) for name in ("present", "other", "valid", "invalid")}
    for name in sorted(parts, key=lambda part: (-parts[part], part)):
        cut = min(parts[name], excess)
        parts[name] -= cut
        excess -= cut
    note = Problem("offered", N_("Avrundade timmar eller procent jämkades till hela minuter."), kept=True)
    return replace(minutes, **parts, notes=(*minutes.notes, note))


def _yes_or_no(text: str) -> bool:
    if text.casefold() in YES:
        return True
    if text.casefold() in NO:
        return False
    raise BadValue(say(N_("{value} är varken ja eller nej."), value=shown(text)))


def yes_no_or_blank(text: str) -> bool | None:
    """Read a yes/no cell; blank is None.

    Raises:
        BadValue: neither yes nor no.
    """
    trimmed = clean(text)
    return None if trimmed == "" else _yes_or_no(trimmed)


def _code(text: str) -> str:
    return " ".join(text.split()).casefold()


def _bad(field: str, reason: str) -> BadValue:
    return BadValue(field, reason)


def _field_and_reason(error: BadValue) -> tuple[str, str]:
    return (error.args[0], error.args[1]) if len(error.args) == 2 else ("status", str(error))
