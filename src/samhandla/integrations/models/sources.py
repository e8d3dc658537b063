"""Where data comes from, and how it is read."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from samhandla.trust.classify import Classified


class SourceKind(models.TextChoices):
    """What kind of thing delivers."""

    SS12000 = "ss12000", _("SS 12000")
    FILE = "file", _("fil")


class ProtectionPolicy(models.TextChoices):
    """What happens to people with protected identity; the first is the strictest and the default."""

    SKIP = "skip", _("tas inte in")
    PSEUDONYMISED = "pseudonymised", _("tas in utan namn och nummer")
    NEED_TO_KNOW = "need_to_know", _("tas in med begränsad behörighet")


class Schedule(models.TextChoices):
    """When a source is fetched without anybody asking."""

    MANUAL = "manual", _("bara när någon startar den")
    NIGHTLY = "nightly", _("varje natt")
    HOURLY = "hourly", _("varje timme på vardagar")


class Preset(models.Model):
    """How one kind of file is read: a column mapping that the authority saved itself."""

    row_security = "authority"

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    name = models.CharField(_("namn"), max_length=80)
    mapping = models.TextField()
    made_by = models.BigIntegerField(null=True)

    class Fields(Classified):
        internal = ("id", "authority", "name", "mapping", "made_by")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "name"], name="preset_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class Source(models.Model):
    """One system or kind of file that delivers to one authority.

    `settings`: base_url, token_url, client_id, page_limit, huvudman (id of the organiser at the source),
    window_days, areas (postal code → area name), units (the source's word → skolenhetskod).
    `limits`: per resource, see `rules.limits.Limits`.
    `roles`: the source's word for a duty → our role; what is not in it becomes a teacher without reach.
    """

    row_security = "authority"

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    name = models.CharField(_("namn"), max_length=80)
    kind = models.CharField(_("slag"), max_length=8, choices=SourceKind)
    settings = models.JSONField(_("inställningar"), default=dict)
    sealed_credentials = models.BinaryField(null=True, blank=True)
    protection = models.CharField(
        _("skyddade personuppgifter"),
        max_length=14,
        choices=ProtectionPolicy,
        default=ProtectionPolicy.SKIP,
    )
    schedule = models.CharField(_("hämtas"), max_length=8, choices=Schedule, default=Schedule.MANUAL)
    preset_name = models.CharField(_("kolumnmall"), max_length=80, blank=True)
    limits = models.JSONField(_("stoppgränser"), default=dict)
    roles = models.JSONField(_("roller"), default=dict)
    capabilities = models.JSONField(_("vad källan erbjuder"), default=dict)
    checked_at = models.DateTimeField(_("kontrollerad"), null=True, blank=True)
    scope = models.ForeignKey(
        "people.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("enhet"),
    )
    register_source = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("elevernas beteckningar kommer från"),
    )
    active = models.BooleanField(_("i bruk"), default=True)

    class Fields(Classified):
        internal = (
            "id",
            "authority",
            "name",
            "kind",
            "settings",
            "protection",
            "schedule",
            "preset_name",
            "limits",
            "roles",
            "capabilities",
            "checked_at",
            "scope",
            "register_source",
            "active",
        )
        protected = ("sealed_credentials",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "name"], name="source_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name
