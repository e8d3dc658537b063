"""A step of the närvarotrappa."""

from __future__ import annotations

from typing import Any

from django.forms import (
    BooleanField,
    CharField,
    CheckboxSelectMultiple,
    ChoiceField,
    Form,
    IntegerField,
    MultipleChoiceField,
    Textarea,
)
from django.utils.translation import gettext_lazy as _

from samhandla.detect.models import LadderStep
from samhandla.detect.rules.triggers import VALUES, allows
from samhandla.people.models import SchoolForm
from samhandla.trust.permissions import Permission
from samhandla.trust.roles import ROLES

SIGNALLING = ("FKLASS", "GR", "GRS", "SP", "SAM", "GY", "GYS")
ANSWERING = [
    (role.code, _(role.name)) for role in ROLES.values() if Permission.SIGNAL_ANSWER in role.permissions
]


class LadderForm(Form):
    """When the step is taken, by whom, how soon, and what helps them."""

    name = CharField(label=_("Namn"), max_length=80)
    trigger = CharField(
        label=_("I våra ord"),
        help_text=_("För er egen rutin: vad har hänt när steget ska tas? Systemet läser inte orden."),
        max_length=500,
        widget=Textarea(attrs={"rows": 2}),
    )
    trigger_kind = ChoiceField(
        label=_("Steget föreslås när"),
        help_text=_(
            "Stegen tas i ordning, så bara nästa steg kan föreslås, och bara medan signalen väntar på svar. "
            "Förslaget säger varför, med siffrorna. Inget steg börjar av sig självt."
        ),
        choices=LadderStep.Trigger.choices,
        initial=LadderStep.Trigger.SIGNAL,
    )
    trigger_value = IntegerField(
        label=_("Antal skoldagar eller procent"),
        help_text=_(
            "Skoldagar (0–60) efter ett tidigare steg eller procent frånvaro (1–100). Annars lämnas det tomt."
        ),
        required=False,
    )
    role = ChoiceField(label=_("Vem"), choices=ANSWERING)
    school_days = IntegerField(label=_("Tidsfrist i skoldagar"), min_value=1, max_value=60)
    forms = MultipleChoiceField(
        label=_("Skolformer"),
        help_text=_("Inget val betyder alla."),
        choices=[(code, label) for code, label in SchoolForm.choices if code in SIGNALLING],
        required=False,
        widget=CheckboxSelectMultiple,
    )
    talk_card = CharField(
        label=_("Samtalskort"),
        help_text=_("En fråga per rad. Börja med det som fungerar."),
        required=False,
        max_length=2000,
        widget=Textarea(attrs={"rows": 5}),
    )
    copy_sentence = CharField(
        label=_("Mening att kopiera till skolans eget system"), required=False, max_length=500
    )
    contact = ChoiceField(
        label=_("Form för kontakten"),
        choices=[("", _("inte bestämd")), *LadderStep.Contact.choices],
        required=False,
    )
    tone = CharField(label=_("Ton"), required=False, max_length=500)
    with_guardian = BooleanField(
        label=_("Steget vänder sig till vårdnadshavare"),
        help_text=_("Hoppas över när eleven har fyllt 18 år."),
        required=False,
    )
    is_inquiry = BooleanField(
        label=_("I det här steget tar rektor ställning till en utredning av frånvaro"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the number where the choice needs one, and for none where it does not."""
        data: dict[str, Any] = super().clean() or {}
        kind, value = data.get("trigger_kind"), data.get("trigger_value")
        if kind is None or "trigger_value" in self.errors or allows(kind, value):
            return data
        low, high = VALUES.get(kind, (0, 0))
        needed = _("Ange ett tal från %(low)d till %(high)d för valet ovan.") % {"low": low, "high": high}
        none = _("Valet ovan har inget tal. Lämna fältet tomt, eller välj skoldagar eller procent.")
        self.add_error("trigger_value", needed if kind in VALUES else none)
        return data
