"""Staff, their duties at units, their groups, their stand-ins."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from samhandla.people.models.base import EndableRow, dates_in_order
from samhandla.people.models.groups import Group
from samhandla.people.models.organisations import Organisation
from samhandla.trust.classify import Classified
from samhandla.trust.history import kept_history
from samhandla.trust.roles import ROLE_CHOICES


@kept_history(_("medarbetare"), row_security="authority", made=False)
class Staff(models.Model):
    """Somebody who works in an authority.

    `eppn` (eduPersonPrincipalName, name@domain) is what the school system and the municipality's own login
    both know the person by; a login is matched on it, never on name or e-mail.
    """

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    actor = models.OneToOneField("trust.Actor", models.PROTECT, related_name="staff")
    given_name = models.CharField(_("förnamn"), max_length=100)
    family_name = models.CharField(_("efternamn"), max_length=100)
    email = models.EmailField(_("e-post"), blank=True)
    phone = models.CharField(_("telefon"), max_length=40, blank=True)
    eppn = models.CharField(_("inloggningsnamn (EPPN)"), max_length=200, blank=True, db_index=True)

    class Fields(Classified):
        retention = "register"
        internal = ("id", "authority", "actor", "given_name", "family_name", "email", "phone", "eppn")

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"


@kept_history(_("uppdrag"), row_security="authority")
class Duty(EndableRow):
    """A role at a unit (or a unit above it), from a day to a day."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="duties")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="duties")
    role = models.CharField(_("roll"), max_length=32, choices=ROLE_CHOICES)

    class Fields(Classified):
        retention = "register"
        internal = ("id", "staff", "unit", "role", "valid_from", "valid_to", "ended_at")

    class Meta:
        constraints: ClassVar = [dates_in_order("duty_dates")]

    def __str__(self) -> str:
        return self.role


@kept_history(_("uppdrag i en grupp"), row_security="authority")
class Assignment(EndableRow):
    """A staff member's task in a group: mentor, class teacher or teacher."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="assignments")
    group = models.ForeignKey(Group, models.PROTECT, related_name="assignments")
    role = models.CharField(_("roll"), max_length=32, choices=ROLE_CHOICES)

    class Fields(Classified):
        retention = "register"
        internal = ("id", "staff", "group", "role", "valid_from", "valid_to", "ended_at")

    class Meta:
        constraints: ClassVar = [dates_in_order("assignment_dates")]

    def __str__(self) -> str:
        return self.role


@kept_history(_("ersättare"), row_security="authority")
class Substitution(EndableRow):
    """A stand-in (ersättare) who takes over somebody's signals and access for a time."""

    absent = models.ForeignKey(Staff, models.PROTECT, related_name="substituted_by")
    stand_in = models.ForeignKey(Staff, models.PROTECT, related_name="substitutes_for")

    class Fields(Classified):
        retention = "register"
        internal = ("id", "absent", "stand_in", "valid_from", "valid_to", "ended_at")

    class Meta:
        constraints: ClassVar = [
            dates_in_order("substitution_dates"),
            models.CheckConstraint(
                condition=~models.Q(absent=models.F("stand_in")), name="substitution_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absent_id}/{self.stand_in_id}"
