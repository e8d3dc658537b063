"""Retention: what the board has decided, what must be kept all the same, and what has been removed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samhandla.records.models.documents import Document
from samhandla.records.rules.kinds import KINDS
from samhandla.trust.classify import Classified


class RetentionRule(models.Model):
    """What a board has decided about one kind of document. Never changed: it ends, and a new one begins.

    Without a row in force nothing of the kind is ever removed; the database holds that.
    """

    row_security = "authority"

    class CountedFrom(models.TextChoices):
        DATED = "dated", _("handlingens datum")
        ADULT = "adult", _("elevens 18-årsdag")

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    kind = models.CharField(_("slag av handling"), max_length=24)
    keep = models.BooleanField(_("bevaras"))
    years = models.PositiveSmallIntegerField(_("gallras efter år"), null=True)
    counted_from = models.CharField(_("räknat från"), max_length=5, choices=CountedFrom)
    reference = models.CharField(_("nämndens beslut (paragraf)"), max_length=160)
    source = models.CharField(_("stöd"), max_length=300, blank=True)
    decided_on = models.DateField(_("beslutat"))
    registered_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    ended_on = models.DateField(_("upphör"), null=True)

    class Fields(Classified):
        open = (
            "id", "authority", "kind", "keep", "years", "counted_from", "reference", "source", "decided_on",
            "ended_on",
        )  # fmt: skip
        internal = ("registered_by",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "kind"], condition=Q(ended_on__isnull=True), name="retentionrule_one"
            ),
            models.CheckConstraint(
                condition=Q(keep=True, years__isnull=True) | Q(keep=False, years__isnull=False),
                name="retentionrule_years",
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="retentionrule_decision_named"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    @property
    def kind_name(self) -> str:
        return gettext(KINDS[self.kind].title)


class Hold(models.Model):
    """Documents that must not be removed for now: one, or all about the same child as one."""

    row_security = "records"

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    domain = models.ForeignKey("trust.Domain", models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, related_name="holds")
    whole_child = models.BooleanField(_("gäller alla handlingar om samma elev"), default=False)
    reason = models.TextField(_("skäl"))
    placed_on = models.DateField(_("från"))
    ends_on = models.DateField(_("till och med"), null=True, blank=True)
    placed_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    lifted_on = models.DateField(_("hävt"), null=True)
    lifted_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")

    class Fields(Classified):
        retention = "document"
        internal = (
            "id", "authority", "domain", "document", "whole_child", "placed_on", "ends_on", "placed_by",
            "lifted_on", "lifted_by",
        )  # fmt: skip
        sensitive = ("reason",)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="hold_says_why"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("placed_on")), name="hold_dates"
            ),
            models.CheckConstraint(
                condition=Q(lifted_on__isnull=True, lifted_by__isnull=True)
                | Q(lifted_on__isnull=False, lifted_by__isnull=False),
                name="hold_lifted_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}"


class Disposal(models.Model):
    """One gallring: who confirmed it, how many of which kind went, and its protocol in the register."""

    row_security = "authority"

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    done_at = models.DateTimeField(_("utförd"))
    done_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    counts = models.JSONField(default=dict)
    protocol = models.OneToOneField(Document, models.PROTECT, related_name="+")

    class Fields(Classified):
        retention = "published"
        internal = ("id", "authority", "done_at", "done_by", "counts", "protocol")

    def __str__(self) -> str:
        return f"{self.done_at:%Y-%m-%d}"
