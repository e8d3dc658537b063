from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trust", "0004_viewer_within_authority")]

    operations = [
        migrations.AddField(
            model_name="account", name="invited_at", field=models.DateTimeField(blank=True, null=True)
        ),
    ]
