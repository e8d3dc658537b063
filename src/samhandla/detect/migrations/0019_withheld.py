"""Whoever receives the notices of an authority reads also those about protected children, never of its own."""

from django.db import migrations

from samhandla.trust.rls import withhold

RECEIVED = (
    "authority_id = any((select viewer_receives())::bigint[])"
    " and child_id <> all((select viewer_kin())::bigint[])"
)


class Migration(migrations.Migration):
    dependencies = [("detect", "0018_answer_replaces"), ("trust", "0011_withheld")]

    operations = [withhold("detect_deliverednotice", also=f"({RECEIVED})")]
