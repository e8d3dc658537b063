"""Whether a source's sums tell of absence alone, so that no share can be computed from them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analytics", "0006_told")]

    operations = [
        migrations.AddField(
            "attendancewindow", "absence_only", models.BooleanField(default=False, db_default=False)
        ),
    ]
