"""A pupil of another authority in a group gives no access, whoever put it there."""

from django.db import migrations

from samhandla.people.derivation import INSTALL


class Migration(migrations.Migration):
    dependencies = [("people", "0004_grade_labels"), ("trust", "0004_viewer_within_authority")]

    operations = [migrations.RunSQL(INSTALL, migrations.RunSQL.noop)]
