"""The attendance lake's manifest, and the day rows that pages read.

Nouns: lake file, attendance day.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from samhandla.people.models.base import CHILD_ROW_FIELDS, ChildRow
from samhandla.trust.classify import Classified


class LakeFile(models.Model):
    """One Parquet file of one batch. It is live only when this row says so; the file itself never changes.

    `batch_id` and `source_id` are numbers of the import, which this room does not know.
    """

    class Dataset(models.TextChoices):
        LESSONS = "lessons"
        DAYS = "days"
        SUBJECTS = "subjects"

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    source_id = models.BigIntegerField()
    batch_id = models.BigIntegerField()
    dataset = models.CharField(max_length=8, choices=Dataset)
    path = models.CharField(max_length=300)
    rows = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    first_date = models.DateField()
    last_date = models.DateField()
    live = models.BooleanField(default=False)

    class Fields(Classified):
        retention = "attendance"
        internal = (
            "id",
            "authority",
            "source_id",
            "batch_id",
            "dataset",
            "path",
            "rows",
            "sha256",
            "first_date",
            "last_date",
            "live",
        )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["authority", "live", "dataset"], name="lakefile_live")]

    def __str__(self) -> str:
        return self.path


class AttendanceDay(ChildRow):
    """One pupil and one school day, in minutes. Shares are derived, never stored."""

    date = models.DateField()
    lessons = models.SmallIntegerField()
    absent_lessons = models.SmallIntegerField()
    offered = models.SmallIntegerField()
    present = models.SmallIntegerField()
    valid = models.SmallIntegerField()
    invalid = models.SmallIntegerField()
    other = models.SmallIntegerField()
    reported = models.SmallIntegerField()
    late_lessons = models.SmallIntegerField(default=0)
    late_minutes = models.SmallIntegerField(default=0)
    not_participating = models.SmallIntegerField(default=0)
    batch_id = models.BigIntegerField()

    class Fields(Classified):
        retention = "attendance"
        internal = (*CHILD_ROW_FIELDS, "batch_id")
        personal = (
            "date",
            "lessons",
            "absent_lessons",
            "offered",
            "present",
            "valid",
            "invalid",
            "other",
            "reported",
            "late_lessons",
            "late_minutes",
            "not_participating",
        )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["child_key", "date"], name="attendanceday_child_date"),
            models.Index(fields=["unit_key", "date"], name="attendanceday_unit_date"),
            models.Index(fields=["batch_id"], name="attendanceday_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.date}"
