"""Row-level security: a source, its batches and its links are one authority's own."""

from django.db import migrations

from samhandla.trust.rls import AUTHORITY, CHILD_ROW_WITHOUT_PLACE, protect

OWN_TABLES = (
    "integrations_source",
    "integrations_preset",
    "integrations_batch",
    "integrations_batchrefusal",
    "integrations_batchchange",
    "integrations_link",
)


class Migration(migrations.Migration):
    dependencies = [("integrations", "0001_initial"), ("people", "0002_row_security")]

    operations = [
        *(protect(table, AUTHORITY) for table in OWN_TABLES),
        protect("integrations_childlink", CHILD_ROW_WITHOUT_PLACE),
    ]
