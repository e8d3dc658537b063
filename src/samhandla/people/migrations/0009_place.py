"""Rows about a child that access through a group reaches are those made at the group's own unit."""

from django.db import migrations, models

from samhandla.people.derivation import INSTALL
from samhandla.trust.rls import CHILD_ROW, UNIT_FACTOR, protect_anew

TABLES = ("people_childidentity", "people_enrolment", "people_guardianship", "people_membership",)


class Migration(migrations.Migration):
    dependencies = [("people", "0008_no_interpreter"), ("trust", "0007_place")]

    operations = [
        migrations.AddConstraint(
            "organisation",
            models.CheckConstraint(
                condition=models.Q(pk__lt=UNIT_FACTOR), name="organisation_number_fits"
            ),
        ),
        *(protect_anew(table, CHILD_ROW) for table in TABLES),
        migrations.RunSQL(INSTALL, migrations.RunSQL.noop),
        # What the register says already stands in Access without a place.
        migrations.RunSQL("select people_derive_access(id) from trust_authority", migrations.RunSQL.noop),
    ]
