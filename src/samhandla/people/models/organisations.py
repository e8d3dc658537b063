"""Organisations, areas, school forms and grade labels."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from samhandla.trust.classify import Classified
from samhandla.trust.rls import UNIT_FACTOR


class SchoolForm(models.TextChoices):
    """School forms, with SS 12000's codes (GRS and GYS are the adapted forms)."""

    PRESCHOOL = "FS", _("förskola")
    PRESCHOOL_CLASS = "FKLASS", _("förskoleklass")
    AFTER_SCHOOL = "FTH", _("fritidshem")
    COMPULSORY = "GR", _("grundskola")
    ADAPTED_COMPULSORY = "GRS", _("anpassad grundskola")
    SPECIAL = "SP", _("specialskola")
    SAMI = "SAM", _("sameskola")
    UPPER_SECONDARY = "GY", _("gymnasieskola")
    ADAPTED_UPPER_SECONDARY = "GYS", _("anpassad gymnasieskola")


class Area(models.Model):
    """A part of the municipality. An area, never an address."""

    name = models.CharField(_("namn"), max_length=100)
    municipality_code = models.CharField(_("kommunkod"), max_length=4, blank=True)

    class Fields(Classified):
        open = ("id", "name", "municipality_code")

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """Huvudman, nämnd, förvaltning, skola, skolenhet or another unit, in a tree."""

    class Kind(models.TextChoices):
        HUVUDMAN = "huvudman", _("huvudman")
        BOARD = "board", _("nämnd")
        DEPARTMENT = "department", _("förvaltning")
        SCHOOL = "school", _("skola")
        SCHOOL_UNIT = "school_unit", _("skolenhet")
        OTHER = "other", _("annan enhet")

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="organisations")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    kind = models.CharField(_("slag"), max_length=12, choices=Kind)
    name = models.CharField(_("namn"), max_length=200)
    skolenhetskod = models.CharField(_("skolenhetskod"), max_length=8, blank=True)
    school_forms = models.JSONField(_("skolformer"), default=list)
    area = models.ForeignKey(Area, models.SET_NULL, null=True, blank=True, related_name="+")
    adult_phone = models.CharField(_("telefon"), max_length=40, blank=True)

    class Fields(Classified):
        open = (
            "id",
            "authority",
            "parent",
            "kind",
            "name",
            "skolenhetskod",
            "school_forms",
            "area",
            "adult_phone",
        )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["authority", "kind"], name="organisation_authority")]
        constraints: ClassVar = [
            # A greater number would spill into the domain's part of a case key.
            models.CheckConstraint(condition=models.Q(pk__lt=UNIT_FACTOR), name="organisation_number_fits"),
        ]

    def __str__(self) -> str:
        return self.name


class GradeLabel(models.Model):
    """What a school year is called from a day on. From autumn 2028 every label moves one step.

    A row without an authority is the law as it stands, for whoever has none of its own of that day.
    """

    authority = models.ForeignKey("trust.Authority", models.PROTECT, null=True, blank=True, related_name="+")
    valid_from = models.DateField()
    form = models.CharField(max_length=8, choices=SchoolForm)
    school_year = models.SmallIntegerField()
    label = models.CharField(max_length=20)
    source = models.CharField(max_length=200)
    approved_by = models.CharField(max_length=120, blank=True)

    class Fields(Classified):
        open = ("id", "authority", "valid_from", "form", "school_year", "label", "source", "approved_by")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["valid_from", "form", "school_year"],
                condition=models.Q(authority__isnull=True),
                name="grade_label_unique",
            ),
            models.UniqueConstraint(
                fields=["authority", "valid_from", "form", "school_year"], name="grade_label_own_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.label
