"""Whoever keeps the register writes what a draft of its own says, also about a child that is withheld from it.

A letter about a child with protected identity is registered as any other. It is read again only as before: when
somebody has asked for it, or in the archive; and nobody writes one about its own child.
"""

from django.db import migrations

from samhandla.trust.rls import withhold

NOT_OF_KIN = "child_id <> all((select viewer_kin())::bigint[])"
ASKED = "document_id = any((select viewer_requested())::uuid[])"
ARCHIVES = "domain_id = any((select viewer_archive_domains())::smallint[])"
OWN_DRAFT = """exists (
    select 1 from records_document d
    where d.id = document_id and d.state = 'draft' and d.drawn_by_id = (select viewer_actor())
)"""


class Migration(migrations.Migration):
    dependencies = [("records", "0003_withheld")]

    operations = [
        withhold(
            "records_documenttext",
            also=f"child_id is null or (({ASKED} or {ARCHIVES} or {OWN_DRAFT}) and {NOT_OF_KIN})",
        ),
    ]
