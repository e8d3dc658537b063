from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_hashed_derivation"),
    ]

    operations = [
        migrations.AddField(
            model_name="staff",
            name="eppn",
            field=models.CharField(
                blank=True, db_index=True, max_length=200, verbose_name="inloggningsnamn (EPPN)"
            ),
        ),
    ]
