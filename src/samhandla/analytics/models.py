"""The attendance lake's manifest, and the day rows that pages read.

Nouns: lake file, attendance day, attendance window, quality note.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from samhandla.people.models.base import CHILD_ROW_FIELDS, ChildRow
from samhandla.trust.classify import Classified


class LakeFile(models.Model):
    """One Parquet file of one batch. It is live only when this row says so; the file itself never changes.

    `batch_id` and `source_id` are numbers of the import, which this room does not know. `told`: the latest
    days with registered lessons of each unit (`reach.told_by`); of the lessons themselves only.
    `absence_only`: its lessons are those that somebody missed, so that no share can be computed from them.
    """

    class Dataset(models.TextChoices):
        LESSONS = "lessons"
        DAYS = "days"
        SUBJECTS = "subjects"
        TOTALS = "totals"

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
    absence_only = models.BooleanField(default=False, db_default=False)
    told = models.JSONField(null=True)
    stored_at = models.DateTimeField(default=timezone.now)

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
            "absence_only",
            "told",
            "stored_at",
        )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["authority", "live", "dataset"], name="lakefile_live")]

    def __str__(self) -> str:
        return self.path


class AttendanceDay(ChildRow):
    """One pupil, one unit and one school day, in minutes. Shares are derived, never stored.

    Only rows that count are here: those of the latest live batch that has the pupil's day. What a
    later batch replaced lies in the lake and comes back from there when that batch is undone.

    The foreign keys have no constraint in the database: three checks per row took two thirds of the
    time of a year's five million rows. `set_batch_live` checks each pupil and unit once instead,
    against the register as the viewer sees it.
    """

    child = models.ForeignKey(
        "people.Child", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    domain = models.ForeignKey(
        "trust.Domain", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(
        "people.Organisation", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
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
    # Only missed lessons are known: what was offered that day is not, and no share is computed.
    absence_only = models.BooleanField(default=False, db_default=False)

    class Fields(Classified):
        retention = "attendance"
        internal = (*CHILD_ROW_FIELDS, "batch_id", "absence_only")
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


class AttendanceWindow(ChildRow):
    """One pupil's sums over a window of days, where a source gives no lessons. Minutes.

    Windows of a source are replaced whole. `reported` is empty when the source does not tell.
    """

    source_id = models.BigIntegerField()
    batch_id = models.BigIntegerField()
    activity = models.CharField(max_length=100, blank=True)
    subject = models.CharField(max_length=40, blank=True)
    first_date = models.DateField()
    last_date = models.DateField()
    offered = models.IntegerField()
    reported = models.IntegerField(null=True)
    present = models.IntegerField()
    valid = models.IntegerField()
    invalid = models.IntegerField()
    other = models.IntegerField()
    # The source tells of absence alone: what was offered otherwise is not known, and no share is computed.
    absence_only = models.BooleanField(default=False, db_default=False)

    class Fields(Classified):
        retention = "attendance"
        internal = (*CHILD_ROW_FIELDS, "source_id", "batch_id", "absence_only")
        personal = (
            "activity",
            "subject",
            "first_date",
            "last_date",
            "offered",
            "reported",
            "present",
            "valid",
            "invalid",
            "other",
        )

    class Meta(ChildRow.Meta):
        indexes: ClassVar = [
            models.Index(fields=["child_key", "first_date"], name="attendancewindow_child"),
            models.Index(fields=["unit_key", "first_date"], name="attendancewindow_unit"),
            models.Index(fields=["batch_id"], name="attendancewindow_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.first_date}–{self.last_date}"


class QualityNote(models.Model):
    """What one examination of the data found, per unit. Counts only: no pupil, no teacher."""

    row_security = "authority"

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    unit = models.ForeignKey("people.Organisation", models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, blank=True)
    count = models.BigIntegerField()
    of = models.BigIntegerField()
    first_date = models.DateField()
    last_date = models.DateField()
    examined_at = models.DateTimeField()

    class Fields(Classified):
        retention = "import"
        internal = (
            "id",
            "authority",
            "unit",
            "code",
            "subject",
            "count",
            "of",
            "first_date",
            "last_date",
            "examined_at",
        )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["authority", "unit"], name="qualitynote_authority")]

    def __str__(self) -> str:
        return self.code


class QualitySetting(models.Model):
    """Which share of lessons must be registered for figures to be shown in full strength."""

    authority = models.OneToOneField("trust.Authority", models.PROTECT, related_name="+")
    low_reporting = models.DecimalField(max_digits=3, decimal_places=2)

    class Fields(Classified):
        open = ("id", "authority", "low_reporting")

    def __str__(self) -> str:
        return f"{self.low_reporting}"
