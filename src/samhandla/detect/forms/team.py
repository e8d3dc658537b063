"""What the pupil-health team writes in its list."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class TeamStartForm(forms.Form):
    """Who begins with what: the viewer, in one sentence."""

    reason = forms.CharField(
        label=_("Vad börjar du med?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}), strip=True
    )
