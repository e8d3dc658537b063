from django.db import migrations, models

# Nobody has answered these yet, so their clock began when they were opened. After an answer the day is not
# known: their last day stays as it was counted.
BEGUN = """
    update detect_groupsignal set clock_from = opened_on
    where state = 'open' and due_on is not null and answer = ''
"""


class Migration(migrations.Migration):
    dependencies = [
        ("detect", "0007_ladder_with_guardian"),
    ]

    operations = [
        migrations.AddField(
            model_name="groupsignal",
            name="clock_from",
            field=models.DateField(null=True),
        ),
        migrations.RunSQL(BEGUN, migrations.RunSQL.noop),
    ]
