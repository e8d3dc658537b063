"""A legal opening as the authority's lawyer writes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samhandla.secrecy.models import LegalOpening
from samhandla.secrecy.rules.law import ANY, ENDS, OLDEST, STARTS
from samhandla.secrecy.words import ANYWHERE, CIRCUMSTANCES, OWN_PLACE, PLACES


def _place(code: str) -> Any:
    if code == ANY:
        return ANYWHERE
    if code.startswith("own_"):
        return OWN_PLACE % {"place": PLACES[code.removeprefix("own_")]}
    return PLACES[code]


def _places(label: Any, codes: tuple[str, ...]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=lambda: [(code, _place(code)) for code in codes],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


class OpeningForm(forms.Form):
    """What a provision says, in which direction, about what ages, and where it is read.

    What must be at hand, and whether it is a duty, is asked only of a new one: in a changed one they stand.
    """

    paragraph = forms.CharField(label=_("Lagrum"), max_length=120)
    title = forms.CharField(label=_("Vad bestämmelsen säger"), max_length=200)
    starts = _places(_("Från"), STARTS)
    ends = _places(_("Till"), ENDS)
    test = forms.CharField(
        label=_("Vad som ska prövas"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    decides = forms.ChoiceField(label=_("Vem som avgör"), choices=LegalOpening.Decides)
    below = forms.IntegerField(
        label=_("Bara barn under"), required=False, min_value=1, max_value=OLDEST,
        help_text=_("Ålder i hela år. Lämna tomt när ingen åldersgräns gäller."),
    )  # fmt: skip
    needs = forms.ChoiceField(label=_("Vad som ska vara för handen"), choices=list(CIRCUMSTANCES.items()))
    duty = forms.BooleanField(label=_("Det är en skyldighet att lämna uppgiften."), required=False)
    mark = forms.ChoiceField(
        label=_("Hur säker är källan?"), choices=LegalOpening.Mark, widget=forms.RadioSelect,
        help_text=_("En fråga kan sparas men inte godkännas."),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Källa"), max_length=300, help_text=_("Så att någon annan kan slå upp det.")
    )

    def __init__(self, *args: Any, row: LegalOpening | None, **kwargs: Any) -> None:
        if row is not None:
            kwargs["initial"] = {name: getattr(row, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        if row is not None:
            del self.fields["needs"], self.fields["duty"]
