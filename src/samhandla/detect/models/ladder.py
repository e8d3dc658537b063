"""The attendance ladder (närvarotrappa), the inquiry under 7:19a and its notices."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samhandla.detect.default_ladder import DEFAULT_LADDER
from samhandla.detect.models.signals import Signal
from samhandla.people.models import ChildRow, SchoolForm
from samhandla.people.models.base import CHILD_ROW_FIELDS
from samhandla.trust.classify import Classified
from samhandla.trust.history import kept_history
from samhandla.trust.roles import ROLE_CHOICES


class LadderStep(models.Model):
    """A step of the local närvarotrappa: when, who, how soon, in which form of contact and which tone."""

    class Contact(models.TextChoices):
        MEETING = "meeting", _("möte")
        PHONE = "phone", _("telefon")
        VIDEO = "video", _("videosamtal")
        HOME_VISIT = "home_visit", _("hembesök")
        LETTER = "letter", _("brev")
        MESSAGE = "message", _("meddelande")

    class Trigger(models.TextChoices):
        """What must have happened for the step to be proposed. Nothing begins by itself."""

        SIGNAL = "signal", _("en signal har öppnats")
        AFTER_STEP = (
            "after_step",
            _("ett tidigare steg är gjort och signalen är kvar efter så många skoldagar"),
        )
        ABSENCE = "absence", _("frånvaron de senaste fyra veckorna är över så många procent")
        NEW_SPELL = "new_spell", _("eleven har varit borta igen efter det förra steget")
        PRINCIPAL = "principal", _("rektor bestämmer när – systemet föreslår inget")

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    number = models.SmallIntegerField(_("steg"))
    name = models.CharField(_("namn"), max_length=80)
    trigger = models.TextField(_("när"))
    trigger_kind = models.CharField(_("föreslås när"), max_length=10, choices=Trigger, default=Trigger.SIGNAL)
    # School days for AFTER_STEP, per cent for ABSENCE, else none.
    trigger_value = models.SmallIntegerField(_("antal skoldagar eller procent"), null=True, blank=True)
    role = models.CharField(_("vem"), max_length=32, choices=ROLE_CHOICES)
    school_days = models.SmallIntegerField(_("tidsfrist (skoldagar)"))
    forms = models.JSONField(_("skolformer"), default=list)
    talk_card = models.TextField(_("samtalskort"), blank=True)
    copy_sentence = models.TextField(_("mening att kopiera"), blank=True)
    contact = models.CharField(_("form för kontakten"), max_length=10, choices=Contact, blank=True)
    tone = models.TextField(_("ton"), blank=True)
    is_inquiry = models.BooleanField(_("utredning av frånvaro"), default=False)
    # From the 18th birthday the school may not turn to guardians without the pupil's own yes (T24).
    with_guardian = models.BooleanField(_("vänder sig till vårdnadshavare"), default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Fields(Classified):
        open = (
            "id",
            "authority",
            "number",
            "name",
            "trigger",
            "trigger_kind",
            "trigger_value",
            "role",
            "school_days",
            "forms",
            "talk_card",
            "copy_sentence",
            "contact",
            "tone",
            "is_inquiry",
            "with_guardian",
            "valid_from",
            "valid_to",
        )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "number", "valid_from"], name="ladderstep_number"),
            models.CheckConstraint(
                condition=Q(trigger_kind__in=["after_step", "absence"], trigger_value__isnull=False)
                | (~Q(trigger_kind__in=["after_step", "absence"]) & Q(trigger_value__isnull=True)),
                name="ladderstep_trigger_value",
            ),
        ]

    # Told by `list_ladder_for`: a pupil may meet the step before any other.
    is_first = False

    def __str__(self) -> str:
        return self.name

    @property
    def offered_card(self) -> str:
        """The talk card; a first step without one has the shipped card, so that nobody begins without."""
        return self.talk_card or self._shipped("talk_card")

    @property
    def offered_sentence(self) -> str:
        """The sentence to copy; a first step without one has the shipped sentence."""
        return self.copy_sentence or self._shipped("copy_sentence")

    def _shipped(self, name: str) -> str:
        if not self.is_first:
            return ""
        alike = (s for s in DEFAULT_LADDER if s.get("with_guardian", False) == self.with_guardian)
        return str(next(alike)[name])

    @property
    def form_names(self) -> str:
        """The school forms that the step is meant for, by name; empty when it is for all."""
        names = dict(SchoolForm.choices)
        return ", ".join(str(names.get(code, code)) for code in self.forms)

    @property
    def trigger_text(self) -> str:
        """What makes the step be proposed, with its number."""
        words = {
            self.Trigger.AFTER_STEP: gettext(
                "ett tidigare steg är gjort och signalen är kvar efter %(n)d skoldagar"
            ),
            self.Trigger.ABSENCE: gettext("frånvaron de senaste fyra veckorna är över %(n)d procent"),
        }.get(self.Trigger(self.trigger_kind))
        if words is None:
            return str(self.get_trigger_kind_display())
        return words % {"n": self.trigger_value or 0}


@kept_history(_("steg i närvarotrappan"), row_security="child_row")
class StepTaken(ChildRow):
    """A ladder step for a pupil: due, and done or not."""

    signal = models.ForeignKey(Signal, models.PROTECT, related_name="steps")
    step = models.ForeignKey(LadderStep, models.PROTECT, related_name="+")
    started_on = models.DateField()
    due_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    solved = models.BooleanField(null=True)
    note = models.TextField(blank=True)

    class Fields(Classified):
        retention = "signal"
        internal = (*CHILD_ROW_FIELDS, "signal", "step", "done_by", "done_at")
        personal = ("started_on", "due_on", "done_on", "solved")
        sensitive = ("note",)

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, done_by__isnull=True)
                | Q(done_on__isnull=False, done_by__isnull=False),
                name="steptaken_done_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step_id}"


class InquiryDecision(models.TextChoices):
    """The principal's formal decision (beslut), public under OSL 23:2."""

    OPEN = "open", _("utredning ska göras")
    NEEDLESS = "needless", _("utredning behövs uppenbart inte")


