"""Authorities, secrecy domains, accounts, actors, access, events.

Nouns: authority, domain, account, actor, access, event, read entry, signing key.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samhandla.trust.classify import Classified
from samhandla.trust.roles import ROLE_CHOICES


class Authority(models.Model):
    """One responsible authority or independent principal; secrecy holds between them (OSL 8:1)."""

    class Kind(models.TextChoices):
        BOARD = "board", _("nämnd")
        REGION = "region", _("region")
        OTHER_MUNICIPALITY = "other_municipality", _("annan kommun")
        INDEPENDENT = "independent", _("enskild huvudman")

    name = models.CharField(_("namn"), max_length=200)
    kind = models.CharField(_("slag"), max_length=24, choices=Kind)
    organisation_number = models.CharField(_("organisationsnummer"), max_length=12, blank=True)
    municipality_code = models.CharField(_("kommunkod"), max_length=4, blank=True)

    class Fields(Classified):
        open = ("id", "name", "kind", "organisation_number", "municipality_code")

    def __str__(self) -> str:
        return self.name


class Branch(models.TextChoices):
    """Branches of an authority. EMI is independent by default (OSL 8:2), the others inner borders."""

    SCHOOL = "school", _("skola")
    PRESCHOOL = "preschool", _("förskola")
    AFTER_SCHOOL = "after_school", _("fritidshem")
    PUPIL_HEALTH = "pupil_health", _("elevhälsa")
    SCHOOL_DUTY = "school_duty", _("skolpliktsbevakning")
    EMI = "emi", _("elevhälsans medicinska insats (EMI)")
    SOCIAL = "social", _("socialtjänst")
    REGION_HEALTH = "region_health", _("hälso- och sjukvård")
    LEISURE = "leisure", _("kultur och fritid")


class Domain(models.Model):
    """A secrecy domain (sekretessområde): responsible authority × branch."""

    id = models.SmallAutoField(primary_key=True)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="domains")
    branch = models.CharField(_("verksamhetsgren"), max_length=16, choices=Branch)

    class Fields(Classified):
        open = ("id", "authority", "branch")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "branch"], name="domain_authority_branch"),
        ]

    def __str__(self) -> str:
        return f"{self.authority} – {self.get_branch_display()}"


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> Account:
        account = self.model(username=username, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """A login. What it may see follows from its actors, never from the account."""

    username = models.CharField(_("användarnamn"), max_length=150, unique=True)
    eppn = models.CharField(_("EPPN"), max_length=200, unique=True, null=True, blank=True)
    email = models.EmailField(_("e-post"), blank=True)
    language = models.CharField(_("språk"), max_length=8, default="sv")
    is_active = models.BooleanField(_("aktiv"), default=True)
    # When the one-time link was made with which the owner chooses a password.
    invited_at = models.DateTimeField(null=True, blank=True)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Fields(Classified):
        internal = ("id", "username", "eppn", "email", "language", "is_active", "invited_at", "last_login")
        protected = ("password",)

    def __str__(self) -> str:
        return self.username


class Actor(models.Model):
    """Somebody (or a service) that acts in one authority. One account may have several actors."""

    class Kind(models.TextChoices):
        STAFF = "staff", _("personal")
        GUARDIAN = "guardian", _("vårdnadshavare")
        CHILD = "child", _("barn eller ung")
        SERVICE = "service", _("systemets egna jobb")

    kind = models.CharField(_("slag"), max_length=10, choices=Kind)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="actors")
    account = models.ForeignKey(Account, models.SET_NULL, null=True, blank=True, related_name="actors")
    name = models.CharField(_("namn på jobbet"), max_length=120, blank=True)

    class Fields(Classified):
        internal = ("id", "kind", "authority", "account", "name")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Access(models.Model):
    """Who may see which child (or the rows made at which unit), in which domain, and why.

    Derived from the register by `people_derive_access`; never typed by hand, and the running role
    has no right on the table: it is read through functions that know the viewer. The one exception is
    nödåtkomst, which the database writes itself (`secrecy_open_emergency`), until a minute.
    """

    class Reason(models.TextChoices):
        GROUP = "group", _("har gruppen som mentor eller klasslärare")
        UNIT = "unit", _("har uppdraget på skolenheten")
        STAND_IN = "stand_in", _("är ersättare")
        NAMED = "named", _("är namngiven för eleven")
        GUARDIAN = "guardian", _("är vårdnadshavare")
        SELF = "self", _("är eleven själv")
        NOTICE = "notice", _("har tagit emot en anmälan")
        EMERGENCY = "emergency", _("har öppnat med nödåtkomst")
        SERVICE = "service", _("systemets egna jobb för huvudmannen")

    actor = models.ForeignKey(Actor, models.CASCADE, related_name="+")
    child_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    # Where rows about the child must have been made to be read: the unit of the group. Null: anywhere.
    place_id = models.BigIntegerField(null=True)
    domain = models.ForeignKey(Domain, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason)
    role = models.CharField(max_length=32, choices=ROLE_CHOICES)
    source = models.CharField(max_length=24)
    source_id = models.BigIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    # The minute it ends, where days are too long (nödåtkomst); `valid_to` is then the day of that minute.
    expires_at = models.DateTimeField(null=True)

    class Fields(Classified):
        retention = "log"
        internal = (
            "id",
            "actor",
            "unit_id",
            "place_id",
            "domain",
            "role",
            "source",
            "source_id",
            "valid_from",
            "valid_to",
            "expires_at",
        )
        personal = ("child_id", "reason")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(child_id__isnull=True) ^ models.Q(unit_id__isnull=True),
                name="access_child_or_unit",
            ),
            models.CheckConstraint(
                condition=models.Q(place_id__isnull=True) | models.Q(child_id__isnull=False),
                name="access_place_of_child",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["actor", "valid_from"], name="access_actor"),
            models.Index(fields=["child_id"], name="access_child"),
            models.Index(fields=["unit_id"], name="access_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_id} {self.reason}"


class Withheld(models.Model):
    """From whom a child is withheld although `Access` reaches it; derived from the register as `Access` is.

    Without an actor it concerns everybody at work but the named and the principals of `unit_id`.
    The running role has no right on the table: it is read through `viewer_withheld()`.
    """

    class Why(models.TextChoices):
        IDENTITY = "identity", _("skyddade personuppgifter")
        KIN = "kin", _("jäv")

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    actor = models.ForeignKey(Actor, models.CASCADE, null=True, related_name="+")
    child_id = models.BigIntegerField()
    unit_id = models.BigIntegerField(null=True)
    why = models.CharField(max_length=8, choices=Why)
    source = models.CharField(max_length=24)
    source_id = models.BigIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Fields(Classified):
        retention = "log"
        internal = ("id", "authority", "actor", "unit_id", "source", "source_id", "valid_from", "valid_to")
        protected = ("child_id", "why")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["child_id"], name="trust_withheld_child")]

    def __str__(self) -> str:
        return f"{self.actor_id} {self.why}"


class SigningKey(models.Model):
    """The pads with which the database checks the viewer token; only `maint` reads them."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    inner_pad = models.BinaryField()
    outer_pad = models.BinaryField()

    class Fields(Classified):
        protected = ("id", "inner_pad", "outer_pad")

    def __str__(self) -> str:
        return "signing key"


