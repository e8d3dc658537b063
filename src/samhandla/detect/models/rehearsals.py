"""What the process page and the rehearsal page show: counts that name nobody."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from samhandla.people.models import Organisation
from samhandla.trust.classify import Classified


class Rehearsal(models.Model):
    """Present and proposed limits tried on a school year (provkörning). Only counts are kept, never a pupil.

    `changes` are entries as `rules.ruleset.parse_rules` takes them. `result` is what
    `rules.rehearsal.count` returns for the present and the proposed limits, small numbers left out, and
    `reporting`, the share of the year's teaching that was registered.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("väntar på sin tur")
        READING = "reading", _("läser närvaron")
        PRESENT = "present", _("räknar med dagens gränsvärden")
        PROPOSED = "proposed", _("räknar med de föreslagna gränsvärdena")
        DONE = "done", _("klar")
        FAILED = "failed", _("gick inte")

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    unit = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    until = models.DateField()
    changes = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    result = models.JSONField(default=dict)
    problem = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)

    class Fields(Classified):
        retention = "signal"
        internal = (
            "id",
            "authority",
            "unit",
            "until",
            "changes",
            "state",
            "result",
            "problem",
            "asked_by",
            "asked_at",
        )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["authority", "asked_at"], name="rehearsal_authority")]

    def __str__(self) -> str:
        return f"{self.until} {self.state}"


class UnitTally(models.Model):
    """How far one unit has come with its signals in a week: sums over all its pupils and staff.

    It is counted by the jobs, so that the process leader reads sums and never a signal.
    """

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    week = models.DateField()
    counted_on = models.DateField()
    counts = models.JSONField(default=dict)

    class Fields(Classified):
        retention = "signal"
        internal = ("id", "authority", "unit", "week", "counted_on", "counts")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "week"], name="unittally_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["authority", "week"], name="unittally_authority")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.week}"
