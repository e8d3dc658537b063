"""Information to those whose data it is, version by version, and whom they can ask. No child in it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samhandla.trust.classify import Classified


class Audience(models.TextChoices):
    """Whom a text is written for; the address of its page."""

    YOUNG = "yngre-elev", _("elev i förskoleklass till årskurs 6")
    PUPIL = "elev", _("elev från årskurs 7")
    GUARDIAN = "vardnadshavare", _("vårdnadshavare")
    STAFF = "personal", _("personal")


class InformationText(models.Model):
    """A published text as it was approved, whole: what followed from the registers that day stands in it too.

    A row is never changed; the latest version of an audience is the one that holds.
    """

    row_security = "authority"

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    audience = models.CharField(_("för vem"), max_length=16, choices=Audience)
    version = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField()
    approved_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    approved_on = models.DateField(_("godkänd"))

    class Fields(Classified):
        retention = "published"
        open = ("id", "authority", "audience", "version", "content", "approved_on")
        internal = ("approved_by",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "audience", "version"], name="informationtext_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.audience} {self.version}"


class DataContact(models.Model):
    """How the authority's data protection officer is reached. Stands in every text and every answer."""

    row_security = "authority"

    authority = models.OneToOneField("trust.Authority", models.PROTECT, related_name="+")
    name = models.CharField(_("vem eller vilken funktion"), max_length=120)
    email = models.EmailField(_("e-post"), blank=True)
    phone = models.CharField(_("telefon"), max_length=40, blank=True)
    address = models.CharField(_("postadress"), max_length=200, blank=True)

    class Fields(Classified):
        open = ("id", "authority", "name", "email", "phone", "address")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone="") | ~Q(address=""), name="datacontact_reachable"
            ),
        ]

    def __str__(self) -> str:
        return self.name
