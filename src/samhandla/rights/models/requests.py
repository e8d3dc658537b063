"""What somebody has asked for by right of the data protection regulation, and what became of it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samhandla.people.models import ChildRow, ProcessingLimit
from samhandla.people.models.base import CHILD_ROW_FIELDS
from samhandla.trust.classify import Classified
from samhandla.trust.history import kept_history


@kept_history(_("begäran om dataskydd"), row_security="unit_past")
class RightsRequest(ChildRow):
    """One request about a child's data: who asks, how that was checked, its clock, and the answer.

    Read by those who work with requests at the child's unit, those who handle them for the whole authority,
    and whoever asked. Never by another adult of the child's.
    """

    row_security = "rights_request"

    class Kind(models.TextChoices):
        ACCESS = "access", _("registerutdrag (artikel 15)")
        RECTIFICATION = "rectification", _("rättelse (artikel 16)")
        RESTRICTION = "restriction", _("begränsning (artikel 18)")
        OBJECTION = "objection", _("invändning mot reglerna (artikel 21)")

    class Who(models.TextChoices):
        CHILD = "child", _("eleven")
        GUARDIAN = "guardian", _("vårdnadshavare")

    class Way(models.TextChoices):
        """How it came; what comes through the page has the login as its proof."""

        PAGE = "page", _("på den egna sidan, inloggad")
        MEETING = "meeting", _("vid ett möte")
        LETTER = "letter", _("med brev")
        MAIL = "mail", _("med e-post")
        PHONE = "phone", _("per telefon")

    class Proof(models.TextChoices):
        """How it was checked who asks. Never a copy of the proof itself."""

        LOGIN = "login", _("inloggad med e-legitimation eller skolkonto")
        CARD = "card", _("legitimation visades")
        KNOWN = "known", _("personligen känd av den som tog emot")
        CALLED = "called", _("återuppringd på numret i registret")

    class Outcome(models.TextChoices):
        GRANTED = "granted", _("beviljad")
        PARTLY = "partly", _("delvis beviljad")
        DENIED = "denied", _("avslagen")

    kind = models.CharField(_("slag"), max_length=13, choices=Kind)
    who = models.CharField(_("vem som begär"), max_length=8, choices=Who)
    guardian = models.ForeignKey("people.Guardian", models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    way = models.CharField(_("hur begäran kom"), max_length=7, choices=Way)
    proof = models.CharField(_("hur identiteten kontrollerades"), max_length=6, choices=Proof)
    words = models.TextField(_("med egna ord"), blank=True)
    weighing = models.TextField(_("elevens mognad eller egen inställning"), blank=True)
    received_on = models.DateField(_("mottagen"))
    due_on = models.DateField(_("svar senast"))
    extended_on = models.DateField(_("förlängd"), null=True)
    extended_why = models.TextField(_("skäl till förlängningen"), blank=True)
    registered_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    outcome = models.CharField(_("svar"), max_length=7, choices=Outcome, blank=True)
    grounds = models.TextField(_("skäl till svaret"), blank=True)
    answered_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField(_("besvarad"), null=True)
    limit = models.ForeignKey(ProcessingLimit, models.PROTECT, null=True, related_name="+")

    class Fields(Classified):
        retention = "inquiry"
        internal = (*CHILD_ROW_FIELDS, "guardian", "asked_by", "registered_by", "answered_by", "limit")
        personal = (
            "kind", "who", "way", "proof", "received_on", "due_on", "extended_on", "outcome", "answered_on",
        )  # fmt: skip
        sensitive = ("words", "weighing", "extended_why", "grounds")

    class Meta(ChildRow.Meta):
        indexes: ClassVar = [
            *ChildRow.Meta.indexes,
            models.Index(fields=["domain", "due_on"], name="rightsrequest_domain"),
            models.Index(fields=["asked_by"], name="rightsrequest_asked_by"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(who="child", guardian__isnull=True) | Q(who="guardian", guardian__isnull=False),
                name="rightsrequest_guardian_named",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_on__isnull=True, outcome="")
                | (Q(answered_by__isnull=False, answered_on__isnull=False) & ~Q(outcome="")),
                name="rightsrequest_answered_whole",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["denied", "partly"]) | ~Q(grounds=""),
                name="rightsrequest_no_says_why",
            ),
            models.CheckConstraint(
                condition=Q(extended_on__isnull=True) | ~Q(extended_why=""), name="rightsrequest_extended_why"
            ),
            models.CheckConstraint(condition=Q(due_on__gt=F("received_on")), name="rightsrequest_dates"),
        ]

    def __str__(self) -> str:
        return self.kind


class Extract(ChildRow):
    """An extract as it was taken out of the tables, sealed. What has been handed out never changes."""

    row_security = "rights_extract"

    request = models.OneToOneField(RightsRequest, models.PROTECT, related_name="extract")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sealed = models.BinaryField()
    made_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("framtaget"))
    looked_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    looked_at = models.DateTimeField(_("genomgånget"), null=True)
    handed_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    handed_at = models.DateTimeField(_("utlämnat"), null=True)
    handed_how = models.CharField(_("hur det lämnades"), max_length=7, blank=True)

    class Fields(Classified):
        retention = "inquiry"
        internal = (*CHILD_ROW_FIELDS, "request", "key", "made_by", "looked_by", "handed_by", "handed_how")
        personal = ("made_at", "looked_at", "handed_at")
        protected = ("sealed",)

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(looked_by__isnull=True, looked_at__isnull=True)
                | Q(looked_by__isnull=False, looked_at__isnull=False),
                name="extract_looked_pair",
            ),
            models.CheckConstraint(
                condition=Q(handed_by__isnull=True, handed_at__isnull=True, handed_how="")
                | (Q(handed_by__isnull=False, looked_at__isnull=False) & ~Q(handed_how="")),
                name="extract_handed_when_looked",
            ),
        ]

    def __str__(self) -> str:
        return str(self.key)


class Withheld(ChildRow):
    """What a person has decided about one piece of an extract: given, or withheld and on which ground."""

    row_security = "rights_extract"

    class Ground(models.TextChoices):
        GUARDIAN = "guardian", _("sekretess mot vårdnadshavaren (12 kap. 3 § OSL)")
        OTHER = "other", _("uppgift om en annan person (artikel 15.4)")
        PROTECTED = "protected", _("skyddade personuppgifter (21 och 22 kap. OSL)")
        SECRET = "secret", _("annan sekretess mot den som begär")

    extract = models.ForeignKey(Extract, models.PROTECT, related_name="withheld")
    piece = models.CharField(max_length=120)
    given = models.BooleanField()
    ground = models.CharField(_("skäl"), max_length=9, choices=Ground, blank=True)
    by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Fields(Classified):
        retention = "inquiry"
        internal = (*CHILD_ROW_FIELDS, "extract", "piece", "given", "ground", "by", "at")

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["extract", "piece"], name="withheld_once"),
            models.CheckConstraint(
                condition=Q(given=True, ground="") | (Q(given=False) & ~Q(ground="")),
                name="withheld_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.piece


class Correction(ChildRow):
    """That something written or registered is wrong, with what it said and what is right.

    Nothing is written over: a text of ours keeps its words and gets this beside it, and what the school
    register owns is corrected there. Read by those who may read the row that it is about.
    """

    request = models.OneToOneField(RightsRequest, models.PROTECT, related_name="correction")
    table = models.CharField(max_length=60)
    row = models.CharField(max_length=40)
    field = models.CharField(max_length=60)
    heading = models.CharField(_("var det står"), max_length=200)
    said = models.TextField(_("det stod"))
    right = models.TextField(_("det rätta"))
    at_source = models.BooleanField(_("rättas i skolans elevregister"))
    by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    on = models.DateField(_("dag"))

    class Fields(Classified):
        retention = "inquiry"
        internal = (*CHILD_ROW_FIELDS, "request", "table", "row", "field", "by")
        personal = ("heading", "at_source", "on")
        sensitive = ("said", "right")

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(right=""), name="correction_says_what"),
        ]

    def __str__(self) -> str:
        return self.heading
