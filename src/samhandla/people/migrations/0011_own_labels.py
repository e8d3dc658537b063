"""What the school years are called is each authority's own; rows without an authority hold for all the others.

What somebody had approved for everybody becomes the names of the authority that the approver spoke for.
"""

import django.db.models.deletion
from django.db import migrations, models

GIVEN_BACK = """
    insert into people_gradelabel (authority_id, valid_from, form, school_year, label, source, approved_by)
    select a.id, l.valid_from, l.form, l.school_year, l.label, l.source, l.approved_by
    from people_gradelabel l join trust_authority a on right(l.approved_by, length(a.name) + 2) = ', ' || a.name
    where l.authority_id is null and l.approved_by <> '';
    update people_gradelabel set approved_by = '' where authority_id is null;
"""
TAKEN_BACK = "delete from people_gradelabel where authority_id is not null"


class Migration(migrations.Migration):
    dependencies = [("people", "0010_family_follows"), ("trust", "0007_place")]

    operations = [
        migrations.RemoveConstraint("gradelabel", "grade_label_unique"),
        migrations.AddField(
            "gradelabel",
            "authority",
            models.ForeignKey(
                null=True,
                blank=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="trust.authority",
            ),
        ),
        migrations.AddConstraint(
            "gradelabel",
            models.UniqueConstraint(
                condition=models.Q(authority__isnull=True),
                fields=("valid_from", "form", "school_year"),
                name="grade_label_unique",
            ),
        ),
        migrations.AddConstraint(
            "gradelabel",
            models.UniqueConstraint(
                fields=("authority", "valid_from", "form", "school_year"), name="grade_label_own_unique"
            ),
        ),
        migrations.RunSQL(GIVEN_BACK, TAKEN_BACK),
    ]
