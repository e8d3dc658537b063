import django.utils.timezone
from django.db import migrations, models

from samhandla.trust.rls import AUTHORITY, protect


class Migration(migrations.Migration):
    dependencies = [("analytics", "0002_row_security")]

    operations = [
        migrations.AddField(
            model_name="lakefile",
            name="stored_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        protect("analytics_qualitynote", AUTHORITY),
    ]
