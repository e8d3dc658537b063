"""Who could see one child on a day, also an earlier one: the units where it went to school then."""

from django.db import migrations

from samhandla.trust.rls import maint_function

# As `people_access_of_child`, but by where the child was enrolled on the day. Told only in the secrecy domains
# in which the viewer sees the child itself, and only within the viewer's own authority.
WHO = """
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
    and a.reason <> 'service'
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0012_reading")]

    operations = [
        maint_function(
            "people_who_sees(p_child bigint, p_on date)",
            WHO,
            "table (actor_id bigint, reason text, role text, valid_from date, valid_to date, source text,"
            " source_id bigint)",
        ),
    ]
