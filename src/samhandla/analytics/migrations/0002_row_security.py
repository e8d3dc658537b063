from django.db import migrations

from samhandla.trust.rls import CHILD_ROW_WITHOUT_PLACE, protect

CHILD_ROW_TABLES = ("analytics_attendanceday", "analytics_attendancewindow")


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_initial"), ("people", "0002_row_security")]

    operations = [protect(table, CHILD_ROW_WITHOUT_PLACE) for table in CHILD_ROW_TABLES]
