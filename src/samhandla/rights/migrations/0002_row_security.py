"""Who reads a request, an extract and a correction. Never another adult of the child's."""

from django.db import migrations

from samhandla.people.queries.common import in_force_sql
from samhandla.trust.rls import AUTHORITY, CHILD_ROW, maint_function, protect

# The secrecy domains whose requests the viewer handles for the whole authority, by an own duty or as stand-in.
# Medical pupil health is an independent branch and answers for its own.
HANDLES = f"""
    select coalesce(array_agg(distinct t.id::bigint), '{{}}')
    from trust_domain t
    join people_staff holder on holder.authority_id = t.authority_id
    join people_duty d on d.staff_id = holder.id and {in_force_sql("d")}
    where t.authority_id = viewer_authority() and t.branch <> 'emi'
    and d.role in ('data_protection_officer', 'registrar')
    and (holder.actor_id = viewer_actor() or exists (
        select 1 from people_substitution x join people_staff there on there.id = x.stand_in_id
        where x.absent_id = holder.id and there.actor_id = viewer_actor() and {in_force_sql("x")}
    ))
"""

ACTOR = "(select viewer_actor())"
UNIT = "unit_key = any((select viewer_unit_keys())::bigint[])"
HANDLED = "domain_id = any((select viewer_rights_domains())::bigint[])"
# A guardian's right ends with the key to the child, on the 18th birthday at the latest.
OWN_CHILD = "child_key = any((select viewer_child_keys())::bigint[])"
ASKED = f"asked_by_id = {ACTOR} and {OWN_CHILD}"
REQUEST = f"{UNIT} or {HANDLED} or ({ASKED})"
REQUESTS = f"""
    revoke update, delete on rights_rightsrequest from samhandla_app;
    grant update (weighing, due_on, extended_on, extended_why, outcome, grounds, answered_by_id, answered_on, limit_id)
        on rights_rightsrequest to samhandla_app;
    drop policy viewer on rights_rightsrequest;
    create policy viewer on rights_rightsrequest for select using ({REQUEST});
    create policy author on rights_rightsrequest for insert with check (
        registered_by_id = {ACTOR} and answered_on is null
        and (({UNIT} and asked_by_id is null) or ({ASKED} and way = 'page'))
    );
    -- What is answered is never changed.
    create policy answers on rights_rightsrequest for update
        using (({UNIT} or {HANDLED}) and answered_on is null) with check ({UNIT} or {HANDLED});
"""

# A request that waits is the authority's to answer: it follows the child to another unit.
FOLLOWS = """
    set local role samhandla_maint;
    create function rights_requests_follow() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    begin
        update rights_rightsrequest set unit_id = new.unit_id
        where child_id = new.id and answered_on is null and unit_id is distinct from new.unit_id;
        return null;
    end
    $body$;
    reset role;
    create trigger requests_follow after update of unit_id on people_child for each row
        when (old.unit_id is distinct from new.unit_id) execute function rights_requests_follow();
"""
STAYS = """
    drop trigger requests_follow on people_child;
    set local role samhandla_maint; drop function rights_requests_follow(); reset role;
"""

# An extract holds rows of every unit: only who handles it reads it, and whoever asked once it is handed out.
HANDED = f"""
    handed_at is not null and handed_how = 'page' and {OWN_CHILD}
    and exists (select 1 from rights_rightsrequest r where r.id = request_id and r.asked_by_id = {ACTOR})
"""
EXTRACT = f"{HANDLED} or ({HANDED})"
EXTRACTS = f"""
    drop policy viewer on rights_extract;
    create policy viewer on rights_extract for select using ({EXTRACT});
    create policy maker on rights_extract for insert with check ({HANDLED} and handed_at is null);
    create policy reader on rights_extract for update
        using ({HANDLED} and handed_at is null) with check ({HANDLED});
    create policy again on rights_extract for delete using ({HANDLED} and handed_at is null);
    revoke update on rights_extract from samhandla_app;
    grant update (looked_by_id, looked_at, handed_by_id, handed_at, handed_how) on rights_extract to samhandla_app;
"""
OF_EXTRACT = "exists (select 1 from rights_extract e where e.id = extract_id)"
OPEN_EXTRACT = "exists (select 1 from rights_extract e where e.id = extract_id and e.handed_at is null)"
WITHHELD = f"""
    drop policy viewer on rights_withheld;
    create policy viewer on rights_withheld for select using ({HANDLED} or {OF_EXTRACT});
    create policy decides on rights_withheld for insert with check ({HANDLED} and {OPEN_EXTRACT});
    create policy decides_again on rights_withheld for update
        using ({HANDLED} and {OPEN_EXTRACT}) with check ({HANDLED} and {OPEN_EXTRACT});
    create policy again on rights_withheld for delete using ({HANDLED} and {OPEN_EXTRACT});
"""
CORRECTION = f"{CHILD_ROW} or {HANDLED}"
CORRECTIONS = f"""
    revoke update, delete on rights_correction from samhandla_app;
    drop policy viewer on rights_correction;
    create policy viewer on rights_correction for select using ({CORRECTION});
    create policy author on rights_correction for insert with check ({UNIT} and by_id = {ACTOR});
    revoke update, delete on rights_informationtext from samhandla_app;
    revoke delete on rights_datacontact from samhandla_app;
"""


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_initial"), ("people", "0021_processinglimit"), ("secrecy", "0006_cards_sent")]

    operations = [
        maint_function("viewer_rights_domains()", HANDLES, "bigint[]"),
        protect("rights_rightsrequest", REQUEST, extra=REQUESTS),
        migrations.RunSQL(FOLLOWS, STAYS),
        protect("rights_extract", EXTRACT, extra=EXTRACTS),
        protect("rights_withheld", HANDLED, extra=WITHHELD),
        protect("rights_correction", CORRECTION, extra=CORRECTIONS),
        protect("rights_informationtext", AUTHORITY),
        protect("rights_datacontact", AUTHORITY),
    ]
