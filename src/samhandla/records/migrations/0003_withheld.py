"""Whoever keeps the register of documents keeps those about protected children too, never about its own.

Documents about no child are nobody's to withhold.
"""

from django.db import migrations

from samhandla.trust.rls import withhold

NOT_OF_KIN = "child_id <> all((select viewer_kin())::bigint[])"
KEEPS = "domain_id = any((select viewer_record_domains())::smallint[])"
ASKED = "document_id = any((select viewer_requested())::uuid[])"
ARCHIVES = "domain_id = any((select viewer_archive_domains())::smallint[])"


class Migration(migrations.Migration):
    dependencies = [("records", "0002_row_security"), ("trust", "0011_withheld")]

    operations = [
        withhold("records_document", also=f"child_id is null or ({KEEPS} and {NOT_OF_KIN})"),
        withhold(
            "records_documenttext", also=f"child_id is null or (({ASKED} or {ARCHIVES}) and {NOT_OF_KIN})"
        ),
    ]
