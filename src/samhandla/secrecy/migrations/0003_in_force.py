"""Who receives is told by the same condition as every other right."""

from django.db import migrations

from samhandla.secrecy.guard import INSTALL


class Migration(migrations.Migration):
    dependencies = [("secrecy", "0002_row_security")]

    operations = [migrations.RunSQL(INSTALL, migrations.RunSQL.noop)]
