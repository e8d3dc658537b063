"""How access follows from the register: one SQL function, owned by `maint`.

The running role cannot write `Access` at all; it can only ask that it be derived anew. The roles
and kinds stand in Python; a test fails when the installed function is older than they are, and a
new migration then installs it again.
"""

from __future__ import annotations

from samhandla.people.queries import TODAY_SQL, in_force_sql
from samhandla.people.rules import KINDS_WITH_RIGHTS, MASKED, PROTECTION_ORDER
from samhandla.trust.roles import EMI_ROLES, GROUP_ROLES, UNIT_ROLES


def _listed(codes: tuple[str, ...]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


COLUMNS = (
    "actor_id, child_id, unit_id, place_id, domain_id, reason, role, source, source_id, valid_from, valid_to"
)


# What was ended by hand gives access until the day before; whatever an import later says of its last day.
def _until(row: str) -> str:
    return (
        f"case when {row}.ended_at is null then {row}.valid_to else least({row}.valid_to,"
        f" ({row}.ended_at at time zone 'Europe/Stockholm')::date - 1) end"
    )


_MASKED = _listed(tuple(sorted(MASKED)))


def masked(child: str) -> str:
    """Return the condition that a child has protected identity, by itself or its family."""
    return f"({child}.protection in ({_MASKED}) or {child}.lifted_protection in ({_MASKED}))"


# `place`: access through a group reaches rows made at the group's unit, and at another unit of the same
# school where the pupil was enrolled when it came into the group (an adapted school's pupil in a class).
# EMI is a branch of its own (OSL 8:2): whoever works on both sides does so as two persons of the register,
# one at a time. With a role of the school's at the same time a duty in EMI opens nothing.
# One arm per reason. `least` and `greatest` pass over null, so an open end stays open.
WANTED = f"""
    recursive tree(root, unit) as (
        select id, id from people_organisation where authority_id = p_authority
        union all
        select tree.root, o.id from tree join people_organisation o
            on o.parent_id = tree.unit and o.authority_id = p_authority
    ),
    school as (select id from trust_domain where authority_id = p_authority and branch = 'school'),
    place(group_id, child_id, id) as (
        select m.group_id, m.child_id, g.unit_id
        from people_membership m join people_group g on g.id = m.group_id
        union
        select m.group_id, m.child_id, e.unit_id
        from people_membership m
        join people_group g on g.id = m.group_id
        join people_organisation o on o.id = g.unit_id
        join people_organisation school on school.id = o.parent_id and school.kind = 'school'
        join people_enrolment e on e.child_id = m.child_id
            and e.valid_from <= m.valid_from and (e.valid_to is null or e.valid_to >= m.valid_from)
        join people_organisation beside on beside.id = e.unit_id and beside.parent_id = school.id
    ),
    by_group as (
        select s.actor_id, m.child_id, null::bigint as unit_id, place.id as place_id, school.id as domain_id,
            'group' as reason, a.role, 'assignment' as source, a.id as source_id,
            greatest(a.valid_from, m.valid_from) as valid_from, least({_until("a")}, m.valid_to) as valid_to
        from people_assignment a
        join people_staff s on s.id = a.staff_id and s.authority_id = p_authority
        join people_group g on g.id = a.group_id
        join people_organisation o on o.id = g.unit_id and o.authority_id = p_authority
        join people_membership m on m.group_id = g.id
        join people_child c on c.id = m.child_id and c.authority_id = p_authority
        join place on place.group_id = g.id and place.child_id = m.child_id
        cross join school
        where a.role in ({_listed(GROUP_ROLES)})
    ),
    by_unit as (
        select s.actor_id, null::bigint, tree.unit, null::bigint, school.id, 'unit', d.role, 'duty', d.id,
            d.valid_from, {_until("d")}
        from people_duty d
        join people_staff s on s.id = d.staff_id and s.authority_id = p_authority
        join tree on tree.root = d.unit_id
        cross join school
        where d.role in ({_listed(UNIT_ROLES)})
    ),
    emi_duty as (
        select d.id, d.staff_id, d.unit_id, d.role, d.valid_from, {_until("d")} as valid_to
        from people_duty d
        where d.role in ({_listed(EMI_ROLES)}) and not exists (
            select 1 from (
                select o.staff_id, o.valid_from, {_until("o")} as valid_to from people_duty o
                where o.role in ({_listed(UNIT_ROLES)})
                union all
                select a.staff_id, a.valid_from, {_until("a")} from people_assignment a
                where a.role in ({_listed(GROUP_ROLES)})
            ) other
            where other.staff_id = d.staff_id
            and other.valid_from <= coalesce({_until("d")}, 'infinity')
            and d.valid_from <= coalesce(other.valid_to, 'infinity')
            and coalesce(other.valid_to, 'infinity') >= greatest(other.valid_from, {TODAY_SQL})
        )
    ),
    by_emi as (
        select s.actor_id, null::bigint as child_id, tree.unit as unit_id, null::bigint as place_id,
            emi.id as domain_id, 'unit' as reason, d.role, 'duty' as source, d.id as source_id,
            d.valid_from, d.valid_to
        from emi_duty d
        join people_staff s on s.id = d.staff_id and s.authority_id = p_authority
        join tree on tree.root = d.unit_id
        join trust_domain emi on emi.authority_id = p_authority and emi.branch = 'emi'
    ),
    in_school as (select * from by_group union all select * from by_unit),
    at_work as (select * from in_school union all select * from by_emi),
    by_stand_in as (
        select there.actor_id, w.child_id, w.unit_id, w.place_id, w.domain_id, 'stand_in', w.role,
            'substitution', x.id,
            greatest(w.valid_from, x.valid_from), least(w.valid_to, {_until("x")})
        from people_substitution x
        join people_staff away on away.id = x.absent_id and away.authority_id = p_authority
        join people_staff there on there.id = x.stand_in_id and there.authority_id = p_authority
        join in_school w on w.actor_id = away.actor_id
        union all
        select there.actor_id, w.child_id, w.unit_id, w.place_id, w.domain_id, 'stand_in', w.role,
            'substitution', x.id,
            greatest(w.valid_from, x.valid_from, own.valid_from),
            least(w.valid_to, {_until("x")}, own.valid_to)
        from people_substitution x
        join people_staff away on away.id = x.absent_id and away.authority_id = p_authority
        join people_staff there on there.id = x.stand_in_id and there.authority_id = p_authority
        join by_emi w on w.actor_id = away.actor_id
        join emi_duty own on own.staff_id = there.id
    ),
    by_kin_stand_in as (
        select there.actor_id, x.child_id, null::bigint, coalesce(w.place_id, w.unit_id), w.domain_id,
            'stand_in', w.role, 'conflict', x.id,
            greatest(w.valid_from, x.valid_from), least(w.valid_to, {_until("x")})
        from people_conflict x
        join people_child c on c.id = x.child_id and c.authority_id = p_authority
        join people_staff away on away.id = x.staff_id and away.authority_id = p_authority
        join people_staff there on there.id = x.stand_in_id and there.authority_id = p_authority
        join in_school w on w.actor_id = away.actor_id
            and (w.child_id = x.child_id or w.unit_id = c.unit_id)
    ),
    by_name as (
        select w.actor_id, n.child_id, null::bigint, coalesce(w.place_id, w.unit_id), w.domain_id,
            'named', w.role, 'named', n.id,
            greatest(w.valid_from, n.valid_from), least(w.valid_to, {_until("n")})
        from people_namedstaff n
        join people_child c on c.id = n.child_id and c.authority_id = p_authority and {masked("c")}
        join people_staff s on s.id = n.staff_id and s.authority_id = p_authority
        join (
            select * from at_work union all select * from by_stand_in union all select * from by_kin_stand_in
        ) w on w.actor_id = s.actor_id and (w.child_id = n.child_id or w.unit_id = c.unit_id)
            and w.valid_from <= n.valid_from
    ),
    by_guardianship as (
        select gu.actor_id, gs.child_id, null::bigint, null::bigint, gs.domain_id, 'guardian', 'guardian',
            'guardianship', gs.id, gs.valid_from,
            least(gs.valid_to, (c.birth_date + interval '18 years' - interval '1 day')::date)
        from people_guardianship gs
        join people_guardian gu on gu.id = gs.guardian_id and gu.authority_id = p_authority
        join people_child c on c.id = gs.child_id and c.authority_id = p_authority
        where gu.actor_id is not null and c.birth_date is not null
        and gs.kind in ({_listed(KINDS_WITH_RIGHTS)})
    ),
    by_self as (
        select c.actor_id, c.id, null::bigint, null::bigint, school.id, 'self', 'child', 'child', c.id,
            date '1900-01-01', null::date
        from people_child c cross join school
        where c.authority_id = p_authority and c.actor_id is not null
    ),
    by_service as (
        select a.id, null::bigint, o.id, null::bigint, d.id, 'service', 'service', 'organisation', o.id,
            date '1900-01-01', null::date
        from trust_actor a
        join people_organisation o on o.authority_id = p_authority
        join trust_domain d on d.authority_id = p_authority
        where a.kind = 'service' and a.authority_id = p_authority
    ),
    wanted({COLUMNS}) as (
        select * from (
            select * from at_work union all select * from by_stand_in union all select * from by_guardianship
            union all select * from by_self union all select * from by_service
            union all select * from by_kin_stand_in union all select * from by_name
        ) every_reason
        where valid_to is null or valid_to >= valid_from
    )
"""

# From whom a child is withheld: with protected identity from all but the named and the principals of the
# units where it goes or went; and from whoever is close to it, by own word or by the register (an account or
# an e-mail address that a staff member shares with one of the child's adults).
WITHHELD = f"""
    withheld(authority_id, actor_id, child_id, unit_id, why, source, source_id, valid_from, valid_to) as (
        select p_authority, null::bigint, c.id, c.unit_id, 'identity', 'child', c.id,
            date '1900-01-01', null::date
        from people_child c where c.authority_id = p_authority and {masked("c")}
        union
        select p_authority, null::bigint, c.id, e.unit_id, 'identity', 'child', c.id,
            date '1900-01-01', null::date
        from people_child c join people_enrolment e on e.child_id = c.id
        where c.authority_id = p_authority and {masked("c")}
        union
        select p_authority, s.actor_id, x.child_id, null::bigint, 'kin', 'conflict', x.id,
            x.valid_from, {_until("x")}
        from people_conflict x join people_staff s on s.id = x.staff_id and s.authority_id = p_authority
        where {_until("x")} is null or {_until("x")} >= x.valid_from
        union
        select p_authority, s.actor_id, gs.child_id, null::bigint, 'kin', 'guardianship', gs.id,
            date '1900-01-01', null::date
        from people_staff s
        join trust_actor mine on mine.id = s.actor_id
        join trust_actor theirs on theirs.account_id = mine.account_id
        join people_guardian gu on gu.actor_id = theirs.id and gu.authority_id = p_authority
        join people_guardianship gs on gs.guardian_id = gu.id
        where s.authority_id = p_authority
        union
        select p_authority, s.actor_id, gs.child_id, null::bigint, 'kin', 'guardianship', gs.id,
            date '1900-01-01', null::date
        from people_staff s
        join people_guardian gu on lower(gu.email) = lower(s.email) and gu.authority_id = p_authority
        join people_guardianship gs on gs.guardian_id = gu.id
        where s.authority_id = p_authority and s.email <> ''
    )
"""

SAME_WITHHELD = """coalesce(a.actor_id, 0) = coalesce(w.actor_id, 0) and a.child_id = w.child_id
    and coalesce(a.unit_id, 0) = coalesce(w.unit_id, 0) and a.why = w.why
    and a.source = w.source and a.source_id = w.source_id and a.valid_from = w.valid_from
    and coalesce(a.valid_to, 'infinity') = coalesce(w.valid_to, 'infinity')"""

SAME = """a.actor_id = w.actor_id and coalesce(a.child_id, 0) = coalesce(w.child_id, 0)
    and coalesce(a.unit_id, 0) = coalesce(w.unit_id, 0) and coalesce(a.place_id, 0) = coalesce(w.place_id, 0)
    and a.domain_id = w.domain_id and a.reason = w.reason
    and a.role = w.role and a.source = w.source and a.source_id = w.source_id and a.valid_from = w.valid_from
    and coalesce(a.valid_to, 'infinity') = coalesce(w.valid_to, 'infinity')"""

# Nödåtkomst is no fact of the register and stays as long as its minute has not come and the person who opened
# it still has a duty; what has ended stays as history.
OPENED = f"""a.reason = 'emergency' and (a.expires_at <= now() or exists (
        select 1 from people_staff s join people_duty d on d.staff_id = s.id
        where {in_force_sql("d")} and (s.actor_id = a.actor_id or exists (
            select 1 from people_substitution x join people_staff there on there.id = x.stand_in_id
            where x.absent_id = s.id and there.actor_id = a.actor_id and {in_force_sql("x")}
        ))
    ))"""

# A naming ends with the work that it was for, and with the marking; a new duty must be named anew.
LAPSED = f"""
    lapsed as (
        update people_namedstaff n set ended_at = now(), valid_to = greatest(n.valid_from, {TODAY_SQL})
        from people_child c
        where c.id = n.child_id and c.authority_id = p_authority and n.ended_at is null
        and not exists (
            select 1 from wanted w where w.source = 'named' and w.source_id = n.id
            and (w.valid_to is null or w.valid_to >= {TODAY_SQL})
        )
        returning 1
    )
"""

BODY = f"""
    with {WANTED},
    {WITHHELD},
    {LAPSED},
    freed as (
        delete from trust_withheld a
        where a.authority_id = p_authority
        and not exists (select 1 from withheld w where {SAME_WITHHELD})
        returning 1
    ),
    kept_from as (
        insert into trust_withheld (
            authority_id, actor_id, child_id, unit_id, why, source, source_id, valid_from, valid_to
        )
        select * from withheld w where not exists (select 1 from trust_withheld a where {SAME_WITHHELD})
        returning 1
    ),
    gone as (
        delete from trust_access a
        where a.domain_id in (select id from trust_domain where authority_id = p_authority)
        and not exists (select 1 from wanted w where {SAME})
        and not ({OPENED})
        returning 1
    ),
    come as (
        insert into trust_access ({COLUMNS})
        select {COLUMNS} from wanted w
        where not exists (select 1 from trust_access a where {SAME})
        returning 1
    )
    select (select count(*) from gone) + (select count(*) from come)
        + (select count(*) from freed) + (select count(*) from kept_from) + 0 * (select count(*) from lapsed)
"""

# The reader sees only rows about a child that it may itself see: the check is inside the function.
ACCESS_OF_CHILD = """
    select a.actor_id, a.reason, a.role, a.domain_id, a.valid_from, a.valid_to, a.source, a.source_id
    from trust_access a
    join people_child c on c.id = p_child
    where (a.child_id = p_child or a.unit_id = c.unit_id)
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
"""

# The order of strictness as an array; the smaller place is the stricter.
PLACES = "array[" + _listed(PROTECTION_ORDER) + "]"
PROTECTION_BODY = f"""
    with family as (
        select g.child_id, array_position({PLACES}, gu.protection::text) as place
        from people_guardianship g join people_guardian gu on gu.id = g.guardian_id
        where gu.authority_id = p_authority
        union all
        select g.child_id, array_position({PLACES}, sibling.protection::text)
        from people_guardianship g
        join people_guardianship same on same.guardian_id = g.guardian_id and same.child_id <> g.child_id
        join people_child sibling on sibling.id = same.child_id
        where sibling.authority_id = p_authority
    ),
    wanted as (
        select c.id,
            ({PLACES})[least(array_position({PLACES}, c.protection::text), min(f.place))] as protection
        from people_child c left join family f on f.child_id = c.id
        where c.authority_id = p_authority
        group by c.id, c.protection
    ),
    changed as (
        update people_child c set lifted_protection = w.protection
        from wanted w where w.id = c.id and c.lifted_protection is distinct from w.protection
        returning 1
    )
    select count(*) from changed
"""


# In the import's own transaction the tables have no statistics yet: the planner takes them for empty and
# joins row by row, which grows with the square of the register. Hash joins do not.
HASHED = "set enable_nestloop = off"


def _as_maint(statements: str) -> str:
    """Let `maint` make its functions itself: it alone can replace those that it owns.

    An early migration installs the present body, which may name columns that a later one adds.
    """
    return (
        "set local check_function_bodies = off; set local role samhandla_maint;"
        f" {statements} reset role; set local check_function_bodies = on;"
    )


INSTALL_PROTECTION = _as_maint(f"""
    create or replace function people_derive_protection(p_authority bigint) returns bigint
    language sql volatile security definer set search_path = pg_catalog, public, pg_temp
    {HASHED} as $body$ {PROTECTION_BODY} $body$;
""")
REMOVE_PROTECTION = _as_maint("drop function people_derive_protection(bigint);")

INSTALL = _as_maint(f"""
    create or replace function people_derive_access(p_authority bigint) returns bigint
    language sql volatile security definer set search_path = pg_catalog, public, pg_temp
    {HASHED} as $body$ {BODY} $body$;

    drop function if exists people_access_of_child(bigint, date);
    create function people_access_of_child(p_child bigint, p_on date)
    returns table (actor_id bigint, reason text, role text, domain_id smallint, valid_from date,
        valid_to date, source text, source_id bigint)
    language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $body$ {ACCESS_OF_CHILD} $body$;
""")
REMOVE = _as_maint(
    "drop function people_derive_access(bigint); drop function people_access_of_child(bigint, date);"
)
