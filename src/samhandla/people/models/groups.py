"""Groups and who is in them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from samhandla.people.models.base import CHILD_ROW_FIELDS, ChildRow, DatedRow, dates_in_order
from samhandla.people.models.organisations import Organisation
from samhandla.trust.classify import Classified
from samhandla.trust.history import kept_history


class GroupKind(models.TextChoices):
    CLASS = "class", _("klass")
    MENTOR = "mentor", _("mentorsgrupp")
    TEACHING = "teaching", _("undervisningsgrupp")
    OTHER = "other", _("annan grupp")


class Group(DatedRow):
    """A class, mentor group or teaching group of a unit."""

    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="groups")
    kind = models.CharField(_("slag"), max_length=10, choices=GroupKind)
    name = models.CharField(_("namn"), max_length=80)
    school_year = models.SmallIntegerField(_("årskurs"), null=True, blank=True)

    class Fields(Classified):
        retention = "register"
        internal = ("id", "unit", "kind", "name", "school_year", "valid_from", "valid_to")

    class Meta:
        constraints: ClassVar = [dates_in_order("group_dates")]

    def __str__(self) -> str:
        return self.name


@kept_history(_("plats i en grupp"), row_security="child_row", made=False)
class Membership(ChildRow, DatedRow):
    """A child in a group, from a day to a day."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="memberships")

    class Fields(Classified):
        retention = "register"
        internal = CHILD_ROW_FIELDS
        personal = ("group", "valid_from", "valid_to")

    class Meta(ChildRow.Meta):
        constraints: ClassVar = [dates_in_order("membership_dates")]

    def __str__(self) -> str:
        return f"{self.group_id}"
