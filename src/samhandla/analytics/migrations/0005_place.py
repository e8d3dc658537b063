"""Rows about a child that access through a group reaches are those made at the group's own unit."""

from django.db import migrations

from samhandla.trust.rls import CHILD_ROW, protect_anew

TABLES = ("analytics_attendanceday", "analytics_attendancewindow",)


class Migration(migrations.Migration):
    dependencies = [("analytics", "0004_checked_by_batch"), ("trust", "0007_place")]

    operations = [
        *(protect_anew(table, CHILD_ROW) for table in TABLES),
    ]
