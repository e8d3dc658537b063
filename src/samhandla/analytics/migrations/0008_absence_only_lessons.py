from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0007_absence_only"),
    ]

    operations = [
        migrations.AddField(
            "lakefile", "absence_only", models.BooleanField(default=False, db_default=False)
        ),
        migrations.AddField(
            "attendanceday", "absence_only", models.BooleanField(default=False, db_default=False)
        ),
    ]
