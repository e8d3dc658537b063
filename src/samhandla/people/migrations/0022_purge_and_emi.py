"""What a marking purges, who reads other adults, and access in the medical pupil health (EMI)."""

from django.db import migrations

from samhandla.people.derivation import INSTALL, masked

OWN = "actor_id = (select viewer_actor())"
CALLED = "Skyddade personuppgifter"

# What may not be kept of somebody with protected identity: the area where a child lives, how to reach a marked
# adult, what those who log in are called, and the same in what rows held before. Done as `maint`, since a sibling
# may go to a school that the viewer cannot see. Last the children whose family has a marking, for the rooms that
# keep something of their own. One statement at a time: the history of the first is there for the last.
PURGE = f"""
    create function people_purge_protected(p_authority bigint)
    returns table (areas bigint, contacts bigint, names bigint, earlier bigint, children bigint[])
    language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    declare
        adults uuid[];
        touched bigint;
    begin
        if p_authority is distinct from viewer_authority() then return; end if;
        children := array(
            select c.id from people_child c where c.authority_id = p_authority and {masked("c")} order by c.id
        );
        adults := array(
            select g.id from people_guardian g
            where g.authority_id = p_authority and g.protection in ('marked', 'protected')
        );
        update people_child c set lives_in_id = null where c.id = any(children) and c.lives_in_id is not null;
        get diagnostics areas = row_count;
        update people_guardian g set email = '', phone = ''
        where g.id = any(adults) and (g.email <> '' or g.phone <> '');
        get diagnostics contacts = row_count;
        update trust_actor a set name = '{CALLED}' where a.name <> '{CALLED}' and a.id in (
            select c.actor_id from people_child c where c.id = any(children) and c.actor_id is not null
            union all
            select g.actor_id from people_guardian g where g.id = any(adults) and g.actor_id is not null
        );
        get diagnostics names = row_count;
        update people_childhistory h set lives_in_id = null
        where h.id = any(children) and h.lives_in_id is not null;
        get diagnostics earlier = row_count;
        update people_guardianhistory h set email = '', phone = ''
        where h.id = any(adults) and (h.email <> '' or h.phone <> '');
        get diagnostics touched = row_count;
        earlier := earlier + touched;
        return next;
    end
    $body$;
"""

# A guardian and a pupil read no other adult's row: separated guardians never see each other's name, address or
# how to reach each other. Who has answered what stands in the answers, which name nobody.
FAMILY = f"""
    create policy family on people_guardian as restrictive for all
    using ({OWN} or not (select viewer_is_family()));
    create policy family on people_guardianhistory as restrictive for select
    using ({OWN} or not (select viewer_is_family()));
"""
IS_FAMILY = """
    create function viewer_is_family() returns boolean
    language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    select exists (select 1 from trust_actor where id = viewer_actor() and kind in ('guardian', 'child'))
    $body$;
"""

# EMI asks the same guardians as the school does: whoever reads the pupils of a unit reads who they are.
EMI_FAMILY = """
    create policy emi_family on people_guardianship for select
    using (unit_id = any((select viewer_unit_ids())::bigint[]));
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0021_processinglimit")]

    operations = [
        migrations.RunSQL(INSTALL, migrations.RunSQL.noop),
        migrations.RunSQL(
            f"set local role samhandla_maint; {PURGE} {IS_FAMILY} reset role; {FAMILY} {EMI_FAMILY}",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("select people_derive_access(id) from trust_authority", migrations.RunSQL.noop),
    ]
