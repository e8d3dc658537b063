"""A ställningstagande can be thought better of: a new row replaces the earlier one, which stays."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('detect', '0017_taught_numbers'),
    ]

    operations = [
        migrations.AddField(
            model_name='answer',
            name='replaces',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='detect.answer'),
        ),
    ]
