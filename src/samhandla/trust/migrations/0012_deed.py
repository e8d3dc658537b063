"""One number for everything that an action writes; by it events and the history of rows are joined."""

from django.db import migrations, models

DEED = """
    create function current_deed() returns uuid language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $body$ select nullif(current_setting('app.deed', true), '')::uuid $body$;
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0011_withheld")]

    operations = [
        migrations.AddField(
            model_name="event", name="deed", field=models.UUIDField(editable=False, null=True)
        ),
        migrations.RunSQL(DEED, "drop function current_deed()"),
    ]
