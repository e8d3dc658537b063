"""How the contact of a step of the närvarotrappa is made."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("detect", "0011_closed_why")]

    operations = [
        migrations.AddField(
            model_name="ladderstep",
            name="contact",
            field=models.CharField(
                blank=True,
                choices=[
                    ("meeting", "möte"),
                    ("phone", "telefon"),
                    ("video", "videosamtal"),
                    ("home_visit", "hembesök"),
                    ("letter", "brev"),
                    ("message", "meddelande"),
                ],
                max_length=10,
                verbose_name="form för kontakten",
            ),
        ),
    ]
