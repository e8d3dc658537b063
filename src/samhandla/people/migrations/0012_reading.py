"""By what right a viewer reads some children, and who has read one child."""

from django.db import migrations

from samhandla.trust.rls import maint_function

IN_FORCE = """a.valid_from <= (now() at time zone 'Europe/Stockholm')::date
    and (a.valid_to is null or a.valid_to >= (now() at time zone 'Europe/Stockholm')::date)"""

# As "reason:role"; empty when the answer showed somebody whom the viewer has no way of its own to. A teacher
# reads names of own groups without any access: that is a reason of its own.
REASONS = f"""
    select coalesce(array_agg(distinct by_what.right_), '{{}}') from (
        select a.reason || ':' || a.role as right_
        from trust_access a
        where a.actor_id = viewer_actor() and {IN_FORCE}
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
"""

# Told only to a viewer who may read the child: who has read it in the same authority.
READS = """
    select e.at, e.actor_id, e.page, e.outcome::text, e.reasons
    from trust_readentry e
    join people_child c on c.id = p_child
    where e.children @> array[p_child] and e.authority_id = viewer_authority()
    and c.authority_id = e.authority_id
    and (p_child = any(viewer_child_ids()) or c.unit_id = any(viewer_unit_ids()))
    and e.at >= p_from
    order by e.at desc
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0011_own_labels"), ("trust", "0009_read_log")]

    operations = [
        maint_function("people_reasons_of(p_children bigint[])", REASONS, "varchar[]"),
        maint_function(
            "people_reads_of_child(p_child bigint, p_from timestamptz)",
            READS,
            "table (at timestamptz, actor_id bigint, page varchar, outcome text, reasons varchar[])",
        ),
    ]
