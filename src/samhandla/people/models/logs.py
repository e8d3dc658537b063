"""Regular checks of the log of reading, and whether families may read their own log."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samhandla.people.models.organisations import Organisation
from samhandla.trust.classify import Classified


class LogReview(models.Model):
    """One check: the readings of a unit's staff in a month, for its principal to look through and sign.

    Without unit it is of the principals themselves and of those who work at no unit; the data protection
    officer signs it. Nobody signs for one's own reading.
    """

    row_security = "log_review"

    class Outcome(models.TextChoices):
        NOTHING = "nothing", _("inget att anmärka")
        PURSUE = "pursue", _("utreds vidare")

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    unit = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    first = models.DateField(_("från och med"))
    last = models.DateField(_("till och med"))
    entries = models.PositiveIntegerField(_("läsningar"))
    made_at = models.DateTimeField()
    outcome = models.CharField(_("resultat"), max_length=8, choices=Outcome, blank=True)
    words = models.TextField(_("vad som har gjorts"), blank=True)
    signed_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(_("signerad"), null=True)

    class Fields(Classified):
        retention = "log"
        internal = (
            "id", "authority", "unit", "first", "last", "entries", "made_at", "outcome", "words", "signed_by",
            "signed_at",
        )  # fmt: skip

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "unit", "first"], nulls_distinct=False, name="logreview_once"
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True, signed_at__isnull=True, outcome="")
                | (Q(signed_by__isnull=False, signed_at__isnull=False) & ~Q(outcome="")),
                name="logreview_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first}"


class LogReviewRow(models.Model):
    """One line of a check: the first of some entries of the log, how many they are, and why it is shown."""

    row_security = "log_review"

    review = models.ForeignKey(LogReview, models.CASCADE, related_name="rows")
    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    unit = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    entry = models.UUIDField()
    at = models.DateTimeField(_("när"))
    actor = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    page = models.CharField(max_length=80)
    times = models.PositiveIntegerField(_("antal"))
    codes = ArrayField(models.CharField(max_length=16), default=list)
    reasons = ArrayField(models.CharField(max_length=48), default=list)

    class Fields(Classified):
        retention = "log"
        internal = (
            "id", "review", "authority", "unit", "entry", "at", "actor", "page", "times", "codes", "reasons",
        )  # fmt: skip

    class Meta:
        indexes: ClassVar = [models.Index(fields=["review"], name="logreviewrow_review")]

    def __str__(self) -> str:
        return f"{self.entry}"


class FamilyLogClearance(models.Model):
    """That an authority has cleared its log of reading for the families: who decided it, and since when."""

    row_security = "authority"

    authority = models.OneToOneField("trust.Authority", models.PROTECT, related_name="+")
    open = models.BooleanField(_("öppen"))
    decided_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    decided_on = models.DateField(_("bestämd"))

    class Fields(Classified):
        open = ("id", "authority", "open", "decided_on")
        internal = ("decided_by",)

    def __str__(self) -> str:
        return f"{self.authority_id}"
