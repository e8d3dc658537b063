"""Which rules run where, with which limits, and what each run did."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from samhandla.people.models import Organisation, SchoolForm
from samhandla.trust.classify import Classified


class RuleSetting(models.Model):
    """Local limits of a rule; empty unit, form or grade means all. The narrowest setting wins.

    Settings are never changed: a new one is valid from its day, so that a signal can always be
    explained with the limits of its own day.
    """

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    unit = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    form = models.CharField(_("skolform"), max_length=8, choices=SchoolForm, blank=True)
    school_year = models.SmallIntegerField(_("årskurs"), null=True, blank=True)
    rule = models.CharField(_("regel"), max_length=40)
    parameters = models.JSONField(_("gränsvärden"), default=dict)
    active = models.BooleanField(_("används"), default=True)
    valid_from = models.DateField()
    set_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    reason = models.CharField(_("skäl"), max_length=300, blank=True)

    class Fields(Classified):
        retention = "signal"
        open = (
            "id",
            "authority",
            "unit",
            "form",
            "school_year",
            "rule",
            "parameters",
            "active",
            "valid_from",
        )
        internal = ("set_by", "reason")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["authority", "rule", "valid_from"], name="rulesetting_rule")
        ]

    def __str__(self) -> str:
        return self.rule


class RuleRun(models.Model):
    """One run of all rules for one authority."""

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    as_of = models.DateField()
    data_to = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    quality = models.JSONField(default=dict)

    class Fields(Classified):
        retention = "signal"
        internal = ("id", "authority", "as_of", "data_to", "started_at", "finished_at", "counts", "quality")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["authority", "as_of"], name="rulerun_as_of")]

    def __str__(self) -> str:
        return f"{self.as_of}"