class Chained(models.Model):
    """A row of a log: never changed, never removed, and sealed in a chain of hashes (`trust.chain`).

    Number and hash are null until the next sealing, which the database itself does.
    """

    number = models.BigIntegerField(null=True, editable=False)
    hash = models.BinaryField(null=True, editable=False)

    class Meta:
        abstract = True


class Event(Chained):
    """Something that somebody did. Written in the transaction of the change; no foreign keys, no update."""

    row_security = "event"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now)
    event = models.CharField(max_length=60)
    # One for everything that an action writes: the rows' history carries the same.
    deed = models.UUIDField(null=True, editable=False)
    actor_id = models.BigIntegerField(null=True)
    authority_id = models.BigIntegerField(null=True)
    child_key = models.BigIntegerField(null=True)
    unit_key = models.BigIntegerField(null=True)
    about = models.CharField(max_length=60, blank=True)
    about_id = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)

    class Fields(Classified):
        retention = "log"
        internal = (
            "id",
            "number",
            "hash",
            "at",
            "event",
            "deed",
            "actor_id",
            "authority_id",
            "unit_key",
            "about",
            "about_id",
        )
        personal = ("child_key",)
        sensitive = ("reason", "details")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["child_key", "at"], name="event_child"),
            models.Index(fields=["unit_key", "at"], name="event_unit"),
            models.Index(fields=["actor_id", "at"], name="event_actor"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["number"], name="event_number")]

    def __str__(self) -> str:
        return self.event


class ReadEntry(Chained):
    """One answer that showed something about children, or refused to: who, when, whom, where, by what right.

    Written on a connection of its own after the answer is made and before it is sent, so that it stands
    also when the request's own transaction is rolled back. No foreign keys, no update.
    """

    row_security = "read_entry"

    class Outcome(models.TextChoices):
        SHOWN = "shown", _("visades")
        REFUSED = "refused", _("nekades")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now)
    actor_id = models.BigIntegerField()
    authority_id = models.BigIntegerField()
    page = models.CharField(max_length=80)
    method = models.CharField(max_length=7)
    outcome = models.CharField(max_length=8, choices=Outcome)
    children = ArrayField(models.BigIntegerField(), default=list)
    # As "reason:role", as they stood in `Access` when the answer was made.
    reasons = ArrayField(models.CharField(max_length=48), default=list)

    class Fields(Classified):
        retention = "log"
        internal = ("id", "number", "hash", "at", "actor_id", "authority_id", "page", "method", "outcome")
        personal = ("children", "reasons")

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["children"], name="readentry_children"),
            models.Index(fields=["actor_id", "at"], name="readentry_actor"),
            models.Index(fields=["authority_id", "at"], name="readentry_authority"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["number"], name="readentry_number")]

    def __str__(self) -> str:
        return self.page
