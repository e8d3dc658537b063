"""What login keeps: demands of levels, drafts, emergency accounts, names at other identity providers.

Nouns: demand, draft, emergency account, emergency use, outer name. A session's own state is in the session.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samhandla.login.rules import Level
from samhandla.trust import crypto
from samhandla.trust.classify import Classified
from samhandla.trust.models import Account, Authority

MOST_DRAFTS = 50  # of one account; the oldest go first
LEVEL_CHOICES = [(level.value, level.name) for level in Level]


class Demand(models.Model):
    """The least level that a role, or a part of the system, needs in one authority."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    # A role's code or a permission: the two never look alike.
    what = models.CharField(_("vad"), max_length=60)
    level = models.SmallIntegerField(_("nivå"), choices=LEVEL_CHOICES)

    class Fields(Classified):
        internal = ("id", "authority", "what", "level")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "what"], name="demand_once"),
            models.CheckConstraint(condition=models.Q(level__range=(1, 4)), name="demand_level"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.level}"


class DraftManager(models.Manager["Draft"]):
    """Drafts are kept and thrown away without events: nobody's record, and changed every few seconds."""

    def keep(self, account_id: int, page: str, field: str, text: str) -> None:
        """Keep the latest text of one field; an empty text throws the draft away."""
        if not text.strip():
            self.filter(account_id=account_id, page=page, field=field).delete()
            return
        mine = self.filter(account_id=account_id).exclude(page=page, field=field).order_by("-saved_at")
        self.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST_DRAFTS - 1 :])).delete()
        sealed = crypto.encrypt(settings.SAMHANDLA_SECRET, text, bound_to=_place(account_id, page, field))
        self.update_or_create(
            account_id=account_id, page=page, field=field,
            defaults={"sealed": sealed, "saved_at": timezone.now()},
        )  # fmt: skip

    def texts(self, account_id: int, page: str) -> dict[str, str]:
        """Return the drafts of one page by field, oldest first. What cannot be read any more is left out."""
        found = {}
        for row in self.filter(account_id=account_id, page=page).order_by("saved_at"):
            try:
                found[row.field] = row.text
            except crypto.CryptoError:  # the installation's secret was changed
                continue
        return found

    def forget(self, account_id: int, *pages: str) -> None:
        """Throw away the drafts of some pages."""
        self.filter(account_id=account_id, page__in=pages).delete()

    def forget_older(self, than: datetime) -> int:
        """Throw away what nobody has come back to, and return how many."""
        return self.filter(saved_at__lt=than).delete()[0]


def _place(account_id: int, page: str, field: str) -> str:
    return f"draft:{account_id}:{page}:{field}"


class Draft(models.Model):
    """What somebody has written in a long field but not sent; sealed, bound to account, page and field."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    page = models.CharField(max_length=200)
    field = models.CharField(max_length=80)
    sealed = models.BinaryField()
    saved_at = models.DateTimeField()

    objects: ClassVar[DraftManager] = DraftManager()

    class Fields(Classified):
        internal = ("id", "account", "page", "field", "saved_at")
        protected = ("sealed",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "page", "field"], name="draft_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["saved_at"], name="draft_age")]

    def __str__(self) -> str:
        return f"{self.page} {self.field}"

    @property
    def text(self) -> str:
        """The text itself.

        Raises: CryptoError when it was sealed with another secret.
        """
        return crypto.decrypt(
            settings.SAMHANDLA_SECRET,
            bytes(self.sealed),
            bound_to=_place(self.account_id, self.page, self.field),
        )


class EmergencyAccount(models.Model):
    """A local account for the day when the municipality's login is down. Every use is told to others."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="emergency")
    opened_at = models.DateTimeField(default=timezone.now)

    class Fields(Classified):
        internal = ("id", "account", "opened_at")

    def __str__(self) -> str:
        return f"{self.account_id}"


class EmergencyUse(models.Model):
    """One login with an emergency account, until somebody else has seen it."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ip = models.GenericIPAddressField(null=True)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    class Fields(Classified):
        retention = "log"
        internal = ("id", "account", "at", "ip", "seen_at", "seen_by")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(seen_at__isnull=True, seen_by__isnull=True)
                | models.Q(seen_at__isnull=False, seen_by__isnull=False),
                name="use_seen_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(seen_by=models.F("account")), name="use_seen_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.at}"


class OuterName(models.Model):
    """The name by which a provider without EPPN knows somebody: a guardian at an e-identification broker.

    Never a personal number: the broker's own name for the person at this installation.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="outer_names")
    provider = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)

    class Fields(Classified):
        internal = ("id", "account", "provider")
        protected = ("subject",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "subject"], name="outer_name_once"),
        ]

    def __str__(self) -> str:
        return self.provider
