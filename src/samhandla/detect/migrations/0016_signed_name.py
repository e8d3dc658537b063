"""Whose name stands under a delivered notice: its receiver has no right to the notice itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("detect", "0015_taught")]

    operations = [
        migrations.AddField(
            "deliverednotice",
            "signed_name",
            models.CharField(blank=True, default="", max_length=200, verbose_name="undertecknad av"),
            preserve_default=False,
        ),
    ]
