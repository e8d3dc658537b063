"""Which row of the register a source's id stands for. Ids are kept as keyed hashes only."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from samhandla.integrations.models.sources import Source
from samhandla.people.models.base import CHILD_ROW_FIELDS, ChildRow
from samhandla.trust.classify import Classified


class LinkKind(models.TextChoices):
    """What an id of the source stands for."""

    ORGANISATION = "organisation"
    GROUP = "group"
    STAFF = "staff"
    GUARDIAN = "guardian"
    DUTY = "duty"
    # Somebody who was left out because of protected identity: rows about them are passed over in silence.
    LEFT_OUT = "left_out"


class Link(models.Model):
    """An organisation, group, guardian, staff member or duty as one source calls it.

    `fingerprint` is a keyed hash of what the source last said, so that "unchanged" needs no reading of
    the register. `ref` is the register row's key as text.
    """

    row_security = "authority"

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=LinkKind)
    key = models.CharField(max_length=32)
    ref = models.CharField(max_length=36, blank=True)
    fingerprint = models.CharField(max_length=32)
    unit_id = models.BigIntegerField(null=True)
    missing_since = models.DateField(null=True)

    class Fields(Classified):
        retention = "register"
        internal = (
            "id",
            "authority",
            "source",
            "kind",
            "key",
            "ref",
            "fingerprint",
            "unit_id",
            "missing_since",
        )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "kind", "key"], name="link_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class ChildLink(ChildRow):
    """A child as one source calls it; `other` tells an id that the source only passes on."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=32)
    fingerprint = models.CharField(max_length=32)
    other = models.BooleanField(default=False)

    class Fields(Classified):
        retention = "register"
        internal = (*CHILD_ROW_FIELDS, "source", "fingerprint", "other")
        personal = ("key",)

    class Meta(ChildRow.Meta):
        indexes: ClassVar = [
            *ChildRow.Meta.indexes,
            models.Index(fields=["source", "key"], name="childlink_source_key"),
        ]

    def __str__(self) -> str:
        return f"{self.child_id}"
