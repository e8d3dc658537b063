"""Which days a batch's lessons tell of, so that a stray day never moves how far data reaches."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analytics", "0005_place")]

    operations = [
        migrations.AddField("lakefile", "told", models.JSONField(null=True)),
    ]
