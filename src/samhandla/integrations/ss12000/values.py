"""Single values at the edge: dates, moments, codes, as servers really send them.

Each reader returns the value, or raises ValueError with a Swedish reason.
"""

from __future__ import annotations

from datetime import date, datetime

from samhandla.integrations.records import Protection
from samhandla.integrations.ss12000.resources import STOCKHOLM
from samhandla.integrations.ss12000.valuelists import FORM_ALIASES, HIGHEST_OTHER_YEAR, HIGHEST_YEAR
from samhandla.lib.i18n import N_, say


def read_day(value: object) -> date:
    """Read a date; of a moment, its day in Stockholm."""
    if not isinstance(value, str):
        raise ValueError(N_("är inte ett datum"))
    text = value.strip()
    try:
        return date.fromisoformat(text) if len(text) <= 10 else read_moment(text).date()
    except ValueError as error:
        raise ValueError(N_("är inte ett datum i formen ÅÅÅÅ-MM-DD")) from error


def read_moment(value: object) -> datetime:
    """Read a moment into Stockholm time; one without an offset already is Stockholm time."""
    if not isinstance(value, str):
        raise ValueError(N_("är inte en tidpunkt"))
    try:
        moment = datetime.fromisoformat(value.strip())
        if moment.tzinfo is None:
            return moment.replace(tzinfo=STOCKHOLM)
        return moment.astimezone(STOCKHOLM)
    except (ValueError, OverflowError) as error:
        raise ValueError(N_("är inte en tidpunkt i formen ÅÅÅÅ-MM-DDTHH:MM:SS")) from error


def has_offset(value: str) -> bool:
    """Tell whether a moment that could be read says its offset from UTC."""
    return datetime.fromisoformat(value.strip()).tzinfo is not None


def read_minutes(value: object) -> int:
    """Read whole minutes, not negative."""
    if isinstance(value, str):
        value = value.strip().replace(",", ".")
    try:
        number = float(value)  # type: ignore[arg-type]  # caught below
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(N_("är inte ett antal minuter")) from error
    if isinstance(value, bool) or number != number or abs(number) > 10_000_000:
        raise ValueError(N_("är inte ett antal minuter"))
    if number < 0:
        raise ValueError(N_("är ett negativt antal minuter"))
    return round(number)


def read_form(value: object) -> str:
    """Read a school form code; the codes of Skolenhetsregistret become those of SS 12000."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(N_("är inte en skolform"))
    code = value.strip().upper()
    return FORM_ALIASES.get(code, code)


def read_school_year(value: object, form: str) -> int:
    """Read a school year within a form, whose highest year bounds it."""
    text = str(value).strip()
    if isinstance(value, bool) or not text.isdigit():
        raise ValueError(N_("är inte en årskurs"))
    year = int(text)
    if year > HIGHEST_YEAR.get(form, HIGHEST_OTHER_YEAR):
        raise ValueError(say(N_("är ingen årskurs i {form}"), form=form))
    return year


def read_municipality(value: object) -> str:
    """Read a municipality code; sent as a number it has lost its leading zero."""
    text = str(value).strip()
    if isinstance(value, bool) or not text.isdigit() or len(text) > 4:
        raise ValueError(N_("är inte en kommunkod med fyra siffror"))
    return text.zfill(4)


def read_protection(value: object) -> Protection:
    """Read the marking of the population register; a word that is not known counts as unknown."""
    if value is True:
        return Protection.MARKED
    text = str(value).strip().lower()
    if text in ("ingen", "nej", "false"):
        return Protection.NONE
    if "skydd" in text or "kvarskriv" in text:
        return Protection.REGISTERED
    if "sekretess" in text or text in ("ja", "true"):
        return Protection.MARKED
    return Protection.UNKNOWN
