"""Requests for documents, what is done with each document, and who may refuse in the authority's name."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samhandla.people.models import Staff
from samhandla.people.models.base import EndableRow, dates_in_order
from samhandla.records.models.documents import Document
from samhandla.records.rules.paragraphs import PARAGRAPHS
from samhandla.trust.classify import Classified


class ReleaseRequest(models.Model):
    """Somebody asks for documents. Nobody needs to say who it is or why; a party or a guardian is known."""

    row_security = "records"

    class Kind(models.TextChoices):
        PUBLIC = "public", _("begäran om allmän handling")
        PARTY = "party", _("partsinsyn")
        GUARDIAN = "guardian", _("vårdnadshavares insyn")
        OWN = "own", _("elevens egen insyn")

    class How(models.TextChoices):
        VISIT = "visit", _("på plats")
        PHONE = "phone", _("per telefon")
        MAIL = "mail", _("med e-post")
        LETTER = "letter", _("med brev")

    class State(models.TextChoices):
        OPEN = "open", _("prövas")
        ANSWERED = "answered", _("besvarad")
        DECISION = "decision", _("väntar på skriftligt beslut")
        REFUSED = "refused", _("beslut om avslag")
        WITHDRAWN = "withdrawn", _("återtagen")

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    domain = models.ForeignKey("trust.Domain", models.PROTECT, related_name="+")
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    kind = models.CharField(_("slag"), max_length=8, choices=Kind)
    how = models.CharField(_("hur den kom"), max_length=6, choices=How)
    asked_on = models.DateField(_("kom in"))
    what = models.TextField(_("vad som begärs"))
    answer_to = models.CharField(_("vart svaret ska"), max_length=200, blank=True)
    identity = models.CharField(_("hur behörigheten har kontrollerats"), max_length=200, blank=True)
    child = models.ForeignKey("people.Child", models.PROTECT, null=True, related_name="+", db_index=False)
    guardian = models.ForeignKey("people.Guardian", models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("läge"), max_length=9, choices=State, default=State.OPEN)
    registered_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("besvarad"), null=True)
    decision = models.OneToOneField(Document, models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(_("beslutad"), null=True)

    class Fields(Classified):
        retention = "document"
        internal = (
            "id", "authority", "domain", "document", "kind", "how", "asked_on", "state", "registered_by",
            "answered_at", "decision", "decided_by", "decided_on",
        )  # fmt: skip
        personal = ("answer_to", "identity", "child", "guardian")
        sensitive = ("what",)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["domain", "state"], name="releaserequest_domain"),
        ]
        constraints: ClassVar = [
            # The public tells nobody who it is; a party's, a guardian's and a pupil's own is about one child.
            models.CheckConstraint(
                condition=Q(kind="public", child__isnull=True, guardian__isnull=True, identity="")
                | (Q(kind="guardian", child__isnull=False, guardian__isnull=False) & ~Q(identity=""))
                | (
                    Q(kind__in=["party", "own"], child__isnull=False, guardian__isnull=True) & ~Q(identity="")
                ),
                name="releaserequest_who",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="refused",
                    decision__isnull=False,
                    decided_by__isnull=False,
                    decided_on__isnull=False,
                )
                | (
                    ~Q(state="refused")
                    & Q(decision__isnull=True, decided_by__isnull=True, decided_on__isnull=True)
                ),
                name="releaserequest_refused_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.asked_on}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class ReleaseItem(models.Model):
    """One document in a request: how it was tested, what is masked in it, and the copy that was given."""

    row_security = "records"

    class Verdict(models.TextChoices):
        WHOLE = "whole", _("lämnas ut i sin helhet")
        MASKED = "masked", _("lämnas ut med maskering")
        REFUSED = "refused", _("lämnas inte ut")

    request = models.ForeignKey(ReleaseRequest, models.PROTECT, related_name="items")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    domain = models.ForeignKey("trust.Domain", models.PROTECT, related_name="+")
    # Each mask as [first, last, paragraph, forced]: places in the text.
    masks = models.JSONField(default=list)
    verdict = models.CharField(_("prövning"), max_length=7, choices=Verdict, blank=True)
    paragraph = models.CharField(max_length=16, blank=True)
    words = models.TextField(_("skäl"), blank=True)
    tested_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    tested_at = models.DateTimeField(null=True)
    # What was given, sealed: the copy that stays.
    copy = models.BinaryField(null=True)
    copy_type = models.CharField(max_length=40, blank=True)
    released_at = models.DateTimeField(_("utlämnad"), null=True)

    class Fields(Classified):
        retention = "document"
        internal = (
            "id", "request", "document", "domain", "masks", "verdict", "paragraph", "tested_by", "tested_at",
            "released_at", "copy_type",
        )  # fmt: skip
        sensitive = ("words",)
        protected = ("copy",)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["request"], name="releaseitem_request")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "document"], name="releaseitem_once"),
            models.CheckConstraint(
                condition=Q(verdict="", tested_by__isnull=True, tested_at__isnull=True)
                | (~Q(verdict="") & Q(tested_by__isnull=False, tested_at__isnull=False)),
                name="releaseitem_tested_whole",
            ),
            models.CheckConstraint(
                condition=~Q(verdict="refused") | (~Q(paragraph="") & ~Q(words="")),
                name="releaseitem_refused_says_why",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, copy__isnull=True)
                | (Q(released_at__isnull=False, copy__isnull=False) & Q(verdict__in=["whole", "masked"])),
                name="releaseitem_copy_stays",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.verdict}"

    @property
    def paragraph_place(self) -> str:
        return gettext(PARAGRAPHS[self.paragraph].place) if self.paragraph else ""


class Delegation(EndableRow):
    """That the board has given somebody the right to decide not to release, and where it says so."""

    row_security = "authority"

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("delegat"))
    reference = models.CharField(_("punkt i delegationsordningen"), max_length=160)
    decided_on = models.DateField(_("nämndens beslut"))
    registered_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")

    class Fields(Classified):
        internal = (
            "id", "authority", "staff", "reference", "decided_on", "registered_by", "valid_from", "valid_to",
            "ended_at",
        )  # fmt: skip

    class Meta:
        constraints: ClassVar = [dates_in_order("delegation_dates")]

    def __str__(self) -> str:
        return self.reference
