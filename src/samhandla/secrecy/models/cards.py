"""Cards for a consultation without identity. No child, no unit, no hour."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from samhandla.trust.classify import Classified


class ConsultationCard(models.Model):
    """A situation without anybody in it, as it was asked about. Who it was about stands nowhere.

    Only the day is kept, and nothing joins the card to a child: it is the asker's to find again.
    """

    row_security = "authority"

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    stage = models.CharField(_("ungefärlig ålder"), max_length=12)
    text = models.TextField(_("kortet"))
    kept_words = models.PositiveSmallIntegerField(_("påpekanden som fick stå kvar"), default=0)
    made_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    made_on = models.DateField(_("gjort"))

    class Fields(Classified):
        retention = "inquiry"
        internal = ("id", "authority", "stage", "kept_words", "made_by", "made_on")
        sensitive = ("text",)

    def __str__(self) -> str:
        return f"card {self.pk}"
