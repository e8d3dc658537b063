"""What a family is asked to say yes to, and an answer with its proof."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samhandla.secrecy.models import Consent, Waiver
from samhandla.secrecy.rules.papers import MOST_BYTES


class ConsentForm(forms.Form):
    """A question about an effort or SIP."""

    kind = forms.ChoiceField(label=_("Vad gäller frågan?"), choices=Consent.Kind, widget=forms.RadioSelect)
    what = forms.CharField(
        label=_("Vilken insats eller plan?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Skriv så att familjen känner igen det: vad, hos vem, hur ofta."),
    )  # fmt: skip
    valid_to = forms.DateField(
        label=_("Gäller till och med"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    suitable = forms.CharField(
        label=_("Varför är det lämpligt att barnet bestämmer självt?"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Fyll bara i när det är bedömt. Insats efter beslut: från 12 år. Insats utan behovsprövning och"
            " SIP: från 15 år."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "consent_%s", **kwargs})


class _ProofForm(forms.Form):
    """How an answer was given, and for a paper where it is kept or the scan."""

    how = forms.ChoiceField(choices=Waiver.How)
    kept_in = forms.CharField(max_length=200, required=False)
    paper = forms.FileField(required=False)

    def clean_paper(self) -> bytes | None:
        """Return the file's bytes, one more than is allowed at most: the action says what is wrong."""
        given = self.cleaned_data["paper"]
        return given.read(MOST_BYTES + 1) if given else None


class ReplyForm(_ProofForm):
    """What one of those asked has said. `who` is "child" or a guardian's reference."""

    who = forms.CharField(max_length=40)
    yes = forms.TypedChoiceField(
        choices=[("ja", _("ja")), ("nej", _("nej"))], coerce=lambda said: said == "ja"
    )


class CorrectionForm(_ProofForm):
    """What the person of an answer has said after all: "struket" when she or he has not answered at all."""

    voice = forms.IntegerField()
    yes = forms.ChoiceField(choices=[("ja", _("ja")), ("nej", _("nej")), ("struket", _("inget svar"))])
    why = forms.CharField(max_length=600, required=False)
