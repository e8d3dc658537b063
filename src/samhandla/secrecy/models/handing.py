"""Legal openings of an authority, waivers of secrecy, and facts handed over.

Nouns: legal opening, receiver, waiver, voice, transfer.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samhandla.people.models import ChildRow
from samhandla.people.models.base import CHILD_ROW_FIELDS
from samhandla.trust.classify import Classified
from samhandla.trust.history import kept_history


def replaced_by_somebody(table: str) -> models.CheckConstraint:
    """Return the constraint that a voice that was replaced says by whom."""
    return models.CheckConstraint(
        condition=Q(replaced_at__isnull=True, replaced_by__isnull=True, replaced_why="")
        | Q(replaced_at__isnull=False, replaced_by__isnull=False),
        name=f"{table}_replaced_by",
    )


class LegalOpening(models.Model):
    """A provision as one authority has it: delivered, changed or added, and approved by its lawyer or not.

    A row is never changed once approved: it ends, and a new one begins.
    """

    row_security = "authority"

    class Decides(models.TextChoices):
        STAFF = "staff", _("den som har uppgiften")
        NAMED = "named", _("en utsedd person")
        PRINCIPAL = "principal", _("rektor")
        BOARD = "board", _("nämnden eller den den utsett")

    class Mark(models.TextChoices):
        READ = "V", _("läst i lagtexten")
        SECONDARY = "P", _("läst i annan källa")
        QUESTION = "NV", _("inte verifierad: en fråga")

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    code = models.CharField(_("kod"), max_length=40)
    paragraph = models.CharField(_("lagrum"), max_length=120)
    title = models.CharField(_("rubrik"), max_length=200)
    starts = ArrayField(models.CharField(max_length=24), verbose_name=_("från"))
    ends = ArrayField(models.CharField(max_length=24), verbose_name=_("till"))
    test = models.TextField(_("vad som ska prövas"))
    decides = models.CharField(_("vem som avgör"), max_length=10, choices=Decides)
    needs = models.CharField(max_length=24)
    below = models.PositiveSmallIntegerField(_("under ålder"), null=True, blank=True)
    duty = models.BooleanField(_("skyldighet"), default=False)
    mark = models.CharField(_("hur säker källan är"), max_length=2, choices=Mark)
    source = models.CharField(_("källa"), max_length=300)
    valid_from = models.DateField(_("gäller från"), null=True, blank=True)
    valid_to = models.DateField(_("gäller till"), null=True, blank=True)
    approved_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField(_("godkänd"), null=True)

    class Fields(Classified):
        open = (
            "id", "authority", "code", "paragraph", "title", "starts", "ends", "test", "decides", "needs",
            "below", "duty", "mark", "source", "valid_from", "valid_to", "approved_on",
        )  # fmt: skip
        internal = ("approved_by",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "code"], condition=Q(valid_to__isnull=True), name="opening_code_open"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_on__isnull=True)
                | Q(approved_by__isnull=False, approved_on__isnull=False),
                name="opening_approved_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Receiver(models.Model):
    """A named function that takes what is handed over to one secrecy domain (mottagning).

    A fact is sent to a function, never to "whoever has the child there": that somebody is known there is
    itself secret (OSL 26:1). Everybody may read that the function exists.
    """

    domain = models.ForeignKey("trust.Domain", models.PROTECT, related_name="+")
    unit = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(_("namn"), max_length=120)
    phone = models.CharField(_("telefon"), max_length=40, blank=True)
    active = models.BooleanField(_("tar emot"), default=True)

    class Fields(Classified):
        open = ("id", "domain", "unit", "name", "phone", "active")

    def __str__(self) -> str:
        return self.name


@kept_history(_("fråga om att lämna ut uppgift"), row_security="child_row")
class Waiver(ChildRow):
    """A waiver of secrecy (OSL 12:2): these facts, to this receiver, for this purpose, until this day.

    Not a consent to an effort, and no legal basis under GDPR. Its state follows from its voices and dates.
    """

    class How(models.TextChoices):
        PAPER = "paper", _("på papper")
        MEETING = "meeting", _("muntligt vid ett möte")
        EID = "eid", _("med e-legitimation")

    facts = models.TextField(_("vilka uppgifter"))
    purpose = models.TextField(_("varför"))
    receiver = models.ForeignKey(Receiver, models.PROTECT, null=True, blank=True, related_name="+")
    outside = models.CharField(_("mottagare utanför Samhandla"), max_length=120, blank=True)
    maturity = models.TextField(_("hur barnets mognad har bedömts"), blank=True)
    asked_on = models.DateField(_("tillfrågad"))
    valid_to = models.DateField(_("gäller till och med"))
    withdrawn_at = models.DateTimeField(_("återkallat"), null=True)
    withdrawn_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    registered_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")

    class Fields(Classified):
        retention = "inquiry"
        internal = (*CHILD_ROW_FIELDS, "receiver", "registered_by", "withdrawn_by")
        personal = ("asked_on", "valid_to", "withdrawn_at", "outside")
        sensitive = ("facts", "purpose", "maturity")

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(receiver__isnull=False, outside="") | (Q(receiver__isnull=True) & ~Q(outside="")),
                name="waiver_one_receiver",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_by__isnull=False),
                name="waiver_withdrawn_by",
            ),
            models.CheckConstraint(condition=Q(valid_to__gte=F("asked_on")), name="waiver_dates"),
        ]


class Spoken(ChildRow):
    """What one of those asked said. It is never changed: a correction replaces it, and both stay.

    `replaced_why` is empty when whoever wrote it corrected it the same day.
    """

    replaced_at = models.DateTimeField(_("ersatt"), null=True)
    replaced_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    replaced_why = models.TextField(_("varför det ändrades"), blank=True)
    registered_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    registered_at = models.DateTimeField(_("antecknat"), null=True)

    class Fields(Classified):
        retention = "inquiry"
        internal: tuple[str, ...] = (*CHILD_ROW_FIELDS, "registered_by", "replaced_by")
        personal: tuple[str, ...] = ("registered_at", "replaced_at")
        sensitive: tuple[str, ...] = ("replaced_why",)

    class Meta(ChildRow.Meta):
        abstract = True


@kept_history(_("svar om att lämna ut uppgift"), row_security="child_row")
class Voice(Spoken):
    """What one of those who decide said about a waiver: yes or no, how, and when."""

    class Who(models.TextChoices):
        CHILD = "child", _("barnet")
        GUARDIAN = "guardian", _("vårdnadshavare")

    class Said(models.TextChoices):
        YES = "yes", _("ja")
        NO = "no", _("nej")

    waiver = models.ForeignKey(Waiver, models.PROTECT, related_name="voices")
    who = models.CharField(_("vem"), max_length=8, choices=Who)
    guardian = models.ForeignKey("people.Guardian", models.PROTECT, null=True, related_name="+")
    said = models.CharField(_("svar"), max_length=3, choices=Said)
    how = models.CharField(_("hur"), max_length=7, choices=Waiver.How)
    on = models.DateField(_("när"))
    kept_in = models.CharField(_("förvaras i"), max_length=200, blank=True)

    class Fields(Spoken.Fields):
        internal = (*Spoken.Fields.internal, "waiver", "guardian", "kept_in")
        personal = (*Spoken.Fields.personal, "who", "on", "how")
        sensitive = (*Spoken.Fields.sensitive, "said")

    class Meta(Spoken.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(who="child", guardian__isnull=True) | Q(who="guardian", guardian__isnull=False),
                name="voice_guardian_named",
            ),
            models.UniqueConstraint(
                fields=["waiver", "who", "guardian"],
                condition=Q(replaced_at__isnull=True),
                nulls_distinct=False,
                name="voice_once",
            ),
            replaced_by_somebody("voice"),
        ]


@kept_history(_("lämnad uppgift"), row_security="child_row")
class Transfer(ChildRow):
    """One fact handed over from one secrecy domain to another, as it was sent, with its ground.

    The row is the sender's; the receiving function reads it too, and from `received_at` it is registered as
    received there. What was said never changes. Without an approved opening or a waiver in force the
    database refuses the row, whoever asks (`secrecy_check_ground`).
    """

    row_security = "transfer"

    receiver = models.ForeignKey(Receiver, models.PROTECT, null=True, related_name="+")
    # Police, an association, a municipality that is not here: a recipient, in whose name nothing is stored.
    outside_place = models.CharField(_("slag av mottagare"), max_length=24, blank=True)
    outside = models.CharField(_("mottagare utanför Samhandla"), max_length=120, blank=True)
    opening = models.ForeignKey(LegalOpening, models.PROTECT, related_name="+")
    # The receiver reads this row alone, so the paragraph stands in it.
    ground = models.CharField(_("lämnas med stöd av"), max_length=120)
    waiver = models.ForeignKey(Waiver, models.PROTECT, null=True, related_name="+")
    child_as = models.CharField(_("barnet, som det skrivs till mottagaren"), max_length=200)
    text = models.TextField(_("uppgiften"))
    reason = models.TextField(_("varför den lämnas"))
    weighing = models.TextField(_("hur det har vägts"), blank=True)
    sent_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    sent_name = models.CharField(_("lämnad av"), max_length=200)
    sent_at = models.DateTimeField(_("lämnad"))
    received_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(_("mottagen"), null=True)

    class Fields(Classified):
        retention = "inquiry"
        internal = (
            *CHILD_ROW_FIELDS, "receiver", "opening", "waiver", "sent_by", "sent_name", "received_by",
            "outside_place",
        )  # fmt: skip
        personal = ("child_as", "ground", "sent_at", "received_at", "outside")
        sensitive = ("text", "reason", "weighing")

    class Meta(ChildRow.Meta):
        indexes: ClassVar = [
            *ChildRow.Meta.indexes,
            models.Index(fields=["receiver", "sent_at"], name="transfer_receiver"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(received_by__isnull=True, received_at__isnull=True)
                | Q(received_by__isnull=False, received_at__isnull=False),
                name="transfer_received_pair",
            ),
            models.CheckConstraint(
                condition=Q(receiver__isnull=False, outside="", outside_place="")
                | (
                    Q(receiver__isnull=True, received_at__isnull=True) & ~Q(outside="") & ~Q(outside_place="")
                ),
                name="transfer_one_receiver",
            ),
        ]
