"""What a run was asked for, and how often it was taken up again by itself after being broken off."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0005_place")]

    operations = [
        migrations.AddField("batch", "take_in", models.BooleanField(default=False)),
        migrations.AddField("batch", "attempts", models.PositiveSmallIntegerField(default=0)),
    ]
