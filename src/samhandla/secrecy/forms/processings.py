"""A row of the register of processings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samhandla.secrecy.models import Processing
from samhandla.secrecy.rules.processings import WRITTEN


class ProcessingForm(forms.ModelForm):  # type: ignore[type-arg]  # the stubs' generic is no class at run time
    """What is done with which data about whom, and by what right."""

    class Meta:
        model = Processing
        fields = WRITTEN
        widgets = {  # noqa: RUF012 - Django's own way
            name: forms.Textarea(attrs={"rows": 2})
            for name in ("purpose", "data", "receivers", "why_consent")
        }
        help_texts = {  # noqa: RUF012 - Django's own way
            "basis": _(
                "Samtycke är normalt ingen grund mellan en skola och en familj: ett nej måste vara fritt."
            ),
            "why_consent": _("Behövs bara när grunden är samtycke."),
            "law": _("Paragraferna, så att en jurist kan slå upp dem."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance = Processing()  # a version is never changed: the action makes a new one

    def _post_clean(self) -> None:
        """What a whole row must fulfil is the action's to say."""
