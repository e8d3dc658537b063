"""Who is withheld from a child, derived from the register; told to nobody who is withheld from it."""

from django.db import migrations

from samhandla.people.derivation import INSTALL, masked
from samhandla.trust.rls import CHILD_ROW, WITHHELD, protect

OWN = "actor_id = (select viewer_actor())"
FREE = WITHHELD.format(child="child_id")
# Whoever is too close reads that this is so, and nothing else about the child; and does not end it.
CONFLICT = f"""
    drop policy if exists withheld on people_conflict;
    create policy withheld on people_conflict as restrictive for select using ({FREE} or {OWN});
    create policy withheld_write on people_conflict as restrictive for update using ({FREE});
    create policy own on people_conflict for select using ({OWN});
    revoke delete on people_conflict from samhandla_app;
"""
CLOSED = "revoke delete on people_namedstaff from samhandla_app;"

# As in 0016, but nobody who is withheld is told of, and nobody who is withheld is told.
WHO = """
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
    and p_child <> all(viewer_withheld())
    and not exists (
        select 1 from trust_withheld_of(a.actor_id, c.authority_id, p_on) k(child) where k.child = p_child
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
"""

# As in 0012.
READS = """
    create or replace function people_reads_of_child(p_child bigint, p_from timestamptz)
    returns table (at timestamptz, actor_id bigint, page varchar, outcome text, reasons varchar[])
    language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    select e.at, e.actor_id, e.page, e.outcome::text, e.reasons
    from trust_readentry e
    join people_child c on c.id = p_child
    where e.children @> array[p_child] and e.authority_id = viewer_authority()
    and c.authority_id = e.authority_id
    and (p_child = any(viewer_child_ids()) or c.unit_id = any(viewer_unit_ids()))
    and p_child <> all(viewer_withheld())
    and e.at >= p_from
    order by e.at desc
    $body$;
"""

# Who leads a group with a child and is withheld from it: told of the children that the viewer reaches.
WITHHELD_LEADERS = """
    create function people_withheld_leaders() returns table (child_id bigint, actor_id bigint)
    language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    with narrowed as (
        select distinct w.child_id as child from trust_withheld w
        join people_child c on c.id = w.child_id
        where w.authority_id = viewer_authority() and w.child_id <> all(viewer_withheld())
        and (w.child_id = any(viewer_child_ids()) or c.unit_id = any(viewer_unit_ids()))
    ),
    leaders as (
        select distinct n.child, a.actor_id from narrowed n
        join trust_access a on a.child_id = n.child and a.reason in ('group', 'stand_in')
    )
    select l.child, l.actor_id from leaders l
    where l.child in (
        select k.child from trust_withheld_of(
            l.actor_id, viewer_authority(), (now() at time zone 'Europe/Stockholm')::date
        ) k(child)
    )
    $body$;
"""


# Whom the register itself shows to be too close: the viewer itself (without the child), and of others those
# about whose child the viewer may read.
REGISTER_KIN = """
    create function people_register_kin() returns table (actor_id bigint, child_id bigint)
    language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    select distinct w.actor_id, case when w.actor_id = viewer_actor() then null else w.child_id end
    from trust_withheld w join people_child c on c.id = w.child_id
    where w.authority_id = viewer_authority() and w.why = 'kin' and w.source = 'guardianship'
    and (w.actor_id = viewer_actor() or w.child_id <> all(viewer_withheld()) and (
        w.child_id = any(viewer_child_ids()) or c.unit_id = any(viewer_unit_ids())
    ))
    $body$;
"""

# A marking narrows in the statement that writes it, whoever writes it; only a new derivation widens again.
AT_ONCE = """
    create function people_withhold_at_once() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    begin
        insert into trust_withheld (authority_id, child_id, unit_id, why, source, source_id, valid_from)
        select new.authority_id, new.id, place.unit_id, 'identity', 'child', new.id, date '1900-01-01'
        from (
            select new.unit_id union select e.unit_id from people_enrolment e where e.child_id = new.id
        ) place(unit_id)
        where not exists (
            select 1 from trust_withheld w
            where w.child_id = new.id and w.actor_id is null and w.unit_id = place.unit_id
        );
        return null;
    end
    $body$;
"""
TRIGGERS = "".join(
    f"""
    create trigger withhold_at_once_{when} after {deed} on people_child for each row
    when ({masked("new")}) execute function people_withhold_at_once();
    """
    for when, deed in (("made", "insert"), ("marked", "update of protection, lifted_protection, unit_id"))
)


class Migration(migrations.Migration):
    dependencies = [("people", "0017_named_and_conflict")]

    operations = [
        protect("people_namedstaff", CHILD_ROW, extra=CLOSED),
        protect("people_conflict", CHILD_ROW),
        migrations.RunSQL(CONFLICT, migrations.RunSQL.noop),
        migrations.RunSQL(INSTALL, migrations.RunSQL.noop),
        migrations.RunSQL(
            f"set local role samhandla_maint; {WHO} {READS} {WITHHELD_LEADERS} {REGISTER_KIN} {AT_ONCE} reset role; {TRIGGERS}",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("select people_derive_access(id) from trust_authority", migrations.RunSQL.noop),
    ]
