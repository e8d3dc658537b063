from django.db import migrations

from samhandla.trust.rls import CHILD_ROW_WITHOUT_PLACE, maint_function, protect

# Who receives notices in an authority: by an own duty, or as stand-in for somebody who has it.
RECEIVES = """
    select coalesce(array_agg(distinct away.authority_id), '{}')
    from people_duty d
    join people_staff away on away.id = d.staff_id and away.authority_id = viewer_authority()
    where d.role = 'compulsory_school_officer'
    and d.ended_at is null
    and d.valid_from <= (now() at time zone 'Europe/Stockholm')::date
    and (d.valid_to is null or d.valid_to >= (now() at time zone 'Europe/Stockholm')::date)
    and (away.actor_id = viewer_actor() or exists (
        select 1 from people_substitution x join people_staff there on there.id = x.stand_in_id
        where x.absent_id = away.id and there.actor_id = viewer_actor() and x.ended_at is null
        and x.valid_from <= (now() at time zone 'Europe/Stockholm')::date
        and (x.valid_to is null or x.valid_to >= (now() at time zone 'Europe/Stockholm')::date)
    ))
"""

# The receiver has no right to the child's own row, so whether the child is protected today is answered here,
# and only about a child of whom a notice has come to the one who asks.
MASKED = """
    select exists (
        select 1 from people_child c join detect_deliverednotice n on n.child_id = c.id
        where n.id = p_notice and n.authority_id = viewer_authority()
        and (c.protection in ('marked', 'protected') or c.lifted_protection in ('marked', 'protected'))
    )
"""

CONDITION = (
    f"{CHILD_ROW_WITHOUT_PLACE}"
    " or authority_id = any((select viewer_receives())::bigint[])"
    " or sender_child_key = any((select viewer_child_keys())::bigint[])"
    " or sender_unit_key = any((select viewer_unit_keys())::bigint[])"
)


class Migration(migrations.Migration):
    dependencies = [("detect", "0009_delivered_notices"), ("people", "0007_staff_eppn")]

    operations = [
        maint_function("viewer_receives()", RECEIVES, "bigint[]"),
        maint_function("notice_is_masked(p_notice bigint)", MASKED, "boolean"),
        protect("detect_deliverednotice", CONDITION),
    ]