@kept_history(_("utredning av frånvaro"), row_security="child_row")
class Inquiry(ChildRow):
    """Utredning av frånvaro. Source: skollagen 7 kap. 19 a § (F–9); the decision is the principal's."""

    class State(models.TextChoices):
        ASKED = "asked", _("föreslagen, väntar på rektors beslut")
        DRAFT = "draft", _("utkast")
        FINAL = "final", _("färdigställd")

    signal = models.ForeignKey(Signal, models.PROTECT, null=True, blank=True, related_name="inquiries")
    # Pupil health (or another who knows the pupil) may ask for an inquiry; the principal decides.
    asked_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    asked_on = models.DateField(null=True)
    asked_reason = models.TextField(_("varför en utredning föreslås"), blank=True)
    legal_basis = models.CharField(max_length=60)
    decision = models.CharField(_("beslut"), max_length=8, choices=InquiryDecision, blank=True)
    decision_reason = models.TextField(_("skäl till beslutet"), blank=True)
    decided_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    state = models.CharField(max_length=6, choices=State, default=State.DRAFT)
    child_explanation = models.TextField(_("elevens egen förklaring"), blank=True)
    guardian_view = models.TextField(_("vårdnadshavarens bild"), blank=True)
    teaching = models.TextField(_("undervisning och skolans struktur"), blank=True)
    social = models.TextField(_("det sociala i skolan"), blank=True)
    child_level = models.TextField(_("eleven själv"), blank=True)
    home = models.TextField(_("hem och fritid"), blank=True)
    special_support = models.BooleanField(
        _("behov av särskilt stöd utreds också (3 kap. 7 §)"), default=False
    )
    next_step = models.TextField(_("det här gör vi"), blank=True)
    follow_up_on = models.DateField(_("uppföljning"), null=True, blank=True)
    finalised_on = models.DateField(null=True)

    class Fields(Classified):
        retention = "inquiry"
        internal = (*CHILD_ROW_FIELDS, "signal", "legal_basis", "asked_by", "decided_by", "state")
        personal = ("asked_on", "decision", "decided_on", "finalised_on", "follow_up_on")
        sensitive = (
            "asked_reason",
            "decision_reason",
            "child_explanation",
            "guardian_view",
            "teaching",
            "social",
            "child_level",
            "home",
            "special_support",
            "next_step",
        )

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True, decided_on__isnull=True)
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_on__isnull=False)),
                name="inquiry_decision_pair",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True, asked_on__isnull=True)
                | Q(asked_by__isnull=False, asked_on__isnull=False),
                name="inquiry_asked_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.state


@kept_history(_("anmälan"), row_security="child_row")
class Notice(ChildRow):
    """A notice that an inquiry was opened, ready for the principal to sign. One child per document."""

    class Recipient(models.TextChoices):
        HUVUDMAN = "huvudman", _("huvudmannen")
        HOME_MUNICIPALITY = "home_municipality", _("hemkommunen")

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="notices")
    recipient = models.CharField(_("mottagare"), max_length=20, choices=Recipient)
    text = models.TextField()
    signed_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    signed_on = models.DateField(null=True)

    class Fields(Classified):
        retention = "inquiry"
        internal = (*CHILD_ROW_FIELDS, "inquiry", "recipient", "signed_by")
        personal = ("signed_on",)
        sensitive = ("text",)

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inquiry", "recipient"], name="notice_once"),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True, signed_on__isnull=True)
                | Q(signed_by__isnull=False, signed_on__isnull=False),
                name="notice_signed_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.recipient
