"""When a contact, a step and a mark were written; what makes a step of the närvarotrappa be proposed."""

import django.utils.timezone
from django.db import migrations, models

# As it was until now: the first step with the signal, each other one as soon as the one before is done.
AS_BEFORE = """
    update detect_ladderstep set trigger_kind = 'after_step', trigger_value = 0 where number > 1;
"""

VALUED = models.Q(trigger_kind__in=["after_step", "absence"])


def at(null_rows: bool) -> models.DateTimeField:
    """Return the field without a default first: what is older than it keeps no time."""
    return models.DateTimeField(
        null=True, editable=False, **({} if null_rows else {"default": django.utils.timezone.now})
    )


class Migration(migrations.Migration):
    dependencies = [("detect", "0013_place")]

    operations = [
        migrations.AddField("contactnote", "at", at(null_rows=True)),
        migrations.AlterField("contactnote", "at", at(null_rows=False)),
        migrations.AddField("participationmark", "at", at(null_rows=True)),
        migrations.AlterField("participationmark", "at", at(null_rows=False)),
        migrations.AddField("steptaken", "done_at", models.DateTimeField(null=True, editable=False)),
        migrations.AddField(
            "ladderstep",
            "trigger_kind",
            models.CharField(
                choices=[
                    ("signal", "en signal har öppnats"),
                    (
                        "after_step",
                        "ett tidigare steg är gjort och signalen är kvar efter så många skoldagar",
                    ),
                    ("absence", "frånvaron de senaste fyra veckorna är över så många procent"),
                    ("new_spell", "eleven har varit borta igen efter det förra steget"),
                    ("principal", "rektor bestämmer när – systemet föreslår inget"),
                ],
                default="signal",
                max_length=10,
                verbose_name="föreslås när",
            ),
        ),
        migrations.AddField(
            "ladderstep",
            "trigger_value",
            models.SmallIntegerField(blank=True, null=True, verbose_name="antal skoldagar eller procent"),
        ),
        migrations.RunSQL(AS_BEFORE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "ladderstep",
            models.CheckConstraint(
                condition=(VALUED & models.Q(trigger_value__isnull=False))
                | (~VALUED & models.Q(trigger_value__isnull=True)),
                name="ladderstep_trigger_value",
            ),
        ),
        migrations.AddConstraint(
            "participationmark",
            models.UniqueConstraint(
                condition=models.Q(at__isnull=False),
                fields=("child", "domain", "on", "by"),
                name="mark_once_a_day",
            ),
        ),
    ]
