"""Invented content for the page that shows every component in every state (development and tests)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samhandla.web.charts.absence_calendar import AbsenceCalendar, Day, absence_calendar
from samhandla.web.charts.bars import Bar, Bars, Line, Point, bars, line

_FIRST = date(2026, 1, 12)
_LAST = date(2026, 3, 31)
_UNTIL = date(2026, 3, 20)
_BREAK = {date(2026, 2, 23) + timedelta(days=i) for i in range(5)}


class ExampleForm(forms.Form):
    """One field of each kind."""

    what = forms.CharField(
        label=_("Vad kom ni överens om?"), widget=forms.Textarea, help_text=_("Egna ord räcker.")
    )
    until = forms.DateField(label=_("Följs till"), widget=forms.DateInput(attrs={"type": "date"}))
    step = forms.ChoiceField(
        label=_("Steg i närvarotrappan"), choices=[("1", _("Steg 1")), ("2", _("Steg 2"))]
    )
    answer = forms.ChoiceField(
        label=_("Ställningstagande"),
        choices=[("act", _("Jag agerar")), ("follow", _("Följs till ett datum"))],
        widget=forms.RadioSelect,
    )
    tell = forms.BooleanField(label=_("Berätta för eleven att det går åt rätt håll"), required=False)
    file = forms.FileField(label=_("Fil"), required=False)


def showroom() -> dict[str, Any]:
    """Return the content of the page: the same every time."""
    return {
        "form": ExampleForm(),
        "wrong_form": ExampleForm(
            {"fel-what": "", "fel-until": "i morgon", "fel-step": "1", "fel-answer": "act"}, prefix="fel"
        ),
        "calendar": _calendar(),
        "quiet_calendar": absence_calendar([], first=date(2026, 4, 1), last=date(2026, 4, 30)),
        "bars": _bars(),
        "line": _line(),
        "page": _page(),
        "until": _UNTIL,
        "tabs": [
            {"url": "?flik=1", "title": _("Att ta ställning till"), "current": True, "count": 3},
            {"url": "?flik=2", "title": _("Följs till ett datum"), "current": False, "count": 5},
            {"url": "?flik=3", "title": _("Håll i"), "current": False, "count": None},
        ],
        "timeline": [
            {
                "at": date(2026, 3, 3),
                "what": _("Samtal med Alma"),
                "who": _("mentor"),
                "text": _("Bussen är sen."),
            },
            {"at": date(2026, 2, 24), "what": _("Signal: fyra korta perioder"), "who": "", "text": ""},
        ],
        "keys": [{"key": "1", "what": _("Jag agerar")}, {"key": "2", "what": _("Följs till ett datum")}],
        "notes": [
            Message(messages.SUCCESS, gettext("Ställningstagandet är sparat.")),
            Message(messages.INFO, gettext("Två elever till väntar hos rektor.")),
            Message(messages.WARNING, gettext("Den senaste importen är försenad.")),
            Message(messages.ERROR, gettext("Filen kunde inte läsas: rad 14 saknar datum.")),
        ],
        "tags": [
            ("good", _("klart")),
            ("wait", _("väntar på svar")),
            ("late", _("försenad")),
            ("info", _("följs till 3 mars")),
            ("draft", _("utkast")),
            ("", _("inte påbörjat")),
        ],
    }


def _page() -> Any:
    return Paginator(range(800), 20).get_page(4)


def _calendar() -> AbsenceCalendar:
    days = []
    for ordinal in range(_FIRST.toordinal(), _UNTIL.toordinal() + 1):
        day = date.fromordinal(ordinal)
        if day.weekday() > 4 or day in _BREAK:
            continue
        days.append(_example_day(day))
    return absence_calendar(days, first=_FIRST, last=_LAST, until=_UNTIL)


def _example_day(day: date) -> Day:
    if day.weekday() == 4 and day > date(2026, 2, 1):
        return Day(day, 300, invalid=300 if day.day % 2 else 120, reported=300)
    if day in (date(2026, 1, 20), date(2026, 1, 21), date(2026, 3, 4)):
        return Day(day, 320, valid=320, reported=320)
    if day == date(2026, 2, 11):
        return Day(day, 320, valid=80, invalid=160, reported=320)
    if day == date(2026, 2, 4):
        return Day(day, 320, reported=0)
    return Day(day, 320, reported=320, late=15 if day.day in (3, 17) else 0)


def _bars() -> Bars:
    rows = [
        Bar("Bergaskolan", 0.123, 412, 3, reporting_rate=0.98),
        Bar("Lundaskolan", 0.187, 288, 0, reporting_rate=0.94),
        Bar("Norra skolan", 0.09, 190, 41, reporting_rate=0.61, uncertain=True),
        Bar("Resursskolan", None, 7, 0, hidden=True, reporting_rate=0.99),
        Bar("Sjöskolan", None, 120, 120, reporting_rate=0.0),
    ]
    return bars(rows, target=0.1)


def _line() -> Line:
    shares = (
        ("HT23", 0.151),
        ("VT24", 0.163),
        ("HT24", None),
        ("VT25", 0.148),
        ("HT25", 0.139),
        ("VT26", 0.123),
    )
    return line([Point(label, share, None if share is None else 4000) for label, share in shares], target=0.1)
