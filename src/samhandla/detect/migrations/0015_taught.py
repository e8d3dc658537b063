"""What a teacher reads and writes without any access to a child's rows: see detect/taught.py."""

from django.db import migrations

from samhandla.detect.taught import INSTALL, REMOVE


class Migration(migrations.Migration):
    dependencies = [("detect", "0014_times_and_triggers"), ("people", "0008_no_interpreter")]

    operations = [migrations.RunSQL(INSTALL, REMOVE)]
