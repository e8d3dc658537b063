"""What a person decides about each text of an extract."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samhandla.rights.forms.asking import area
from samhandla.rights.models import Withheld
from samhandla.rights.rules.pieces import Decision, Open

GIVE = "give"


class LookForm(forms.Form):
    """One choice for each text, and that all of it has been read.

    Args:
        texts: those of the extract, in its order.
    """

    weighing = area(
        _("Elevens mognad eller egen inställning"),
        _(
            "Fyll i om eleven är under 16 år och begär själv, eller har fyllt 16 år och en vårdnadshavare"
            " begär."
        ),
        required=False, rows=2,
    )  # fmt: skip
    done = forms.BooleanField(label=_("Jag har läst igenom hela utdraget."), required=False)

    def __init__(self, *args: Any, texts: Iterable[Open], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = list(texts)
        for number, one in enumerate(self.texts):
            self.fields[f"text-{number}"] = forms.ChoiceField(
                label=f"{one.heading}, {one.label}",
                choices=[("", _("inte bestämt")), (GIVE, _("lämnas")), *Withheld.Ground.choices],
                required=False,
                initial=_said(one),
            )

    @property
    def choices(self) -> list[tuple[Open, forms.BoundField]]:
        """Each text with its field."""
        return [(one, self[f"text-{number}"]) for number, one in enumerate(self.texts)]

    def decisions(self) -> dict[str, Decision]:
        """Return what was chosen, by piece; what was left undecided is not there."""
        said = {one.key: self.cleaned_data[f"text-{n}"] for n, one in enumerate(self.texts)}
        return {
            key: Decision(True) if value == GIVE else Decision(False, value)
            for key, value in said.items()
            if value
        }


def _said(one: Open) -> str:
    if one.decision is None:
        return "" if one.because else GIVE
    return GIVE if one.decision.given else one.decision.ground
