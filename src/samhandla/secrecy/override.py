"""What the database itself does about nödåtkomst: it alone opens, and the minute it ends it has ended.

The running role cannot write `Access`. It asks this function, which lets nobody over a wall of law: only the
asker's own authority, only its school branch (never EMI), never a child with protected identity, and only for
somebody whose work it is.
"""

from __future__ import annotations

from samhandla.people.queries import TODAY_SQL, in_force_sql
from samhandla.people.rules import MASKED
from samhandla.secrecy.rules.emergency import OPENERS, REVIEWERS

_AS_MAINT = "security definer set search_path = pg_catalog, public, pg_temp"
_MASKED = ", ".join(f"'{one}'" for one in sorted(MASKED))
_OPENERS = ", ".join(f"'{one}'" for one in OPENERS)
_REVIEWERS = ", ".join(f"'{one}'" for one in REVIEWERS)

# A duty of the viewer's, or of somebody the viewer stands in for.
_MINE = f"""(
    holder.actor_id = viewer_actor() or exists (
        select 1 from people_substitution x join people_staff there on there.id = x.stand_in_id
        where x.absent_id = holder.id and there.actor_id = viewer_actor() and {in_force_sql("x")}
    )
)"""

# The secrecy domains whose nödåtkomst the viewer is appointed to review; a stand-in takes the place.
REVIEWED = f"""
    select coalesce(array_agg(distinct t.id), '{{}}')
    from secrecy_emergencysetting s
    join people_staff holder on holder.id = s.reviewer_id and holder.authority_id = s.authority_id
    join trust_domain t on t.authority_id = s.authority_id
    where s.authority_id = viewer_authority() and {_MINE}
    and s.id = (select max(l.id) from secrecy_emergencysetting l where l.authority_id = viewer_authority())
    and exists (
        select 1 from people_duty d
        where d.staff_id = holder.id and d.role in ({_REVIEWERS}) and {in_force_sql("d")}
    )
"""

OPEN = f"""
    declare
        setting record;
        own_role text;
        found bigint[];
        one record;
        school smallint;
        made bigint;
        until timestamptz;
    begin
        select s.* into setting from secrecy_emergencysetting s
        where s.authority_id = viewer_authority() order by s.id desc limit 1;
        if setting.id is null or not exists (
            select 1 from people_duty d
            where d.staff_id = setting.reviewer_id and d.role in ({_REVIEWERS}) and {in_force_sql("d")}
        ) then raise exception 'closed' using errcode = '42501'; end if;
        if btrim(p_reason) = '' then raise exception 'reason' using errcode = '42501'; end if;
        if p_hours is null or p_hours < 1 or p_hours > setting.hours then
            raise exception 'hours' using errcode = '42501';
        end if;
        select d.role into own_role
        from people_duty d join people_staff holder on holder.id = d.staff_id
        where holder.authority_id = viewer_authority() and d.role in ({_OPENERS}) and {in_force_sql("d")}
        and {_MINE}
        order by d.role limit 1;
        if own_role is null then raise exception 'role' using errcode = '42501'; end if;
        select array_agg(c.id) into found from people_child c
        where c.authority_id = viewer_authority() and c.unit_id = p_unit
        and sv(btrim(c.given_name)) = sv(btrim(p_given)) and sv(btrim(c.family_name)) = sv(btrim(p_family))
        and (p_born is null or c.birth_date = p_born)
        and c.protection not in ({_MASKED}) and c.lifted_protection not in ({_MASKED});
        if found is null then raise exception 'nobody' using errcode = '42501'; end if;
        if cardinality(found) > 1 then raise exception 'several' using errcode = '42501'; end if;
        select c.id, c.unit_id into one from people_child c where c.id = found[1];
        if one.id = any(viewer_child_ids()) or one.unit_id = any(viewer_unit_ids()) then
            raise exception 'already' using errcode = '42501';
        end if;
        select t.id into school from trust_domain t
        where t.authority_id = viewer_authority() and t.branch = 'school';
        until := now() + make_interval(hours => p_hours);
        insert into secrecy_emergency (
            child_id, unit_id, domain_id, opened_by_id, opened_name, role, reason, opened_at, ends_at,
            verdict, note
        )
        select one.id, one.unit_id, school, viewer_actor(), a.name, own_role, btrim(p_reason), now(), until,
            '', ''
        from trust_actor a where a.id = viewer_actor()
        returning id into made;
        insert into trust_access (
            actor_id, child_id, place_id, domain_id, reason, role, source, source_id, valid_from, valid_to,
            expires_at
        ) values (
            viewer_actor(), one.id, one.unit_id, school, 'emergency', own_role, 'emergency', made,
            {TODAY_SQL}, (until at time zone 'Europe/Stockholm')::date, until
        );
        return made;
    end
"""

# By whoever opened it, or by the unit whose pupil it is about; false when it had ended already.
CLOSE = """
    declare
        touched bigint;
    begin
        update secrecy_emergency e set ended_at = now()
        where e.id = p_emergency and e.ended_at is null and e.ends_at > now()
        and (e.opened_by_id = viewer_actor() or e.unit_key = any(viewer_unit_keys()));
        get diagnostics touched = row_count;
        if touched = 0 then return false; end if;
        update trust_access set expires_at = now() where source = 'emergency' and source_id = p_emergency;
        return true;
    end
"""

# A marking takes effect at once, also on what is open.
PROTECTED = """
    begin
        update secrecy_emergency e set ended_at = now()
        where e.child_id = new.id and e.ended_at is null and e.ends_at > now();
        update trust_access a set expires_at = now()
        where a.child_id = new.id and a.reason = 'emergency' and a.expires_at > now();
        return null;
    end
"""

INSTALL = f"""
    set local role samhandla_maint;
    create or replace function secrecy_reviewed_domains() returns smallint[]
    language sql stable {_AS_MAINT} as $body$ {REVIEWED} $body$;
    create or replace function secrecy_open_emergency(
        p_unit bigint, p_given text, p_family text, p_born date, p_reason text, p_hours integer
    ) returns bigint
    language plpgsql volatile {_AS_MAINT} as $body$ {OPEN} $body$;
    create or replace function secrecy_close_emergency(p_emergency bigint) returns boolean
    language plpgsql volatile {_AS_MAINT} as $body$ {CLOSE} $body$;
    create or replace function secrecy_end_emergencies() returns trigger
    language plpgsql volatile {_AS_MAINT} as $body$ {PROTECTED} $body$;
    reset role;
"""

TRIGGER = f"""
    create trigger end_emergencies after update of protection, lifted_protection on people_child
    for each row when (new.protection in ({_MASKED}) or new.lifted_protection in ({_MASKED}))
    execute function secrecy_end_emergencies();
"""
