from django.db import migrations

from samhandla.trust.rls import CHILD_ROW_WITHOUT_PLACE, protect

TABLES = (
    "detect_answer",
    "detect_contactnote",
    "detect_inquiry",
    "detect_notice",
    "detect_participationmark",
    "detect_reason",
    "detect_signal",
    "detect_steptaken",
    "detect_watch",
)


class Migration(migrations.Migration):
    dependencies = [("detect", "0001_initial"), ("people", "0002_row_security")]

    operations = [protect(table, CHILD_ROW_WITHOUT_PLACE) for table in TABLES]
