"""Rows about a child that access through a group reaches are those made at the group's own unit."""

from django.db import migrations

from samhandla.trust.rls import CHILD_ROW, CHILD_ROW_WITHOUT_PLACE, child_row, protect_anew

TABLES = ("detect_answer", "detect_contactnote", "detect_inquiry", "detect_notice", "detect_participationmark", "detect_reason", "detect_signal", "detect_steptaken", "detect_watch",)

RECEIVED = "authority_id = any((select viewer_receives())::bigint[])"
DELIVERED = f"{CHILD_ROW} or {RECEIVED} or {child_row('sender_child_key', 'sender_unit_key')}"
BEFORE = (
    f"{CHILD_ROW_WITHOUT_PLACE} or {RECEIVED}"
    " or sender_child_key = any((select viewer_child_keys())::bigint[])"
    " or sender_unit_key = any((select viewer_unit_keys())::bigint[])"
)


class Migration(migrations.Migration):
    dependencies = [("detect", "0012_ladder_contact"), ("trust", "0007_place")]

    operations = [
        *(protect_anew(table, CHILD_ROW) for table in TABLES),
        protect_anew("detect_deliverednotice", DELIVERED, before=BEFORE),
    ]
