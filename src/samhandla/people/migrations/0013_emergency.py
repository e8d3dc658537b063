"""Nödåtkomst outlives a new derivation until its minute; it stands in the log of reading while it lasts."""

from django.db import migrations

from samhandla.people.derivation import INSTALL

# As in 0012, but for `expires_at`.
REASONS = """
    set local role samhandla_maint;
    create or replace function people_reasons_of(p_children bigint[]) returns varchar[]
    language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    select coalesce(array_agg(distinct by_what.right_), '{}') from (
        select a.reason || ':' || a.role as right_
        from trust_access a
        where a.actor_id = viewer_actor()
        and a.valid_from <= (now() at time zone 'Europe/Stockholm')::date
        and (a.valid_to is null or a.valid_to >= (now() at time zone 'Europe/Stockholm')::date)
        and (a.expires_at is null or a.expires_at > now())
        and (
            a.child_id = any(p_children)
            or a.unit_id in (select c.unit_id from people_child c where c.id = any(p_children))
        )
        union all
        select 'teaching:' || t.role
        from people_staff s
        join people_assignment t on t.staff_id = s.id and t.role = 'teacher'
        join people_membership m on m.group_id = t.group_id and m.child_id = any(p_children)
        where s.actor_id = viewer_actor()
    ) by_what
    $body$;
    reset role;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0012_reading"), ("trust", "0010_access_expires")]

    operations = [
        migrations.RunSQL(INSTALL, migrations.RunSQL.noop),
        migrations.RunSQL(REASONS, migrations.RunSQL.noop),
    ]
