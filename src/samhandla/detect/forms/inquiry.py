"""The principal's decision, the inquiry, the notice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samhandla.detect.models import DeliveredNotice, InquiryDecision
from samhandla.detect.queries.inquiry import Homes
from samhandla.detect.queries.notices import BY_HAND


def _words(label: Any, rows: int, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=10_000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class NeededDate(forms.DateField):
    """A date that a draft may lack and a finished inquiry may not: it is not called optional."""

    conditional = True


def _needed_to_finish(field: forms.CharField) -> forms.CharField:
    """Mark a field that a draft may lack and a finished inquiry may not."""
    field.conditional = True
    return field


class DecideForm(forms.Form):
    """The decision and its reasons."""

    decision = forms.ChoiceField(
        label=_("Beslut"),
        choices=InquiryDecision,
        widget=forms.RadioSelect,
        error_messages={"required": _("Välj vilket beslut du fattar.")},
    )
    reason = forms.CharField(
        label=_("Skäl till beslutet"),
        max_length=4000,
        help_text=_(
            "Beslutet kan läsas av vem som helst som frågar. Skriv att och varför, inte uppgifter om hälsa "
            "eller familj: de hör hemma i utredningen."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Skriv skälen till beslutet.")},
    )
    other_home = forms.BooleanField(
        label=_("Elevens hemkommun är en annan än huvudmannen och ska också få en anmälan"), required=False
    )


class AskForm(forms.Form):
    """A proposal to the principal."""

    reason = forms.CharField(
        label=_("Varför föreslår du en utredning?"),
        max_length=4000,
        help_text=_("Vad ni har sett och vad ni har prövat. Rektor läser och beslutar."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReplyForm(forms.Form):
    """What the receiver of a notice does."""

    reply = forms.ChoiceField(
        label=_("Svar till skolan"), choices=DeliveredNotice.Reply, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("Med egna ord"),
        required=False,
        max_length=2000,
        help_text=_("Skolan läser svaret. Skriv inte mer om eleven än skolan behöver."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OutsideForm(forms.Form):
    """A notice that was handed out outside the system."""

    to = forms.CharField(label=_("Till vem (kommun eller myndighet)"), max_length=120)
    on = forms.DateField(
        label=_("Utlämnad"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class InquiryForm(forms.Form):
    """The inquiry: the child's own explanation first, then the guardian's, then four levels of causes."""

    child_explanation = _needed_to_finish(
        _words(
            _("Elevens egen förklaring"),
            5,
            _(
                "Med elevens egna ord, så långt det går. När fungerar det? "
                "Behövs för att färdigställa utredningen."
            ),
        )
    )
    guardian_view = _words(_("Vårdnadshavarens bild"), 4)
    teaching = _words(
        _("Undervisning och skolans struktur"),
        4,
        _("Schema, lektionernas upplägg, anpassningar, övergångar."),
    )
    social = _words(_("Det sociala i skolan"), 4, _("Trygghet, kamrater, vuxna, platser."))
    child_level = _words(_("Eleven själv"), 4, _("Det som fungerar, mående, förutsättningar."))
    home = _words(_("Hem och fritid"), 4, _("Morgnar, resa, sömn, det som händer runt familjen."))
    special_support = forms.BooleanField(
        label=_("Behov av särskilt stöd utreds också (3 kap. 7 § skollagen)"), required=False
    )
    next_step = _needed_to_finish(
        _words(_("Det här gör vi"), 4, _("Vem, vad, till när. Behövs för att färdigställa utredningen."))
    )
    follow_up_on = NeededDate(
        label=_("Uppföljning"),
        help_text=_("Behövs för att färdigställa utredningen."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, pupil_alone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if pupil_alone:
            del self.fields["guardian_view"]

    def level_fields(self) -> list[forms.BoundField]:
        """Return the four levels of causes, in their order."""
        return [self[name] for name in ("teaching", "social", "child_level", "home")]


class NoticeForm(forms.Form):
    """The text of a notice, filled in beforehand; the principal reads, changes and signs."""

    text = forms.CharField(
        label=_("Anmälans text"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 14}), strip=True
    )

    def __init__(self, *args: Any, homes: Homes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if homes.receivers:
            choices = [(str(one.pk), one.name) for one in homes.receivers]
            self.fields["to"] = forms.ChoiceField(
                label=_("Elevens hemkommun"),
                choices=[*choices, (BY_HAND, _("en annan kommun: jag lämnar ut anmälan själv"))],
                initial=str(homes.by_register.pk) if homes.by_register else BY_HAND,
                help_text=_(
                    "Den du väljer får anmälan direkt när du undertecknar, och inget annat om eleven."
                ),
            )


NEEDED = {
    "child_explanation": _("Elevens egen förklaring behövs innan utredningen kan färdigställas."),
    "next_step": _("Skriv vad ni gör nu, innan utredningen färdigställs."),
    "follow_up_on": _("Välj en dag för uppföljning innan utredningen färdigställs."),
    "levels": _("Beskriv minst en av de fyra nivåerna innan utredningen färdigställs."),
}
WHY_NOT = {
    "words": _("Skriv vad ni gör."),
    "to": _("Skriv vem som har fått anmälan."),
    "on": _("Välj dagen då den lämnades ut: tidigast dagen då den undertecknades, senast i dag."),
}
REFUSED = {
    "reason_missing": _("Skriv skälen till beslutet."),
    "no_legal_basis": _(
        "Eleven har ingen skolform i registret där lagen talar om utredning av frånvaro. "
        "Be skoladministratören kontrollera elevens placering."
    ),
}
