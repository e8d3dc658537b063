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

# As in 0013, but for `expires_at`: what has ended today is told of days before only.
WHO = """
    set local role samhandla_maint;
    create or replace function people_who_sees(p_child bigint, p_on date)
    returns table (actor_id bigint, reason text, role text, valid_from date, valid_to date, source text,
        source_id bigint)
    language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    select a.actor_id, a.reason::text, a.role::text, a.valid_from, a.valid_to, a.source::text, a.source_id
    from trust_access a
    join people_child c on c.id = p_child and c.authority_id = viewer_authority()
    where (
        a.child_id = p_child
        or a.unit_id in (
            select e.unit_id from people_enrolment e
            where e.child_id = p_child and e.valid_from <= p_on and (e.valid_to is null or e.valid_to >= p_on)
        )
        or a.unit_id = c.unit_id and p_on >= (now() at time zone 'Europe/Stockholm')::date
    )
    and a.domain_id in (
        select (k % 65536)::smallint from unnest(viewer_child_keys()) k where k / 65536 = p_child
        union
        select (k % 65536)::smallint from unnest(viewer_unit_keys()) k where k / 65536 = c.unit_id
    )
    and a.valid_from <= p_on and (a.valid_to is null or a.valid_to >= p_on)
    and (a.expires_at is null or a.expires_at > now() or p_on < (now() at time zone 'Europe/Stockholm')::date)
    and a.reason <> 'service'
    $body$;
    reset role;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0015_logs_security"), ("trust", "0010_access_expires")]

    operations = [
        migrations.RunSQL(INSTALL, migrations.RunSQL.noop),
        migrations.RunSQL(REASONS, migrations.RunSQL.noop),
        migrations.RunSQL(WHO, migrations.RunSQL.noop),
    ]
