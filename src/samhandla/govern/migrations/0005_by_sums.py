from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('govern', '0004_which_absence_counts'),
    ]

    operations = [
        migrations.AddField(
            model_name='boardfigure',
            name='by_sums',
            field=models.IntegerField(null=True),
        ),
    ]
