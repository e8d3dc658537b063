"""Whoever handles requests handles those about protected children too, never about its own."""

from django.db import migrations

from samhandla.trust.rls import withhold

HANDLED = (
    "(domain_id = any((select viewer_rights_domains())::bigint[])"
    " and child_id <> all((select viewer_kin())::bigint[]))"
)
TABLES = ("rightsrequest", "extract", "withheld", "correction")


class Migration(migrations.Migration):
    dependencies = [("rights", "0002_row_security"), ("trust", "0011_withheld")]

    operations = [withhold(f"rights_{table}", also=HANDLED) for table in TABLES]
