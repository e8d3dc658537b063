"""Children, their numbers, their enrolments, their guardians."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samhandla.people.models.base import CHILD_ROW_FIELDS, ChildRow, DatedRow, dates_in_order
from samhandla.people.models.organisations import Area, Organisation, SchoolForm
from samhandla.people.rules import is_masked
from samhandla.trust.classify import Classified
from samhandla.trust.history import kept_history
from samhandla.trust.shown import note_shown


class Protection(models.TextChoices):
    """Protected identity as the source gave it. A missing marking is unknown, not none."""

    UNKNOWN = "unknown", _("okänt")
    NONE = "none", _("ingen markering")
    MARKED = "marked", _("sekretessmarkering")
    PROTECTED = "protected", _("skyddad folkbokföring")


class Sex(models.TextChoices):
    GIRL = "K", _("flicka")
    BOY = "M", _("pojke")
    UNKNOWN = "O", _("okänt")


class Person(models.Model):
    """What children and guardians share. One row per authority: a move opens nothing."""

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    actor = models.OneToOneField("trust.Actor", models.PROTECT, null=True, blank=True, related_name="+")
    given_name = models.CharField(_("förnamn"), max_length=100)
    family_name = models.CharField(_("efternamn"), max_length=100)
    protection = models.CharField(
        _("skyddade personuppgifter"), max_length=10, choices=Protection, default=Protection.UNKNOWN
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.pk}"

    @property
    def full_name(self) -> str:
        """The name itself. Where a child is shown: `Child.shown_name`, or `queries.name_on_page`."""
        return f"{self.given_name} {self.family_name}".strip()


@kept_history(_("eleven"), row_security="child_past", made=False)
class Child(Person):
    """A child or young person as one authority knows it."""

    row_security = "child"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    birth_date = models.DateField(_("födelsedatum"), null=True, blank=True)
    sex = models.CharField(_("kön"), max_length=1, choices=Sex, default=Sex.UNKNOWN)
    lives_in = models.ForeignKey(
        Area, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("bor i området")
    )
    school_in = models.ForeignKey(
        Area,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("går i skola i området"),
    )
    adapted = models.BooleanField(_("anpassad studiegång"), default=False)
    missing_since = models.DateField(_("saknas i källan sedan"), null=True, blank=True)
    # The strictest marking of the family; derived by the database, since a sibling may be out of sight.
    lifted_protection = models.CharField(
        max_length=10, choices=Protection, default=Protection.UNKNOWN, editable=False
    )

    class Fields(Classified):
        retention = "register"
        internal = ("id", "ref", "authority", "actor", "unit", "missing_since")
        personal = ("given_name", "family_name", "birth_date", "sex", "school_in")
        sensitive = ("adapted",)
        protected = ("protection", "lifted_protection", "lives_in")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["authority", "family_name"], name="child_authority_name"),
        ]

    @property
    def is_masked(self) -> bool:
        """Whether lists, search and exports hide who this is: by its own marking or its family's."""
        return is_masked(self.protection) or is_masked(self.lifted_protection)

    @property
    def full_name(self) -> str:
        """The name itself; who asks for it is noted as having been shown the child."""
        note_shown((self.pk,))
        return super().full_name

    @property
    def shown_name(self) -> str:
        """The name as lists, exports and buttons show it; never that of somebody protected."""
        note_shown((self.pk,))
        return gettext("Skyddade personuppgifter") if self.is_masked else self.full_name

    @property
    def shown_given_name(self) -> str:
        """The given name as buttons and sentences show it."""
        note_shown((self.pk,))
        return gettext("eleven") if self.is_masked else self.given_name


@kept_history(_("personnummer"), row_security="child_row", exclude=("sealed",), made=False)
class ChildIdentity(ChildRow):
    """The child's personal number, encrypted; found again by its blind index. Never a key."""

    class Kind(models.TextChoices):
        PERSONAL = "personnummer", _("personnummer")
        COORDINATION = "samordningsnummer", _("samordningsnummer")
        TEMPORARY = "tillfalligt", _("tillfälligt nummer")

    kind = models.CharField(max_length=18, choices=Kind)
    sealed = models.BinaryField()
    blind_index = models.CharField(max_length=64)

    class Fields(Classified):
        retention = "register"
        internal = CHILD_ROW_FIELDS
        personal = ("kind",)
        protected = ("sealed", "blind_index")

    class Meta(ChildRow.Meta):
        indexes: ClassVar = [
            *ChildRow.Meta.indexes,
            models.Index(fields=["blind_index"], name="childidentity_blind"),
        ]

    def __str__(self) -> str:
        return self.kind


@kept_history(_("plats på en skolenhet"), row_security="child_row", made=False)
class Enrolment(ChildRow, DatedRow):
    """A child's place at a unit. `school_year` counts from 0 (förskoleklass); labels are dated data."""

    form = models.CharField(_("skolform"), max_length=8, choices=SchoolForm)
    school_year = models.SmallIntegerField(_("årskurs"), null=True, blank=True)
    main = models.BooleanField(default=True)

    class Fields(Classified):
        retention = "register"
        internal = (*CHILD_ROW_FIELDS, "main")
        personal = ("form", "school_year", "valid_from", "valid_to")

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [dates_in_order("enrolment_dates")]

    def __str__(self) -> str:
        return f"{self.form} {self.school_year}"


@kept_history(_("vårdnadshavares uppgifter"), row_security="guardian_past", made=False)
class Guardian(Person):
    """A guardian or other adult of a child. No address is kept."""

    row_security = "guardian"

    # Made by the writer, who may not read the row back until it belongs to a child.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-post"), blank=True)
    phone = models.CharField(_("telefon"), max_length=40, blank=True)
    language = models.CharField(_("språk"), max_length=40, blank=True)

    class Fields(Classified):
        retention = "register"
        internal = ("id", "authority", "actor")
        personal = ("given_name", "family_name", "email", "phone", "language")
        protected = ("protection",)

    @property
    def shown_name(self) -> str:
        """The name as pages show it; never that of somebody protected."""
        return gettext("Skyddade personuppgifter") if is_masked(self.protection) else self.full_name


class GuardianshipKind(models.TextChoices):
    """The kind decides the rights; an unknown kind has none (`rules.guardian_rights`)."""

    GUARDIAN = "vardnadshavare", _("vårdnadshavare")
    APPOINTED = "sarskilt_forordnad", _("särskilt förordnad vårdnadshavare")
    GOD_MAN = "god_man", _("god man")
    FOSTER_HOME = "familjehem", _("familjehem")
    CONTACT_PARENT = "umgangesforalder", _("umgängesförälder")
    OTHER = "annan", _("annan")
    UNKNOWN = "okand", _("okänd")


@kept_history(_("vårdnad"), row_security="child_row", made=False)
class Guardianship(ChildRow, DatedRow):
    """How an adult stands to a child. Every right of it ends on the child's 18th birthday."""

    guardian = models.ForeignKey(Guardian, models.PROTECT, related_name="guardianships")
    kind = models.CharField(
        _("slag"), max_length=20, choices=GuardianshipKind, default=GuardianshipKind.UNKNOWN
    )

    class Fields(Classified):
        retention = "register"
        internal = CHILD_ROW_FIELDS
        personal = ("guardian", "kind", "valid_from", "valid_to")

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [dates_in_order("guardianship_dates")]

    def __str__(self) -> str:
        return self.kind
