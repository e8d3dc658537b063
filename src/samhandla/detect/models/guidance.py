"""Närvarohandledning: twenty minutes per mentor and month."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from samhandla.people.models import Group, Organisation, Staff
from samhandla.trust.classify import Classified


class Guidance(models.Model):
    """One meeting about one group: figures, three questions, what we do, next date. No pupil is named."""

    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    mentor = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    led_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    held_on = models.DateField(_("dag"))
    figures = models.JSONField(default=dict)
    works = models.TextField(_("Vad fungerar?"), blank=True)
    wonder = models.TextField(_("Vad undrar vi över?"), blank=True)
    need = models.TextField(_("Vad behöver du?"), blank=True)
    we_do = models.TextField(_("det här gör vi"), blank=True)
    next_on = models.DateField(_("nästa gång"), null=True, blank=True)

    class Fields(Classified):
        retention = "signal"
        internal = (
            "id",
            "unit",
            "group",
            "mentor",
            "led_by",
            "held_on",
            "figures",
            "next_on",
        )
        # No pupil is named, but the mentor says what the mentor needs.
        personal = ("works", "wonder", "need", "we_do")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["unit", "held_on"], name="guidance_unit")]

    def __str__(self) -> str:
        return f"{self.held_on}"
