"""A signal can have ended because the rules are not used on the pupil any more."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('detect', '0021_answer_history'),
    ]

    operations = [
        migrations.AlterField(
            model_name='signal',
            name='closed_why',
            field=models.CharField(blank=True, choices=[('moved', 'flyttad till annan skola'), ('limited', 'reglerna används inte på eleven')], max_length=8),
        ),
    ]
