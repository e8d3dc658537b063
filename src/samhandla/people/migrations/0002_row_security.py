"""Row-level security of the register, and access derived from it."""

from django.db import migrations

from samhandla.people.derivation import INSTALL, REMOVE
from samhandla.trust.rls import CHILD, CHILD_ROW_WITHOUT_PLACE, protect

CHILD_ROW_TABLES = (
    "people_childidentity",
    "people_enrolment",
    "people_guardianship",
    "people_membership",
)

# A guardian is known through a child that the viewer may see; the inner query is itself under the policy.
GUARDIAN = """
    exists (select 1 from people_guardianship g where g.guardian_id = people_guardian.id)
    or actor_id = (select viewer_actor())
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("trust", "0002_viewer_functions")]

    operations = [
        protect("people_child", CHILD),
        *(protect(table, CHILD_ROW_WITHOUT_PLACE) for table in CHILD_ROW_TABLES),
        # A guardian row is written before its guardianship exists: whoever works in the authority may add one.
        protect(
            "people_guardian",
            GUARDIAN,
            extra="create policy register on people_guardian for insert with check"
            " (authority_id = (select viewer_authority()));",
        ),
        migrations.RunSQL(INSTALL, REMOVE),
        migrations.RunSQL(
            'create index child_sv_name on people_child (sv(family_name) collate "C", sv(given_name) collate "C")',
            "drop index child_sv_name",
        ),
    ]
