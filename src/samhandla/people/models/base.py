"""What every row about a child carries, and what every dated row carries."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from samhandla.trust.rls import KEY_FACTOR


class ChildRow(models.Model):
    """A row about a child: whose it is (secrecy domain) and at which unit it was made.

    The two generated keys are what row-level security compares with the viewer's keys: one joins
    child and domain, the other unit and domain, so that a move opens nothing.
    """

    row_security = "child_row"

    child = models.ForeignKey("people.Child", models.PROTECT, related_name="+", db_index=False)
    domain = models.ForeignKey("trust.Domain", models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+", db_index=False)
    child_key = models.GeneratedField(
        expression=F("child") * KEY_FACTOR + F("domain"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    unit_key = models.GeneratedField(
        expression=F("unit") * KEY_FACTOR + F("domain"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    class Meta:
        abstract = True
        indexes: ClassVar = [
            models.Index(fields=["child_key"], name="%(class)s_child_key"),
            models.Index(fields=["unit_key"], name="%(class)s_unit_key"),
            models.Index(fields=["child"], name="%(class)s_child"),
        ]


CHILD_ROW_FIELDS = ("id", "child", "domain", "unit", "child_key", "unit_key")


class DatedRow(models.Model):
    """A fact with a first and a last day, both inclusive. An ended fact stays: history is kept."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class EndableRow(DatedRow):
    """A dated fact that somebody can end at once.

    `ended_at` wins over `valid_to`: an import that still has the row open never opens it again.
    """

    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def dates_in_order(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name=name
    )
