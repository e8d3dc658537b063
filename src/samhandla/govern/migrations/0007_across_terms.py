from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("govern", "0006_linkage"),
    ]

    operations = [
        migrations.AddField("boardcount", "across_terms", models.JSONField(default=dict)),
    ]
