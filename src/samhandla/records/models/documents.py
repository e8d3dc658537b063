"""The register of documents (diarium), and what the documents say."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samhandla.records.rules.kinds import ABOUT_CHILD, KINDS
from samhandla.records.rules.numbers import written
from samhandla.records.rules.paragraphs import PARAGRAPHS
from samhandla.trust.classify import Classified
from samhandla.trust.rls import KEY_FACTOR


class Document(models.Model):
    """One document: a draft, or finalised with a number. About exactly one child, or of a kind about none.

    The row says nothing secret. A finalised one comes from `records_register` or `records_finalise` alone,
    which number it; what has been gallrat keeps its number and loses its child and its text.
    """

    row_security = "document"

    class State(models.TextChoices):
        DRAFT = "draft", _("utkast")
        FINAL = "final", _("färdigställd")

    class Way(models.TextChoices):
        DRAWN = "drawn", _("upprättad")
        RECEIVED = "received", _("inkommen")
        SENT = "sent", _("utgående")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    domain = models.ForeignKey("trust.Domain", models.PROTECT, related_name="+")
    unit = models.ForeignKey("people.Organisation", models.PROTECT, null=True, related_name="+")
    child = models.ForeignKey("people.Child", models.PROTECT, null=True, related_name="+", db_index=False)
    child_key = models.GeneratedField(
        expression=F("child") * KEY_FACTOR + F("domain"),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    unit_key = models.GeneratedField(
        expression=F("unit") * KEY_FACTOR + F("domain"),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    kind = models.CharField(_("slag"), max_length=24)
    way = models.CharField(_("inkommen, upprättad eller utgående"), max_length=8, choices=Way)
    state = models.CharField(_("läge"), max_length=5, choices=State, default=State.DRAFT)
    series = models.CharField(max_length=4, blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    number = models.PositiveIntegerField(null=True)
    title = models.CharField(_("rubrik"), max_length=160)
    sender = models.CharField(_("avsändare"), max_length=160, blank=True)
    recipient = models.CharField(_("mottagare"), max_length=160, blank=True)
    dated = models.DateField(_("kom in eller upprättades"))
    finalised_at = models.DateTimeField(_("färdigställd"), null=True)
    public = models.BooleanField(_("offentligt beslut"), default=False)
    likely = models.CharField(max_length=16)
    paragraph = models.CharField(max_length=16, blank=True)
    paragraph_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=60, blank=True)
    source_key = models.CharField(max_length=40, blank=True)
    drawn_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    touched_at = models.DateTimeField()
    disposed_on = models.DateField(_("gallrad"), null=True)

    class Fields(Classified):
        retention = "document"
        internal = (
            "id", "authority", "domain", "unit", "unit_key", "kind", "way", "state", "series", "year",
            "number", "title", "finalised_at", "public", "likely", "paragraph", "paragraph_by", "source",
            "source_key", "drawn_by", "touched_at", "disposed_on",
        )  # fmt: skip
        personal = ("child", "child_key", "dated", "sender", "recipient")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["child_key"], name="document_child_key"),
            models.Index(fields=["unit_key"], name="document_unit_key"),
            models.Index(fields=["child"], name="document_child"),
            models.Index(fields=["authority", "dated"], name="document_dated"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "series", "year", "number"], name="document_number_once"
            ),
            models.UniqueConstraint(
                fields=["authority", "source", "source_key", "kind"],
                condition=~Q(source=""),
                name="document_source_once",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", number__isnull=True, year__isnull=True, finalised_at__isnull=True)
                | Q(state="final", number__isnull=False, year__isnull=False, finalised_at__isnull=False),
                name="document_final_numbered",
            ),
            # Exactly one child, or none at all, by its kind; what has been gallrat names nobody.
            models.CheckConstraint(
                condition=Q(kind__in=ABOUT_CHILD, child__isnull=False, disposed_on__isnull=True)
                | Q(kind__in=ABOUT_CHILD, child__isnull=True, disposed_on__isnull=False)
                | (~Q(kind__in=ABOUT_CHILD) & Q(child__isnull=True)),
                name="document_one_child",
            ),
        ]

    def __str__(self) -> str:
        return self.written or str(self.pk)

    @property
    def written(self) -> str:
        """The number as it is written; empty for a draft."""
        return written(self.series, self.year, self.number) if self.year and self.number else ""

    @property
    def kind_name(self) -> str:
        return gettext(KINDS[self.kind].title)

    @property
    def paragraph_place(self) -> str:
        """The provision that counts: the one that somebody has set, else the suggestion."""
        return gettext(PARAGRAPHS[self.paragraph or self.likely].place)

    @property
    def final(self) -> bool:
        return self.state == self.State.FINAL


class DocumentText(models.Model):
    """What a document says, sealed: its text, and the scanned file where there is one."""

    row_security = "document"

    document = models.OneToOneField(Document, models.CASCADE, primary_key=True, related_name="text")
    child = models.ForeignKey("people.Child", models.PROTECT, null=True, related_name="+", db_index=False)
    domain = models.ForeignKey("trust.Domain", models.PROTECT, related_name="+")
    child_key = models.GeneratedField(
        expression=F("child") * KEY_FACTOR + F("domain"),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    unit = models.ForeignKey("people.Organisation", models.PROTECT, null=True, related_name="+")
    unit_key = models.GeneratedField(
        expression=F("unit") * KEY_FACTOR + F("domain"),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    sealed = models.BinaryField()
    file = models.BinaryField(null=True)
    file_type = models.CharField(max_length=40, blank=True)

    class Fields(Classified):
        retention = "document"
        internal = ("document", "domain", "unit", "unit_key", "file_type")
        personal = ("child", "child_key")
        protected = ("sealed", "file")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["child_key"], name="documenttext_child_key"),
            models.Index(fields=["unit_key"], name="documenttext_unit_key"),
        ]

    def __str__(self) -> str:
        return str(self.document_id)
