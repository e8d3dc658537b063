"""Installs the derivations again, with hash joins: see people/derivation.py."""

from django.db import migrations

from samhandla.people.derivation import INSTALL, INSTALL_PROTECTION


class Migration(migrations.Migration):
    dependencies = [("people", "0005_access_within_authority")]

    operations = [
        migrations.RunSQL(INSTALL_PROTECTION, migrations.RunSQL.noop),
        migrations.RunSQL(INSTALL, migrations.RunSQL.noop),
    ]
