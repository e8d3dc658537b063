"""Shape and wording of what people answer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from samhandla.detect.models import AnswerKind, ContactNote
from samhandla.detect.models.answers import CHIPS

PROBLEMS = {
    "reason_missing": _("Skriv ett skäl. En mening räcker."),
    "until_missing": _("Välj ett datum då signalen ska komma tillbaka."),
    "until_past": _("Datumet har redan varit. Välj en kommande dag."),
    "until_far": _("Datumet ligger för långt fram. Välj en tidigare dag."),
    "unchanged": _("Inget är ändrat. Välj ett annat svar, en annan dag eller skriv om skälet."),
}


class ConditionalDate(forms.DateField):
    """A date that some of the choices need: it is not called optional, and the action asks for it."""

    conditional = True


class AnswerForm(forms.Form):
    """A ställningstagande: which, why, and until when."""

    kind = forms.ChoiceField(
        label=_("Ställningstagande"),
        choices=AnswerKind,
        widget=forms.RadioSelect,
        error_messages={"required": _("Välj ett ställningstagande.")},
    )
    until = ConditionalDate(
        label=_("Till och med"),
        help_text=_("Behövs för ”följs till” och ”känt – hanteras, till”."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=_("Skäl"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        strip=True,
        error_messages={"required": PROBLEMS["reason_missing"]},
    )
    started = forms.IntegerField(required=False, widget=forms.HiddenInput)
    clicks = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


class ContactForm(forms.Form):
    """That somebody talked with the pupil: two chips at most, and own words if any."""

    kind = forms.ChoiceField(label=_("Vem pratade du med?"), choices=ContactNote.Kind, initial="talk")
    chips = forms.MultipleChoiceField(
        label=_("Det handlade om"),
        help_text=_("Välj högst två. De visas på elevens sida."),
        choices=list(CHIPS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    words = forms.CharField(
        label=_("Egna ord"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_chips(self) -> list[str]:
        chips: list[str] = self.cleaned_data["chips"]
        if len(chips) > 2:
            raise forms.ValidationError(_("Välj högst två."))
        return chips


class StepForm(forms.Form):
    """A ladder step that is done, and whether it is solved."""

    solved = forms.TypedChoiceField(
        label=_("Går det åt rätt håll?"),
        error_messages={"required": _("Svara ja eller nej.")},
        choices=[("yes", _("Ja, avsluta signalen och håll i")), ("no", _("Nej, vi behöver göra mer"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Vad gjorde ni?"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class GroupAnswerForm(AnswerForm):
    """The principal's ställningstagande to a signal about a class, a slot or the unit."""
