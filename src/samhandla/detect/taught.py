"""A teacher's narrow way to the own groups: three SQL functions, owned by `maint`.

A teacher has no `Access` row, since such a row opens every row about a child: signals, absence, notes. These
functions answer for the viewer's own groups only, and say no more than names and the viewer's own marks of
the day. A pupil with protected identity is never named and has no reference here, so the mark is the mentor's
to make.
"""

from __future__ import annotations

from samhandla.people.queries import TODAY_SQL, in_force_sql
from samhandla.trust.roles import GROUP_ROLES
from samhandla.trust.viewer import Viewer

# Who stands before a group: its teachers, its mentor, its class teacher.
TEACHES = ("teacher", *GROUP_ROLES)
REACH_DAYS = 14  # the longest way back that a mark can be made; the page offers the latest school days in it


def teaches(viewer: Viewer) -> bool:
    """Tell whether the viewer may have groups of its own to teach. Queries: none."""
    return viewer.may_any(*TEACHES)


_ROLES = ", ".join(f"'{role}'" for role in TEACHES)

# Own groups, and those of whom the viewer stands in for today; never of another authority.
GROUPS = f"""
    mine as (
        select s.id from people_staff s
        where s.actor_id = viewer_actor() and s.authority_id = viewer_authority()
        union
        select away.id from people_substitution x
        join people_staff there on there.id = x.stand_in_id and there.actor_id = viewer_actor()
            and there.authority_id = viewer_authority()
        join people_staff away on away.id = x.absent_id and away.authority_id = viewer_authority()
        where {in_force_sql("x")}
    ),
    taught as (
        select distinct g.id from people_assignment a
        join people_group g on g.id = a.group_id
        join people_organisation o on o.id = g.unit_id and o.authority_id = viewer_authority()
        where a.staff_id in (select id from mine) and a.role in ({_ROLES}) and {in_force_sql("a")}
    )
"""

# In the group on the day and still: whoever has left is not named any more.
PUPILS = f"""
    {GROUPS},
    pupils as (
        select distinct c.id, c.ref, c.unit_id, m.domain_id, c.given_name, c.family_name,
            c.protection in ('marked', 'protected')
                or c.lifted_protection in ('marked', 'protected') as masked
        from people_membership m
        join people_child c on c.id = m.child_id and c.authority_id = viewer_authority()
        join trust_domain d on d.id = m.domain_id
            and d.authority_id = viewer_authority() and d.branch = 'school'
        where m.group_id = p_group and p_group in (select id from taught)
        and p_on between {TODAY_SQL} - {REACH_DAYS} and {TODAY_SQL}
        and m.valid_from <= p_on and (m.valid_to is null or m.valid_to >= {TODAY_SQL})
    )
"""

NAMES = f"""
    with {PUPILS}
    select p.id, case when p.masked then null else p.ref end,
        case when p.masked then '' else p.given_name end,
        case when p.masked then '' else p.family_name end,
        p.masked,
        not p.masked and exists (
            select 1 from detect_participationmark k
            where k.child_id = p.id and k.domain_id = p.domain_id
            and k."on" = p_on and k.by_id = viewer_actor()
        )
    from pupils p
"""

# One row when the pupil may be marked; without a mark number when the viewer has marked the pupil already.
MARK = f"""
    with {PUPILS},
    allowed as (select * from pupils where ref = p_ref and not masked),
    made as (
        insert into detect_participationmark (child_id, domain_id, unit_id, "on", by_id, at)
        select id, domain_id, unit_id, p_on, viewer_actor(), now() from allowed
        on conflict do nothing
        returning id
    )
    select a.id, a.unit_id, a.domain_id, (select made.id from made) from allowed a
"""

UNMARK = f"""
    with {PUPILS},
    allowed as (select * from pupils where ref = p_ref and not masked),
    gone as (
        delete from detect_participationmark k using allowed a
        where k.child_id = a.id and k.domain_id = a.domain_id and k."on" = p_on and k.by_id = viewer_actor()
        returning k.id
    )
    select a.id, a.unit_id, a.domain_id, (select min(gone.id) from gone) from allowed a
"""

_NARROW = "security definer set search_path = pg_catalog, public, pg_temp"
_WRITTEN = "table (child_id bigint, unit_id bigint, domain_id smallint, mark_id bigint)"


def _function(signature: str, returns: str, kind: str, body: str) -> str:
    head = f"create or replace function {signature} returns {returns} language sql {kind} {_NARROW}"
    return f"{head} as $body$ {body} $body$;"


INSTALL = (
    "set local role samhandla_maint;"
    + "".join(
        (
            _function(
                "detect_taught_pupils(p_group bigint, p_on date)",
                "table (id bigint, ref uuid, given_name text, family_name text, masked boolean,"
                " marked boolean)",
                "stable",
                NAMES,
            ),
            _function(
                "detect_mark_taught(p_group bigint, p_ref uuid, p_on date)", _WRITTEN, "volatile", MARK
            ),
            _function(
                "detect_unmark_taught(p_group bigint, p_ref uuid, p_on date)", _WRITTEN, "volatile", UNMARK
            ),
        )
    )
    + "reset role;"
)
REMOVE = (
    "set local role samhandla_maint; drop function detect_taught_pupils(bigint, date);"
    " drop function detect_mark_taught(bigint, uuid, date);"
    " drop function detect_unmark_taught(bigint, uuid, date); reset role;"
)
