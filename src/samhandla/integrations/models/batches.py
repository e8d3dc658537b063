"""One run of a source: what it read, what differs, what was refused, and how it is taken back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samhandla.integrations.models.sources import Source
from samhandla.trust.classify import Classified


class Batch(models.Model):
    """One run. It is rehearsed first; only a committed batch has changed anything.

    `counts`: resource → read, new, changed, unchanged, missing, refused, outside, protected.
    `cursor`: what has been fetched and where to go on. `remarks`: what was met, with how often.
    `reason` is the Swedish sentence; `said` is how it was made (`lib.i18n`), for other languages.
    """

    row_security = "authority"

    class State(models.TextChoices):
        RUNNING = "running", _("pågår")
        REHEARSED = "rehearsed", _("provkörd")
        STOPPED = "stopped", _("stoppad")
        COMMITTED = "committed", _("intagen")
        UNDONE = "undone", _("ångrad")
        FAILED = "failed", _("misslyckad")

    source = models.ForeignKey(Source, models.PROTECT, related_name="batches")
    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    state = models.CharField(_("läge"), max_length=9, choices=State, default=State.RUNNING)
    actor_id = models.BigIntegerField(null=True)
    wants_commit = models.BooleanField(default=False)
    # Somebody has asked for the rehearsed batch to be taken in.
    take_in = models.BooleanField(default=False)
    # How often it was broken off and taken up again by itself since somebody last asked for it.
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(_("startad"), default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    committed_at = models.DateTimeField(_("intagen"), null=True, blank=True)
    undone_at = models.DateTimeField(_("ångrad"), null=True, blank=True)
    counts = models.JSONField(default=dict)
    remarks = models.JSONField(default=list)
    reason = models.TextField(_("skäl"), blank=True)
    said = models.JSONField(null=True, blank=True)
    data_from = models.DateField(null=True, blank=True)
    data_to = models.DateField(_("uppgifter till och med"), null=True, blank=True)
    cursor = models.JSONField(default=dict)
    stage = models.CharField(max_length=24, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    file_name = models.CharField(_("fil"), max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    scope = models.ForeignKey("people.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    same_as = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")

    class Fields(Classified):
        retention = "import"
        internal = (
            "id",
            "source",
            "authority",
            "state",
            "actor_id",
            "wants_commit",
            "take_in",
            "attempts",
            "started_at",
            "finished_at",
            "committed_at",
            "undone_at",
            "counts",
            "remarks",
            "reason",
            "said",
            "data_from",
            "data_to",
            "cursor",
            "stage",
            "done",
            "total",
            "file_name",
            "file_sha256",
            "scope",
            "same_as",
        )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["source", "-id"], name="batch_source_latest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(committed_at__isnull=False) | ~models.Q(state__in=["committed", "undone"]),
                name="batch_committed_at",
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=False) ^ ~models.Q(state="undone"),
                name="batch_undone_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.pk}"

    @property
    def unmapped(self) -> bool:
        """Tell whether somebody has still to say what the columns of its file mean."""
        return self.state == self.State.RUNNING and self.stage == "columns"


class BatchRefusal(models.Model):
    """A row of a batch, or one field of it, that was not taken: where it stands and why. No content.

    `said`: how the reason was made, where it has parts; else the reason is a sentence of the catalogue.
    """

    row_security = "authority"

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="refusals")
    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    resource = models.CharField(_("slag"), max_length=24)
    row = models.CharField(_("rad"), max_length=64)
    field = models.CharField(_("fält"), max_length=60, blank=True)
    reason = models.CharField(_("skäl"), max_length=300)
    said = models.JSONField(null=True, blank=True)
    kept = models.BooleanField(default=False)

    class Fields(Classified):
        retention = "import"
        internal = ("id", "batch", "authority", "resource", "field", "reason", "said", "kept")
        personal = ("row",)

    def __str__(self) -> str:
        return self.row


class BatchChange(models.Model):
    """What a batch did to one table, sealed: keys of new rows, and changed rows as they were and became."""

    row_security = "authority"

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="changes")
    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    table = models.CharField(max_length=40)
    rows = models.IntegerField()
    sealed = models.BinaryField()

    class Fields(Classified):
        retention = "import"
        internal = ("id", "batch", "authority", "table", "rows")
        protected = ("sealed",)

    def __str__(self) -> str:
        return self.table
