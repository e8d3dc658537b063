"""The limit of the data-quality page."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class LimitForm(forms.Form):
    """Below which reporting rate every figure is greyed."""

    percent = forms.IntegerField(
        label=_("Lägsta andel registrerade lektioner, procent"),
        min_value=1,
        max_value=100,
        help_text=_("Under gränsen visas alla siffror som osäkra. Vanligt är 80."),
    )
