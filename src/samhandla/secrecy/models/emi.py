"""What the medical pupil health (EMI) notes here. It is no patient journal, and only EMI reads it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from samhandla.people.models import ChildRow
from samhandla.people.models.base import CHILD_ROW_FIELDS
from samhandla.trust.classify import Classified
from samhandla.trust.history import kept_history


@kept_history(_("EMI:s anteckning"), row_security="child_row")
class EmiNote(ChildRow):
    """A contact that EMI had about a pupil, or something it was asked. Never care: that is the journal's.

    Source: OSL 8:2, 25:1; patientdatalagen (2008:355) 3 kap. (the journal is kept elsewhere).
    """

    class Kind(models.TextChoices):
        CONTACT = "contact", _("kontakt")
        REQUEST = "request", _("fråga eller önskan till oss")

    kind = models.CharField(_("slag"), max_length=8, choices=Kind)
    text = models.TextField(_("anteckning"))
    by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_name = models.CharField(max_length=200, blank=True)

    class Fields(Classified):
        retention = "inquiry"
        internal = (*CHILD_ROW_FIELDS, "by", "by_name", "at", "done_at", "done_name")
        sensitive = ("kind", "text")

    class Meta(ChildRow.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"

    @property
    def waits(self) -> bool:
        """Whether somebody in EMI has still to take care of it."""
        return self.kind == self.Kind.REQUEST and self.done_at is None
