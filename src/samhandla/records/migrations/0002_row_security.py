"""Row-level security, and the functions by which alone documents are numbered and removed."""

from django.db import migrations

from samhandla.records.guard import INSTALL
from samhandla.trust.rls import AUTHORITY, CHILD_ROW, protect

KEEPS = "domain_id = any((select viewer_record_domains())::smallint[])"
WORKS = "(select viewer_works())"
DOCUMENT = f"({WORKS} and ({CHILD_ROW})) or {KEEPS}"
OWN_DRAFT = """exists (
    select 1 from records_document d
    where d.id = document_id and d.state = 'draft' and d.drawn_by_id = (select viewer_actor())
)"""
# Whoever keeps the register reads what a document says only while somebody has asked for it.
TEXT = f"""({WORKS} and ({CHILD_ROW}))
    or document_id = any((select viewer_requested())::uuid[])
    or domain_id = any((select viewer_archive_domains())::smallint[])
    or (child_id is null and {KEEPS}) or {OWN_DRAFT}"""

DOCUMENT_POLICIES = f"""
    drop policy viewer on records_document;
    create policy viewer on records_document for select using ({DOCUMENT});
    create policy draft on records_document for insert with check (
        state = 'draft' and drawn_by_id = (select viewer_actor()) and {KEEPS}
        and authority_id = (select viewer_authority())
    );
    create policy keeper on records_document for update using ({KEEPS}) with check ({KEEPS});
    create policy thrown on records_document for delete using (
        state = 'draft' and drawn_by_id = (select viewer_actor())
    );
    create trigger kept before update on records_document for each row execute function records_kept();
"""
TEXT_POLICIES = f"""
    drop policy viewer on records_documenttext;
    create policy viewer on records_documenttext for select using ({TEXT});
    create policy draft on records_documenttext for insert with check ({OWN_DRAFT});
    create policy writer on records_documenttext for update using ({OWN_DRAFT}) with check ({OWN_DRAFT});
    create policy thrown on records_documenttext for delete using ({OWN_DRAFT});
"""
# Rules and delegations are registered by those who keep the register, and nobody gives oneself a delegation.
KEEPER = f"{AUTHORITY} and cardinality((select viewer_record_domains())) > 0"
REGISTERED = """
    drop policy viewer on {table};
    create policy viewer on {table} for select using ({AUTHORITY});
    create policy keeper on {table} for insert with check ({KEEPER}{more});
    create policy ending on {table} for update using ({KEEPER}) with check ({KEEPER});
"""
ANOTHER = """ and not exists (
    select 1 from people_staff s where s.id = staff_id and s.actor_id = (select viewer_actor())
)"""


def registered(table: str, more: str = "") -> str:
    return REGISTERED.format(table=table, AUTHORITY=AUTHORITY, KEEPER=KEEPER, more=more)


OTHERS = """
    create trigger request before update on records_releaserequest
        for each row execute function records_request();
    create trigger item before insert or update or delete on records_releaseitem
        for each row execute function records_item();
    revoke delete on records_releaserequest, records_hold, records_delegation, records_retentionrule,
        records_disposal from samhandla_app;
    revoke update on records_disposal, records_hold, records_retentionrule, records_delegation
        from samhandla_app;
    grant update (lifted_on, lifted_by_id) on records_hold to samhandla_app;
    grant update (ended_on) on records_retentionrule to samhandla_app;
    grant update (ended_at) on records_delegation to samhandla_app;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial"), ("people", "0016_emergency"), ("trust", "0010_access_expires")]

    operations = [
        migrations.RunSQL(INSTALL, migrations.RunSQL.noop),
        protect("records_document", DOCUMENT, extra=DOCUMENT_POLICIES),
        protect("records_documenttext", TEXT, extra=TEXT_POLICIES),
        protect("records_releaserequest", KEEPS),
        protect("records_releaseitem", KEEPS),
        protect("records_hold", KEEPS),
        protect("records_retentionrule", AUTHORITY, extra=registered("records_retentionrule")),
        protect("records_delegation", AUTHORITY, extra=registered("records_delegation", ANOTHER)),
        protect("records_disposal", AUTHORITY),
        migrations.RunSQL(OTHERS, migrations.RunSQL.noop),
    ]
