"""Nödåtkomst: access over an inner need-to-know wall for some hours, with a reason, and its review."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samhandla.people.models import ChildRow
from samhandla.people.models.base import CHILD_ROW_FIELDS
from samhandla.secrecy.rules.emergency import MOST_HOURS
from samhandla.trust.classify import Classified
from samhandla.trust.history import kept_history
from samhandla.trust.roles import ROLES


class EmergencySetting(models.Model):
    """How long nödåtkomst lasts in an authority, and who reviews each one. Never changed: the latest counts.

    Without a row, or while the reviewer has no duty, nobody in the authority can open anything this way.
    """

    row_security = "authority"

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    hours = models.PositiveSmallIntegerField(_("längsta tid i timmar"))
    reviewer = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    decided_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    decided_on = models.DateField(_("bestämt"))

    class Fields(Classified):
        internal = ("id", "authority", "hours", "reviewer", "decided_by", "decided_on")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(hours__gte=1, hours__lte=MOST_HOURS), name="emergency_hours"),
        ]

    def __str__(self) -> str:
        return f"{self.hours} h"


@kept_history(_("nödåtkomst"), row_security="child_row")
class Emergency(ChildRow):
    """One nödåtkomst: who opened which child, why, until when, and what the reviewer said of it.

    Written by the database alone, with its row in `Access` (`secrecy_open_emergency`). Read by those who may
    read the child, whoever opened it, and the appointed reviewer.
    """

    row_security = "emergency"

    class Verdict(models.TextChoices):
        IN_ORDER = "in_order", _("i sin ordning")
        FOLLOW_UP = "follow_up", _("följs upp")

    opened_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    opened_name = models.CharField(_("öppnad av"), max_length=200)
    role = models.CharField(_("roll"), max_length=32)
    reason = models.TextField(_("skäl"))
    opened_at = models.DateTimeField(_("öppnad"))
    ends_at = models.DateTimeField(_("slutar"))
    ended_at = models.DateTimeField(_("avslutad i förtid"), null=True)
    reviewed_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(_("granskad"), null=True)
    verdict = models.CharField(_("granskarens bedömning"), max_length=9, choices=Verdict, blank=True)
    note = models.TextField(_("granskarens anteckning"), blank=True)

    class Fields(Classified):
        retention = "log"
        internal = (
            *CHILD_ROW_FIELDS, "opened_by", "opened_name", "role", "opened_at", "ends_at", "ended_at",
            "reviewed_by", "reviewed_at", "verdict",
        )  # fmt: skip
        sensitive = ("reason", "note")

    class Meta(ChildRow.Meta):
        indexes: ClassVar = [
            *ChildRow.Meta.indexes,
            models.Index(fields=["domain"], name="emergency_domain"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("opened_at")), name="emergency_ends"),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True, reviewed_at__isnull=True, verdict="")
                | (Q(reviewed_by__isnull=False, reviewed_at__isnull=False) & ~Q(verdict="")),
                name="emergency_reviewed_whole",
            ),
            models.CheckConstraint(
                condition=~Q(verdict="follow_up") | ~Q(note=""), name="emergency_follow_up_says_what"
            ),
        ]

    def __str__(self) -> str:
        return f"emergency {self.pk}"

    @property
    def role_name(self) -> str:
        return gettext(ROLES[self.role].name)
