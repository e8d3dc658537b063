"""The pupils of a teacher's group come with their number, for the log of reading."""

from django.db import migrations

from samhandla.detect.taught import INSTALL, REMOVE


class Migration(migrations.Migration):
    dependencies = [("detect", "0016_signed_name")]

    operations = [migrations.RunSQL(REMOVE + INSTALL, migrations.RunSQL.noop)]
