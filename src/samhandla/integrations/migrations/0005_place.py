"""Rows about a child that access through a group reaches are those made at the group's own unit."""

from django.db import migrations

from samhandla.trust.rls import CHILD_ROW, protect_anew

TABLES = ("integrations_childlink",)


class Migration(migrations.Migration):
    dependencies = [("integrations", "0004_no_semantics"), ("trust", "0007_place")]

    operations = [
        *(protect_anew(table, CHILD_ROW) for table in TABLES),
    ]
