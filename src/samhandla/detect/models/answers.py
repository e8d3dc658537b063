"""What people answered and did: ställningstagande, contact notes, participation marks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samhandla.detect.models.signals import Signal
from samhandla.people.models import ChildRow
from samhandla.people.models.base import CHILD_ROW_FIELDS
from samhandla.trust.classify import Classified
from samhandla.trust.history import kept_history


class AnswerKind(models.TextChoices):
    """The four ways out of the list. None of them is a formal decision (beslut)."""

    ACT = "act", _("jag agerar")
    FOLLOW = "follow", _("följs till")
    KNOWN = "known", _("känt – hanteras, till")
    DATA_ERROR = "data_error", _("fel i underlaget")


@kept_history(_("ställningstagande"), row_security="child_row")
class Answer(ChildRow):
    """A recorded ställningstagande: who, when, which, why, and until when.

    One that somebody thinks better of is never changed: a new one replaces it, and both stay.
    """

    signal = models.ForeignKey(Signal, models.PROTECT, related_name="answers")
    kind = models.CharField(_("ställningstagande"), max_length=10, choices=AnswerKind)
    reason = models.TextField(_("skäl"))
    until = models.DateField(_("till"), null=True, blank=True)
    by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    on = models.DateField()
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")

    class Fields(Classified):
        retention = "signal"
        internal = (*CHILD_ROW_FIELDS, "signal", "by", "at", "on", "replaces")
        personal = ("kind", "until")
        sensitive = ("reason",)

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind__in=["follow", "known"]) | Q(until__isnull=False), name="answer_until"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="answer_has_reason"),
        ]

    def __str__(self) -> str:
        return self.kind


class AnswerEffort(models.Model):
    """How long an answer took and how many clicks: the process leader's median, never a person's."""

    unit = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    week = models.DateField()
    seconds = models.IntegerField()
    clicks = models.SmallIntegerField()

    class Fields(Classified):
        retention = "signal"
        internal = ("id", "unit", "week", "seconds", "clicks")

    def __str__(self) -> str:
        return f"{self.week}"


# What a contact may have been about: kept by name, shown in words.
CHIPS = {
    "friends": _("kompisar och trygghet"),
    "teaching": _("lektioner och skolarbete"),
    "health": _("hur eleven mår"),
    "home": _("hemma och fritid"),
    "travel": _("resan till skolan"),
    "sleep": _("sömn och morgnar"),
    "wants": _("vad eleven själv vill"),
}


@kept_history(_("kontaktanteckning"), row_security="child_row")
class ContactNote(ChildRow):
    """That an adult talked with the pupil (kontaktanteckning): two chips and own words."""

    class Kind(models.TextChoices):
        TALK = "talk", _("samtal med eleven")
        GUARDIAN = "guardian", _("samtal med vårdnadshavare")
        BOTH = "both", _("samtal med elev och vårdnadshavare")
        OTHER = "other", _("annan kontakt")

    signal = models.ForeignKey(Signal, models.PROTECT, null=True, blank=True, related_name="contacts")
    kind = models.CharField(_("slag"), max_length=10, choices=Kind)
    chips = models.JSONField(_("det handlade om"), default=list)
    words = models.TextField(_("egna ord"), blank=True)
    by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    on = models.DateField(_("dag"))
    at = models.DateTimeField(default=timezone.now, null=True, editable=False)

    class Fields(Classified):
        retention = "signal"
        internal = (*CHILD_ROW_FIELDS, "signal", "by", "at")
        personal = ("kind", "on")
        sensitive = ("chips", "words")

    def __str__(self) -> str:
        return self.kind


@kept_history(_("markering om deltagande"), row_security="child_row")
class ParticipationMark(ChildRow):
    """A teacher's mark that a pupil was in the room but not taking part, apart from attendance."""

    on = models.DateField(_("dag"))
    by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, null=True, editable=False)

    class Fields(Classified):
        retention = "attendance"
        internal = (*CHILD_ROW_FIELDS, "by", "at")
        personal = ("on",)

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [
            # Two taps are one mark. Marks from before times were kept may repeat and are let be.
            models.UniqueConstraint(
                fields=["child", "domain", "on", "by"], condition=Q(at__isnull=False), name="mark_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on}"
