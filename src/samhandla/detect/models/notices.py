"""What has been delivered: a signed notice as the receiver has it, and what the receiver did."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samhandla.detect.models.ladder import Notice
from samhandla.people.models import ChildRow
from samhandla.people.models.base import CHILD_ROW_FIELDS
from samhandla.trust.classify import Classified
from samhandla.trust.history import kept_history
from samhandla.trust.rls import KEY_FACTOR


@kept_history(_("överlämnad anmälan"), row_security="child_row")
class DeliveredNotice(ChildRow):
    """A signed notice as it was handed over, in the secrecy domain of compulsory-school monitoring.

    Whoever receives notices in the authority reads this row and no other about the child; the sender
    reads it by the keys of the notice's own domain. What was said never changes.
    """

    row_security = "notice"

    class Reply(models.TextChoices):
        AWAIT = "await", _("tar emot och avvaktar skolans utredning")
        CONTACT = "contact", _("kontaktar skolan")
        COORDINATE = "coordinate", _("samordnar insatser för att eleven ska komma tillbaka (7 kap. 22 §)")
        OTHER = "other", _("annat")

    notice = models.OneToOneField(Notice, models.PROTECT, related_name="delivered")
    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    sender_domain = models.ForeignKey("trust.Domain", models.PROTECT, related_name="+", db_index=False)
    sender_child_key = models.GeneratedField(
        expression=F("child") * KEY_FACTOR + F("sender_domain"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    sender_unit_key = models.GeneratedField(
        expression=F("unit") * KEY_FACTOR + F("sender_domain"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    recipient = models.CharField(_("mottagare"), max_length=20, choices=Notice.Recipient)
    pupil = models.CharField(_("elev"), max_length=200)
    text = models.TextField()
    # The receiver reads this row alone, so the name of whoever signed stands in it.
    signed_name = models.CharField(_("undertecknad av"), max_length=200, blank=True)
    delivered_on = models.DateField(_("överlämnad"))
    due_on = models.DateField(_("svar senast"), null=True)
    received_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(_("mottagen"), null=True)
    reply = models.CharField(_("svar"), max_length=12, choices=Reply, blank=True)
    reply_words = models.TextField(_("med egna ord"), blank=True)
    replied_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    replied_on = models.DateField(_("besvarad"), null=True)
    # Handed out outside the system, to a municipality that does not use it.
    outside_to = models.CharField(_("utlämnad till"), max_length=120, blank=True)
    outside_on = models.DateField(_("utlämnad"), null=True)
    outside_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")

    class Fields(Classified):
        retention = "inquiry"
        internal = (
            *CHILD_ROW_FIELDS,
            "notice",
            "authority",
            "sender_domain",
            "sender_child_key",
            "sender_unit_key",
            "recipient",
            "signed_name",
            "received_by",
            "replied_by",
            "outside_by",
        )
        personal = (
            "pupil",
            "delivered_on",
            "due_on",
            "received_at",
            "replied_on",
            "outside_to",
            "outside_on",
        )
        sensitive = ("text", "reply", "reply_words")

    class Meta(ChildRow.Meta):
        indexes: ClassVar = [
            *ChildRow.Meta.indexes,
            models.Index(fields=["sender_child_key"], name="deliverednotice_sender_child"),
            models.Index(fields=["sender_unit_key"], name="deliverednotice_sender_unit"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(received_by__isnull=True, received_at__isnull=True)
                | Q(received_by__isnull=False, received_at__isnull=False),
                name="delivered_received_pair",
            ),
            models.CheckConstraint(
                condition=Q(replied_by__isnull=True, replied_on__isnull=True, reply="")
                | (Q(replied_by__isnull=False, replied_on__isnull=False) & ~Q(reply="")),
                name="delivered_reply_pair",
            ),
            models.CheckConstraint(
                condition=Q(outside_by__isnull=True, outside_on__isnull=True, outside_to="")
                | (Q(outside_by__isnull=False, outside_on__isnull=False) & ~Q(outside_to="")),
                name="delivered_outside_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.recipient
