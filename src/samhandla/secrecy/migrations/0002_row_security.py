"""Row-level security, who receives, and the ground without which nothing is handed over."""

from django.db import migrations

from samhandla.secrecy.guard import INSTALL
from samhandla.trust.rls import AUTHORITY, CHILD_ROW, protect

# The receiving function reads the copy that was sent to it and no other row about the child.
TRANSFER = f"{CHILD_ROW} or receiver_id = any((select viewer_receivers())::bigint[])"

CLOSED = f"""
    create trigger check_ground before insert on secrecy_transfer
        for each row execute function secrecy_check_ground();
    revoke update, delete on secrecy_transfer from samhandla_app;
    grant update (received_by_id, received_at) on secrecy_transfer to samhandla_app;
    revoke update, delete on secrecy_voice from samhandla_app;
    revoke update, delete on secrecy_waiver from samhandla_app;
    grant update (withdrawn_at, withdrawn_by_id) on secrecy_waiver to samhandla_app;
    revoke delete on secrecy_legalopening from samhandla_app;
    -- Sent by whoever may read the child, and from its own rows only; the receiver writes none.
    drop policy viewer on secrecy_transfer;
    create policy viewer on secrecy_transfer for select using ({TRANSFER});
    create policy sender on secrecy_transfer for insert with check (
        ({CHILD_ROW}) and sent_by_id = (select viewer_actor()) and received_at is null
    );
    create policy receiver on secrecy_transfer for update
        using (receiver_id = any((select viewer_receivers())::bigint[]))
        with check (received_by_id = (select viewer_actor()));
"""


class Migration(migrations.Migration):
    dependencies = [("secrecy", "0001_initial"), ("people", "0012_reading"), ("trust", "0009_read_log")]

    operations = [
        migrations.RunSQL(INSTALL, migrations.RunSQL.noop),
        protect("secrecy_legalopening", AUTHORITY),
        protect("secrecy_waiver", CHILD_ROW),
        protect("secrecy_voice", CHILD_ROW),
        protect("secrecy_transfer", TRANSFER, extra=CLOSED),
    ]
