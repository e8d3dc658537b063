"""A request as it is received at the school, and as a family makes it itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from samhandla.rights.actions.requests import Wish
from samhandla.rights.models import RightsRequest

CHILD = "child"
BY_HAND = [choice for choice in RightsRequest.Way.choices if choice[0] != RightsRequest.Way.PAGE]
PROOFS = [choice for choice in RightsRequest.Proof.choices if choice[0] != RightsRequest.Proof.LOGIN]


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def area(label: Any, help_text: Any = "", *, required: bool = True, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=4000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


class RequestForm(forms.Form):
    """A request that somebody has made at the school.

    Args:
        askers: whom it can come from, as choices of a reference and words.
    """

    who = forms.ChoiceField(label=_("Vem begär?"))
    kind = forms.ChoiceField(
        label=_("Vad begärs?"), choices=RightsRequest.Kind.choices, widget=forms.RadioSelect
    )
    received_on = forms.DateField(label=_("Begäran kom"), widget=day_input())
    way = forms.ChoiceField(label=_("Hur kom den?"), choices=BY_HAND)
    proof = forms.ChoiceField(
        label=_("Hur har du kontrollerat vem det är?"), choices=PROOFS,
        help_text=_("Spara ingen kopia av legitimationen."),
    )  # fmt: skip
    words = area(
        _("Vad säger personen?"), _("Behövs vid rättelse, begränsning och invändning."), required=False
    )
    weighing = area(
        _("Elevens mognad eller egen inställning"),
        _(
            "Fyll i om eleven är under 16 år och begär själv, eller har fyllt 16 år och en vårdnadshavare"
            " begär."
        ),
        required=False, rows=2,
    )  # fmt: skip

    def __init__(self, *args: Any, askers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = askers  # type: ignore[attr-defined]  # a choice field

    def wish(self) -> Wish:
        """Return what was filled in, as the action takes it."""
        said = dict(self.cleaned_data)
        who = said.pop("who")
        return Wish(**said, guardian=None if who == CHILD else UUID(who))


class AskForm(forms.Form):
    """A request that a guardian or a pupil makes on its own page."""

    kind = forms.ChoiceField(
        label=_("Vad vill du?"), widget=forms.RadioSelect,
        choices=[
            (RightsRequest.Kind.ACCESS, _("få veta allt som finns om eleven (registerutdrag)")),
            (RightsRequest.Kind.RECTIFICATION, _("säga att något är fel")),
            (RightsRequest.Kind.OBJECTION, _("säga nej till att reglerna används på eleven")),
            (RightsRequest.Kind.RESTRICTION, _("begära att uppgifterna inte används tills vidare")),
        ],
    )  # fmt: skip
    words = area(
        _("Berätta"),
        _("Vad är fel, eller varför vill du det? Behövs inte för ett registerutdrag."),
        required=False,
    )
