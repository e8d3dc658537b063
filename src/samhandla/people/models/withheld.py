"""Who is named for a child with protected identity, and who is too close to a child to work with it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from samhandla.people.models.base import CHILD_ROW_FIELDS, ChildRow, EndableRow, dates_in_order
from samhandla.people.models.staff import Staff
from samhandla.trust.classify import Classified
from samhandla.trust.history import kept_history


@kept_history(_("namngiven personal"), row_security="child_row")
class NamedStaff(ChildRow, EndableRow):
    """Somebody whom the principal has named for one child with protected identity (need to know).

    A naming only lets through what the person's own work reaches: it opens nothing by itself, and ends with
    the work that the person had when named.
    """

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    named_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    named_at = models.DateTimeField()

    class Fields(Classified):
        retention = "register"
        internal = (
            *CHILD_ROW_FIELDS, "staff", "named_by", "named_at", "valid_from", "valid_to", "ended_at",
        )  # fmt: skip

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [dates_in_order("named_dates")]

    def __str__(self) -> str:
        return f"{self.staff_id}"


@kept_history(_("jäv"), row_security="child_row")
class Conflict(ChildRow, EndableRow):
    """Somebody at work is too close to a child (jäv): sees no row about it, and the stand-in takes over.

    Source: förvaltningslagen (2017:900) 16-18 §§; kommunallagen (2017:725) 6 kap. 28-30 §§.
    """

    class Kind(models.TextChoices):
        OWN = "own", _("eget barn")
        RELATIVE = "relative", _("släkting eller annan närstående")
        OTHER = "other", _("annat som kan rubba förtroendet")

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    actor = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    kind = models.CharField(_("slag"), max_length=8, choices=Kind)
    stand_in = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    noted_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Fields(Classified):
        retention = "register"
        internal = (
            *CHILD_ROW_FIELDS, "staff", "actor", "stand_in", "noted_by", "noted_at", "valid_from", "valid_to",
            "ended_at",
        )  # fmt: skip
        personal = ("kind",)

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [dates_in_order("conflict_dates")]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.kind}"
