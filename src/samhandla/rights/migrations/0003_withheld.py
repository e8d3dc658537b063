"""Who handles requests for the authority does so for a protected child too, though never for one's own."""

from django.db import migrations

from samhandla.trust.rls import withhold

NOT_OF_KIN = "child_id <> all((select viewer_kin())::bigint[])"
HANDLED = f"domain_id = any((select viewer_rights_domains())::bigint[]) and {NOT_OF_KIN}"


class Migration(migrations.Migration):
    dependencies = [("rights", "0002_row_security"), ("trust", "0011_withheld")]

    operations = [
        withhold("rights_rightsrequest", also=f"({HANDLED})"),
        withhold("rights_extract", also=f"({HANDLED})"),
        withhold("rights_withheld", also=f"({HANDLED})"),
    ]
