"""Cards for a consultation without identity. No child, no unit, no hour."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samhandla.secrecy.models.handing import Receiver
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
    # Sent to a receiving function, which reads the card and whose authority asks: neither name nor school.
    receiver = models.ForeignKey(Receiver, models.PROTECT, null=True, related_name="+")
    sent_on = models.DateField(_("skickat"), null=True)
    advice = models.TextField(_("svaret"), blank=True)
    answered_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField(_("besvarat"), null=True)

    class Fields(Classified):
        retention = "inquiry"
        internal = (
            "id", "authority", "stage", "kept_words", "made_by", "made_on", "receiver", "sent_on",
            "answered_by", "answered_on",
        )  # fmt: skip
        sensitive = ("text", "advice")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(receiver__isnull=True, sent_on__isnull=True)
                | Q(receiver__isnull=False, sent_on__isnull=False),
                name="card_sent_pair",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_on__isnull=True, advice="")
                | (Q(answered_by__isnull=False, answered_on__isnull=False) & ~Q(advice="")),
                name="card_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"card {self.pk}"
