"""Consent to an effort and to SIP (SoL), who said what, and the papers that prove it.

Beside the waiver of secrecy and never mixed with it: other law, other ages, another effect.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samhandla.people.models import ChildRow
from samhandla.people.models.base import CHILD_ROW_FIELDS
from samhandla.secrecy.models.handing import Spoken, Voice, Waiver, replaced_by_somebody
from samhandla.trust.classify import Classified
from samhandla.trust.history import kept_history


@kept_history(_("fråga om samtycke"), row_security="child_row")
class Consent(ChildRow):
    """A yes that somebody has been asked for: to an effort (SoL 21:1–2) or to SIP (SoL 10:8)."""

    class Kind(models.TextChoices):
        DECIDED = "decided", _("insats efter beslut (21 kap. 1 § SoL)")
        OPEN = "open", _("insats utan individuell behovsprövning (21 kap. 2 § SoL)")
        SIP = "sip", _("samordnad individuell plan, SIP (10 kap. 8 § SoL)")

    kind = models.CharField(_("slag"), max_length=8, choices=Kind)
    what = models.TextField(_("vad samtycket gäller"))
    suitable = models.TextField(_("varför det är lämpligt att barnet bestämmer"), blank=True)
    asked_on = models.DateField(_("tillfrågad"))
    valid_to = models.DateField(_("gäller till och med"))
    withdrawn_at = models.DateTimeField(_("återkallat"), null=True)
    withdrawn_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    registered_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")

    class Fields(Classified):
        retention = "inquiry"
        internal = (*CHILD_ROW_FIELDS, "registered_by", "withdrawn_by")
        personal = ("kind", "asked_on", "valid_to", "withdrawn_at")
        sensitive = ("what", "suitable")

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_by__isnull=False),
                name="consent_withdrawn_by",
            ),
            models.CheckConstraint(condition=Q(valid_to__gte=F("asked_on")), name="consent_dates"),
        ]

    def __str__(self) -> str:
        return self.kind


@kept_history(_("svar om samtycke"), row_security="child_row")
class ConsentVoice(Spoken):
    """What one of those asked said: yes or no, how, when, and where the paper is."""

    consent = models.ForeignKey(Consent, models.PROTECT, related_name="voices")
    who = models.CharField(_("vem"), max_length=8, choices=Voice.Who)
    guardian = models.ForeignKey("people.Guardian", models.PROTECT, null=True, related_name="+")
    said = models.CharField(_("svar"), max_length=3, choices=Voice.Said)
    how = models.CharField(_("hur"), max_length=7, choices=Waiver.How)
    on = models.DateField(_("när"))
    kept_in = models.CharField(_("förvaras i"), max_length=200, blank=True)

    class Fields(Spoken.Fields):
        internal = (*Spoken.Fields.internal, "consent", "guardian", "kept_in")
        personal = (*Spoken.Fields.personal, "who", "on", "how")
        sensitive = (*Spoken.Fields.sensitive, "said")

    class Meta(Spoken.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(who="child", guardian__isnull=True) | Q(who="guardian", guardian__isnull=False),
                name="consentvoice_guardian_named",
            ),
            models.UniqueConstraint(
                fields=["consent", "who", "guardian"],
                condition=Q(replaced_at__isnull=True),
                nulls_distinct=False,
                name="consentvoice_once",
            ),
            replaced_by_somebody("consentvoice"),
        ]

    def __str__(self) -> str:
        return f"{self.who} {self.said}"


class Paper(ChildRow):
    """A scanned paper with somebody's answer, sealed with the installation's key. Never changed."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    consent_voice = models.OneToOneField(ConsentVoice, models.PROTECT, null=True, related_name="paper")
    waiver_voice = models.OneToOneField(Voice, models.PROTECT, null=True, related_name="paper")
    content_type = models.CharField(max_length=20)
    sealed = models.BinaryField()
    kept_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    class Fields(Classified):
        retention = "inquiry"
        internal = (*CHILD_ROW_FIELDS, "key", "consent_voice", "waiver_voice", "content_type", "kept_by")
        personal = ("kept_at",)
        protected = ("sealed",)

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(consent_voice__isnull=False, waiver_voice__isnull=True)
                | Q(consent_voice__isnull=True, waiver_voice__isnull=False),
                name="paper_of_one_voice",
            ),
        ]

    def __str__(self) -> str:
        return str(self.key)
