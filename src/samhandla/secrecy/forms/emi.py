"""What the medical pupil health (EMI) writes."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from samhandla.secrecy.models import EmiNote


class EmiNoteForm(forms.Form):
    """A short note: never care, diagnosis or measurement."""

    kind = forms.ChoiceField(
        label=_("Vad gäller det?"), choices=EmiNote.Kind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Anteckning"),
        help_text=_("Kort. Vård, bedömningar och mätvärden skrivs i patientjournalen, inte här."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
