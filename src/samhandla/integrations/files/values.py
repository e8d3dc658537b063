"""Understand single cells: dates, times, amounts of time. Refuses with a reason in Swedish."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from samhandla.lib.i18n import N_, say

STOCKHOLM = ZoneInfo("Europe/Stockholm")
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)
MAX_SHOWN = 20
WEEKDAYS = (
    N_("måndag"),
    N_("tisdag"),
    N_("onsdag"),
    N_("torsdag"),
    N_("fredag"),
    N_("lördag"),
    N_("söndag"),
)
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari",
            "feb februari",
            "mar mars",
            "apr april",
            "maj",
            "jun juni",
            "jul juli",
            "aug augusti",
            "sep sept september",
            "okt oktober",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}


class Unit(StrEnum):
    """How a column writes an amount of time."""

    MINUTES = "minutes"
    HOURS = "hours"
    CLOCK = "clock"  # H:MM, an amount and not a time of day
    PERCENT = "percent"  # of the offered time
    SHARE = "share"  # 0-1 of the offered time
    FRACTION = "fraction"  # "10/60": minutes of the lesson's minutes
    LESSONS = "lessons"
    DAYS = "days"


class DateStyle(StrEnum):
    """How a column writes days. Swedish covers 2026-03-09, 9/3 2026, 9.3.2026 and 9 mars 2026."""

    ISO = "iso"
    SWEDISH = "swedish"
    MDY = "mdy"


class BadValue(ValueError):
    """A cell that cannot be understood; the text is the reason, in Swedish."""


@dataclass(frozen=True)
class Amount:
    """An amount of time as written: `number` in `unit`; `whole` is the 60 of "10/60"."""

    number: float
    unit: Unit
    whole: float | None = None


def shown(text: str) -> str:
    """A cell as a message may show it: short codes as they are, free text only as its length.

    Why: a column chosen by mistake may hold free text about a child's health.
    """
    if len(text) <= MAX_SHOWN and len(text.split()) <= 2:
        return f"”{text}”"
    return say(N_("en text på {length} tecken"), length=len(text))


def clean(text: str) -> str:
    """Trim a cell; Excel's error values are refused.

    Raises:
        BadValue: an Excel error, a formula without a value, or a line break inside the cell.
    """
    trimmed = re.sub(" +", " ", text.replace("\xa0", " ")).strip()
    if trimmed.startswith("#") and trimmed.rstrip("!?").lstrip("#").replace("/", "").isupper():
        raise BadValue(say(N_("Cellen innehåller Excel-felet {value}."), value=shown(trimmed)))
    if "\n" in trimmed or "\r" in trimmed:
        raise BadValue(N_("Cellen innehåller radbrytning; troligen saknas ett citattecken i filen."))
    return trimmed


def parse_date(text: str, style: DateStyle) -> date:
    """Read a day; a time of day after it is left out.

    Raises:
        BadValue: not a day in that style, or before 1990 or after 2099.
    """
    parts = _iso_parts(text) or (_mdy_parts(text) if style is DateStyle.MDY else None)
    if parts is None and style is DateStyle.SWEDISH:
        parts = _swedish_parts(text)
    if parts is None:
        raise BadValue(say(N_("{value} är inget datum."), value=shown(text)))
    try:
        day = date(*parts)
    except ValueError as error:
        raise BadValue(say(N_("Dagen {value} finns inte."), value=shown(text))) from error
    if not EARLIEST <= day < LATEST:
        raise BadValue(say(N_("Året i {value} är orimligt."), value=shown(text)))
    return day


def _iso_parts(text: str) -> tuple[int, int, int] | None:
    found = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})(?=$|[T ])", text) or re.fullmatch(
        r"(\d{4})(\d{2})(\d{2})", text
    )
    return _whole_numbers(found)


def _mdy_parts(text: str) -> tuple[int, int, int] | None:
    found = re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})(?=$| )", text)
    return (int(found[3]), int(found[1]), int(found[2])) if found else None


def _swedish_parts(text: str) -> tuple[int, int, int] | None:
    found = re.match(r"(\d{1,2})[./-](\d{1,2})[./ -](\d{4})(?=$| )", text)
    if found:
        return int(found[3]), int(found[2]), int(found[1])
    slashed = re.match(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?=$| )", text)
    if slashed:
        return _whole_numbers(slashed)
    worded = re.match(r"(?:\w+ )?(?:den )?(\d{1,2})\.? ([a-zåäö]+)\.? (\d{4})(?=$| )", text.lower())
    if worded and worded[2] in MONTHS:
        return int(worded[3]), MONTHS[worded[2]], int(worded[1])
    return None


def _whole_numbers(found: re.Match[str] | None) -> tuple[int, int, int] | None:
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def parse_time(text: str) -> int:
    """Read a time of day as minutes after midnight in Stockholm.

    Takes 08:15, 8.15, 0815, 8:15:00, and a date-time; an offset in it is turned into Swedish time.

    Raises:
        BadValue: not a time of day.
    """
    if "T" in text or re.match(r"\d{4}-\d{2}-\d{2} ", text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise BadValue(say(N_("{value} är inget klockslag."), value=shown(text))) from error
        local = moment.astimezone(STOCKHOLM) if moment.tzinfo else moment
        return local.hour * 60 + local.minute
    found = re.fullmatch(r"(?:kl\.? ?)?(\d{1,2})[:.](\d{2})(?:[:.]\d{2})?|(\d{1,2})(\d{2})", text.lower())
    if not found:
        raise BadValue(say(N_("{value} är inget klockslag."), value=shown(text)))
    hour, minute = int(found[1] or found[3]), int(found[2] or found[4])
    if hour > 23 or minute > 59:
        raise BadValue(say(N_("Klockslaget {value} finns inte."), value=shown(text)))
    return hour * 60 + minute


def parse_number(text: str) -> float:
    """Read a number with decimal comma or point; spaces between thousands are allowed.

    Raises:
        BadValue: not a number, or a number so large that its digits were lost.
    """
    plain = re.sub(r"(?<=\d)[ \u202f\u2009](?=\d{3})", "", text).replace("−", "-").replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d{1,12}(\.\d*)?|\.\d+)", plain):
        raise BadValue(say(N_("{value} är inget tal."), value=shown(text)))
    return float(plain)


def parse_amount(text: str, unit: Unit) -> Amount:
    """Read an amount of time; what the cell itself says (10/60, 12 %, 1:30, 2 tim) goes first.

    Raises:
        BadValue: not an amount, or negative.
    """
    lowered = text.lower()
    fraction = re.fullmatch(r"([^/]+)/([^/]+)", lowered)
    if fraction:
        amount = Amount(parse_number(fraction[1].strip()), Unit.FRACTION, parse_number(fraction[2].strip()))
    elif lowered.endswith("%"):
        amount = Amount(parse_number(lowered[:-1].strip()), Unit.PERCENT)
    elif clock := re.fullmatch(r"(-?)(\d{1,5}):(\d{2})(?::00)?", lowered):
        minutes = int(clock[2]) * 60 + int(clock[3])
        amount = Amount(-minutes if clock[1] else minutes, Unit.MINUTES)
    else:
        amount = _with_word(lowered, unit)
    if amount.number < 0 or (amount.whole is not None and amount.whole < 0):
        raise BadValue(say(N_("{value} är negativt."), value=shown(text)))
    return amount


def _with_word(text: str, unit: Unit) -> Amount:
    found = re.fullmatch(r"(.*\d)\s*(min|minuter|m|tim|timmar|h|t)\.?", text)
    if not found:
        return Amount(parse_number(text), Unit.MINUTES if unit is Unit.CLOCK else unit)
    hours = found[2] in {"tim", "timmar", "h", "t"}
    return Amount(parse_number(found[1]), Unit.HOURS if hours else Unit.MINUTES)


def parse_whole(text: str) -> int:
    """Read a whole number.

    Raises:
        BadValue: not a whole number.
    """
    number = parse_number(text)
    if number != int(number):
        raise BadValue(say(N_("{value} är inget heltal."), value=shown(text)))
    return int(number)


def weekend_name(day: date) -> str | None:
    """The name of the day when it is a Saturday or Sunday."""
    return say(WEEKDAYS[day.weekday()]) if day.weekday() >= 5 else None
