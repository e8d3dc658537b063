"""Who signs which check of the log of reading, and what the checks are made from."""

from django.db import migrations

from samhandla.people.queries.common import in_force_sql
from samhandla.trust.rls import AUTHORITY, maint_function, protect

SERVICE = """
    select exists (select 1 from trust_actor where id = viewer_actor() and kind = 'service')
"""

# The units whose staff the viewer signs for; 0 stands for those who lead a unit or work at none.
REVIEWS = f"""
    select coalesce(array_agg(distinct case d.role when 'principal' then d.unit_id else 0 end), '{{}}')
    from people_duty d join people_staff s on s.id = d.staff_id
    where s.actor_id = viewer_actor() and s.authority_id = viewer_authority()
    and d.role in ('principal', 'data_protection_officer') and {in_force_sql("d")}
"""

# For the jobs alone: what those at work have read. A family's reading of its own is nobody's to check.
READS = """
    select e.id, e.at, e.actor_id, e.page::text, e.outcome = 'refused', cardinality(e.children),
        c.id, e.reasons, coalesce(lower(c.family_name) = lower(s.family_name), false),
        coalesce('marked' in (c.protection, c.lifted_protection)
            or 'protected' in (c.protection, c.lifted_protection), false)
    from trust_readentry e
    join people_staff s on s.actor_id = e.actor_id
    left join people_child c on cardinality(e.children) = 1 and c.id = e.children[1]
    where e.authority_id = viewer_authority() and viewer_is_service() and e.at >= p_from and e.at < p_to
"""

CHILDREN = """
    select w.id, e.children
    from people_logreviewrow w join trust_readentry e on e.id = w.entry
    where w.review_id = p_review and w.authority_id = viewer_authority()
    and coalesce(w.unit_id, 0) = any(viewer_reviews())
"""

REVIEW = f"""
    {AUTHORITY} and (
        coalesce(unit_id, 0) = any((select viewer_reviews())::bigint[]) or (select viewer_is_service())
    )
"""
CLOSED = """
    revoke update, delete on people_logreview, people_logreviewrow from samhandla_app;
    grant update (outcome, words, signed_by_id, signed_at) on people_logreview to samhandla_app;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0014_logs")]

    operations = [
        maint_function("viewer_is_service()", SERVICE, "boolean"),
        maint_function("viewer_reviews()", REVIEWS, "bigint[]"),
        maint_function(
            "people_reads_between(p_from timestamptz, p_to timestamptz)",
            READS,
            "table (id uuid, at timestamptz, actor_id bigint, page text, refused boolean, children int,"
            " child bigint, reasons varchar[], kin boolean, protected boolean)",
        ),
        maint_function(
            "people_children_of_review(p_review bigint)", CHILDREN, "table (row_id bigint, children bigint[])"
        ),
        protect("people_logreview", REVIEW),
        protect("people_logreviewrow", REVIEW, extra=CLOSED),
        protect("people_familylogclearance", AUTHORITY),
    ]
