"""A step of the närvarotrappa."""

from __future__ import annotations

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
        label=_("Utlösare"),
        help_text=_(
            "I ord, för er egen rutin: vad har hänt när steget ska tas? Systemet läser inte orden: steget "
            "börjar när någon svarar ”jag agerar” och stegen före är tagna."
        ),
        max_length=500,
        widget=Textarea(attrs={"rows": 2}),
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
