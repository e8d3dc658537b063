"""The authority's register of processings and their legal bases (GDPR). No child in it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samhandla.trust.classify import Classified


class Processing(models.Model):
    """One processing of personal data, and by what right it is done (GDPR articles 6, 9 and 30).

    A row is never changed: it ends, and a new one begins, so that what held on a day can be shown.
    """

    row_security = "authority"

    class Basis(models.TextChoices):
        DUTY = "c", _("rättslig förpliktelse (artikel 6.1 c)")
        TASK = "e", _("uppgift av allmänt intresse eller myndighetsutövning (artikel 6.1 e)")
        CONTRACT = "b", _("avtal (artikel 6.1 b)")
        VITAL = "d", _("någons liv (artikel 6.1 d)")
        CONSENT = "a", _("samtycke (artikel 6.1 a)")
        INTEREST = "f", _("intresseavvägning (artikel 6.1 f)")

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    code = models.CharField(_("kod"), max_length=40)
    name = models.CharField(_("behandling"), max_length=160)
    purpose = models.TextField(_("ändamål"))
    basis = models.CharField(_("rättslig grund"), max_length=1, choices=Basis)
    law = models.CharField(_("stöd i lag"), max_length=300)
    sensitive_law = models.CharField(_("stöd för känsliga uppgifter"), max_length=300, blank=True)
    persons = models.CharField(_("vilka personer"), max_length=300)
    data = models.TextField(_("vilka uppgifter"))
    receivers = models.TextField(_("vem som får dem"), blank=True)
    kept = models.CharField(_("hur länge de bevaras"), max_length=300)
    why_consent = models.TextField(_("varför samtycke kan vara frivilligt här"), blank=True)
    source = models.CharField(_("källa"), max_length=300)
    valid_from = models.DateField(_("gäller från"), null=True)
    valid_to = models.DateField(_("gäller till"), null=True)
    approved_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField(_("godkänd"), null=True)

    class Fields(Classified):
        open = (
            "id", "authority", "code", "name", "purpose", "basis", "law", "sensitive_law", "persons", "data",
            "receivers", "kept", "why_consent", "source", "valid_from", "valid_to", "approved_on",
        )  # fmt: skip
        internal = ("approved_by",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "code"], condition=Q(valid_to__isnull=True), name="processing_code_open"
            ),
            # Consent is normally not free between a school and a family; whoever says it is says why.
            models.CheckConstraint(
                condition=~Q(basis="a") | ~Q(why_consent=""), name="processing_consent_says_why"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_on__isnull=True)
                | Q(approved_by__isnull=False, approved_on__isnull=False),
                name="processing_approved_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.code
