"""What was handed over is its receiver's, and nödåtkomst its reviewer's, also about a protected child."""

from django.db import migrations

from samhandla.trust.rls import withhold

NOT_OF_KIN = "child_id <> all((select viewer_kin())::bigint[])"
RECEIVED = f"receiver_id = any((select viewer_receivers())::bigint[]) and {NOT_OF_KIN}"
REVIEWED = f"domain_id = any((select secrecy_reviewed_domains())::smallint[]) and {NOT_OF_KIN}"


class Migration(migrations.Migration):
    dependencies = [("secrecy", "0007_corrections"), ("trust", "0011_withheld")]

    operations = [
        withhold("secrecy_transfer", also=f"({RECEIVED})"),
        withhold("secrecy_emergency", also=f"({REVIEWED})"),
    ]
