"""The school calendar: terms, breaks, and the numbered school days that follow from them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from samhandla.people.models.base import DatedRow, dates_in_order
from samhandla.people.models.organisations import Organisation
from samhandla.trust.classify import Classified


class Term(DatedRow):
    """A term of an organisation; its units inherit it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="terms")
    name = models.CharField(_("termin"), max_length=8)

    class Fields(Classified):
        open = ("id", "organisation", "name", "valid_from", "valid_to")

    class Meta:
        constraints: ClassVar = [dates_in_order("term_dates")]

    def __str__(self) -> str:
        return self.name


class Break(DatedRow):
    """Days without school: a holiday, a local day off, a study day."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("lov")
        LOCAL = "local", _("lokal lovdag")
        STUDY_DAY = "study_day", _("studiedag")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="breaks")
    kind = models.CharField(_("slag"), max_length=10, choices=Kind)
    name = models.CharField(_("namn"), max_length=60)

    class Fields(Classified):
        open = ("id", "organisation", "kind", "name", "valid_from", "valid_to")

    class Meta:
        constraints: ClassVar = [dates_in_order("break_dates")]

    def __str__(self) -> str:
        return self.name


class SchoolDay(models.Model):
    """One school day of one unit, numbered, so that a clock or a streak is one subtraction.

    `day_no` runs on through the unit's whole calendar; it is never reused within it.
    """

    unit = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    date = models.DateField()
    day_no = models.IntegerField()
    term = models.CharField(max_length=8)
    after_break = models.BooleanField(default=False)

    class Fields(Classified):
        open = ("id", "unit", "date", "day_no", "term", "after_break")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "date"], name="schoolday_unit_date"),
            models.UniqueConstraint(fields=["unit", "day_no"], name="schoolday_unit_no"),
        ]

    def __str__(self) -> str:
        return f"{self.date}"
