from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("detect", "0010_delivered_notice_security"),
    ]

    operations = [
        migrations.AddField(
            model_name="signal",
            name="closed_why",
            field=models.CharField(blank=True, choices=[("moved", "flyttad till annan skola")], max_length=8),
        ),
    ]
