"""What is written at a närvarohandledning: three open questions, what we do, next date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samhandla.people.queries import today

LONGEST = timedelta(days=366)


def _question(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class GuidanceForm(forms.Form):
    """Three open questions. No pupil is named here; what concerns a pupil is written at the signal."""

    works = _question(_("Vad fungerar?"))
    wonder = _question(_("Vad undrar vi över?"))
    need = _question(_("Vad behöver du?"))
    we_do = forms.CharField(
        label=_("Det här gör vi"),
        max_length=2000,
        help_text=_("Vem gör vad till när. Skriv inga elevnamn: det som gäller en elev skrivs vid signalen."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Skriv vad ni gör. En mening räcker.")},
    )
    next_on = forms.DateField(
        label=_("Nästa gång"),
        help_text=_("Förslaget är fyra veckor fram. Ändra om ni ses en annan dag."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Välj en dag för nästa gång.")},
    )

    def clean_next_on(self) -> date:
        day: date = self.cleaned_data["next_on"]
        if not today() < day <= today() + LONGEST:
            raise forms.ValidationError(_("Välj en dag efter i dag, högst ett år fram."))
        return day
