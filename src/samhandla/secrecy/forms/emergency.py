"""Whom somebody wants to open and why; a review; the authority's setting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from samhandla.people.models import Organisation, Staff
from samhandla.secrecy.models import Emergency
from samhandla.secrecy.rules.emergency import MOST_HOURS


def _hours(count: int) -> str:
    return ngettext("%(count)s timme", "%(count)s timmar", count) % {"count": count}


class OpenForm(forms.Form):
    """One pupil by school and whole name, a reason, and for how long."""

    unit = forms.ModelChoiceField(label=_("Skola"), queryset=Organisation.objects.none())
    given_name = forms.CharField(label=_("Elevens förnamn"), max_length=100)
    family_name = forms.CharField(label=_("Elevens efternamn"), max_length=100)
    born = forms.DateField(
        label=_("Elevens födelsedag"), required=False,
        help_text=_("Behövs bara när flera har samma namn."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Varför behöver du öppna nu?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Läses av mentor, rektor och granskaren."),
    )  # fmt: skip
    hours = forms.TypedChoiceField(label=_("Hur länge?"), coerce=int)

    def __init__(self, *args: Any, units: QuerySet[Organisation], most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit, hours = self.fields["unit"], self.fields["hours"]
        assert isinstance(unit, forms.ModelChoiceField)
        assert isinstance(hours, forms.ChoiceField)
        unit.queryset = units
        hours.choices = [(number, _hours(number)) for number in range(1, most + 1)]
        hours.initial = most


class ReviewForm(forms.Form):
    """What the reviewer says of one."""

    verdict = forms.ChoiceField(choices=Emergency.Verdict)
    note = forms.CharField(max_length=2000, required=False)


class SettingForm(forms.Form):
    """How long it lasts at most, and who reviews."""

    hours = forms.TypedChoiceField(
        label=_("Längsta tid"), coerce=int, choices=[(n, n) for n in range(1, MOST_HOURS + 1)]
    )
    reviewer = forms.ModelChoiceField(
        label=_("Granskare"), queryset=Staff.objects.none(),
        help_text=_("Dataskyddsombud, jurist eller chef över skolorna. Granskarens ersättare tar över."),
    )  # fmt: skip

    def __init__(self, *args: Any, reviewers: QuerySet[Staff], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reviewer, hours = self.fields["reviewer"], self.fields["hours"]
        assert isinstance(reviewer, forms.ModelChoiceField)
        assert isinstance(hours, forms.ChoiceField)
        reviewer.queryset = reviewers
        hours.choices = [(number, _hours(number)) for number in range(1, MOST_HOURS + 1)]
