"""What the database itself holds about handing over: who receives, when a waiver holds, and the ground.

One door, whoever asks: a row in `secrecy_transfer` without an approved opening in force, or a waiver that
holds, is refused. There is no override.
"""

from __future__ import annotations

from samhandla.people.queries import TODAY_SQL, in_force_sql
from samhandla.people.rules import KINDS_WITH_RIGHTS
from samhandla.secrecy.rules.walls import OUTSIDE

# Which roles take what is handed over to a branch at their unit.
RECEIVING: dict[str, tuple[str, ...]] = {
    "emi": ("school_nurse", "school_doctor"),
    "pupil_health": ("counsellor", "psychologist", "special_needs_teacher"),
    "school": ("principal", "deputy_principal"),
    "preschool": ("principal", "deputy_principal"),
    "after_school": ("principal", "deputy_principal"),
    "school_duty": ("compulsory_school_officer",),
    "social": ("social_worker",),
    "region_health": (),
    "leisure": (),
}

_PAIRS = ", ".join(f"('{branch}', '{role}')" for branch, roles in RECEIVING.items() for role in roles)
_EMI = ", ".join(f"'{role}'" for role in RECEIVING["emi"])

# The receiving functions that the viewer works in: by an own duty, or as stand-in for somebody who has it.
# In EMI only somebody who works in EMI stands in: its wall is one of law (OSL 8:2).
RECEIVERS = f"""
    select coalesce(array_agg(distinct r.id), '{{}}')
    from secrecy_receiver r
    join trust_domain t on t.id = r.domain_id and t.authority_id = viewer_authority()
    join people_duty d on d.unit_id = r.unit_id and {in_force_sql("d")}
    join (values {_PAIRS}) takes(branch, role) on takes.branch = t.branch and takes.role = d.role
    join people_staff holder on holder.id = d.staff_id and holder.authority_id = viewer_authority()
    where holder.actor_id = viewer_actor() or exists (
        select 1 from people_substitution x join people_staff there on there.id = x.stand_in_id
        where x.absent_id = holder.id and there.actor_id = viewer_actor() and {in_force_sql("x")}
        and (t.branch <> 'emi' or exists (
            select 1 from people_duty e
            where e.staff_id = there.id and e.role in ({_EMI}) and {in_force_sql("e")}
        ))
    )
"""

_KINDS = ", ".join(f"'{kind}'" for kind in KINDS_WITH_RIGHTS)
_RIGHTS = (
    f"g.child_id = w.child_id and g.kind in ({_KINDS}) and g.valid_from <= {TODAY_SQL}"
    f" and (g.valid_to is null or g.valid_to >= {TODAY_SQL})"
)

# All who have the right to decide must have said yes, and nobody no: every guardian with rights, or the child
# whose maturity somebody has weighed in words. From the 18th birthday the young person alone (OSL 12:2-3).
HOLDS = f"""
    select exists (
        select 1
        from secrecy_waiver w join people_child c on c.id = w.child_id
        where w.id = p_waiver and w.withdrawn_at is null
        and w.asked_on <= {TODAY_SQL} and w.valid_to >= {TODAY_SQL}
        and not exists (select 1 from secrecy_voice v where v.waiver_id = w.id and v.replaced_at is null
            and v.said = 'no' and (
            v.who = 'child' or c.birth_date is null or c.birth_date + interval '18 years' > {TODAY_SQL}
        ))
        and case
            when c.birth_date + interval '18 years' <= {TODAY_SQL} then exists (
                select 1 from secrecy_voice v where v.waiver_id = w.id and v.replaced_at is null
                and v.who = 'child' and v.said = 'yes'
            )
            else (
                w.maturity <> '' and exists (
                    select 1 from secrecy_voice v
                    where v.waiver_id = w.id and v.replaced_at is null and v.who = 'child' and v.said = 'yes'
                )
            ) or (
                exists (select 1 from people_guardianship g where {_RIGHTS})
                and not exists (
                    select 1 from people_guardianship g where {_RIGHTS} and not exists (
                        select 1 from secrecy_voice v where v.waiver_id = w.id and v.replaced_at is null
                        and v.guardian_id = g.guardian_id and v.said = 'yes'
                    )
                )
            )
        end
    )
"""

_OUTSIDE = ", ".join(f"'{place}'" for place in OUTSIDE)

# Says what is missing by a code in the message; the page words it.
CHECK = f"""
    declare
        ground record;
        sender record;
        target record;
        target_authority bigint;
        born date;
        place text;
    begin
        select * into ground from secrecy_legalopening where id = new.opening_id;
        select * into sender from trust_domain where id = new.domain_id;
        if new.receiver_id is not null then
            select t.id, t.authority_id, t.branch, r.active into target
            from secrecy_receiver r join trust_domain t on t.id = r.domain_id where r.id = new.receiver_id;
            if not target.active then raise exception 'receiver' using errcode = '42501'; end if;
            if target.id = new.domain_id then raise exception 'oneself' using errcode = '42501'; end if;
            place := target.branch;
            target_authority := target.authority_id;
        else
            if new.outside_place not in ({_OUTSIDE}) then
                raise exception 'place' using errcode = '42501';
            end if;
            place := new.outside_place;
        end if;
        if ground.authority_id <> sender.authority_id or ground.approved_on is null
            or ground.approved_on > {TODAY_SQL}
            or ground.valid_from > {TODAY_SQL} or ground.valid_to < {TODAY_SQL}
            or not (sender.branch = any(ground.starts) or 'any' = any(ground.starts))
            or not (
                place = any(ground.ends) or ('any' = any(ground.ends) and new.receiver_id is not null)
                or ('own_' || place = any(ground.ends) and target_authority = sender.authority_id)
            )
        then raise exception 'ground' using errcode = '42501'; end if;
        if ground.below is not null then
            select birth_date into born from people_child where id = new.child_id;
            if born is null or born + make_interval(years => ground.below) <= {TODAY_SQL} then
                raise exception 'age' using errcode = '42501';
            end if;
        end if;
        if ground.needs = 'waiver' then
            if not exists (
                select 1 from secrecy_waiver w where w.id = new.waiver_id and w.child_id = new.child_id
                and w.domain_id = new.domain_id and w.receiver_id is not distinct from new.receiver_id
                and w.outside = new.outside and secrecy_waiver_holds(w.id)
            ) then raise exception 'waiver' using errcode = '42501'; end if;
        elsif new.weighing = '' then raise exception 'weighing' using errcode = '42501';
        end if;
        return new;
    end
"""

_AS_MAINT = "security definer set search_path = pg_catalog, public, pg_temp"

# The bodies are not checked when made: an early migration makes them before the newest columns are there.
INSTALL = f"""
    set local check_function_bodies = off;
    set local role samhandla_maint;
    create or replace function viewer_receivers() returns bigint[]
    language sql stable {_AS_MAINT} as $body$ {RECEIVERS} $body$;
    create or replace function secrecy_waiver_holds(p_waiver bigint) returns boolean
    language sql stable {_AS_MAINT} as $body$ {HOLDS} $body$;
    create or replace function secrecy_check_ground() returns trigger
    language plpgsql {_AS_MAINT} as $body$ {CHECK} $body$;
    reset role;
"""
