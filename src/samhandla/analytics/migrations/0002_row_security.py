from django.db import migrations

from samhandla.trust.rls import CHILD_ROW, protect


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_initial"), ("people", "0002_row_security")]

    operations = [protect("analytics_attendanceday", CHILD_ROW)]
