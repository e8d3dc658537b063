"""What a note of EMI held before it was changed."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from samhandla.trust.history import protect_history
from samhandla.trust.rls import CHILD_ROW


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0022_purge_and_emi"),
        ("secrecy", "0011_emi_note"),
        ("trust", "0012_deed"),
    ]

    operations = [
        migrations.CreateModel(
            name="EmiNoteHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "pgh_actor",
                    models.BigIntegerField(db_default=models.Func(function="viewer_actor"), null=True),
                ),
                ("pgh_deed", models.UUIDField(db_default=models.Func(function="current_deed"), null=True)),
                ("id", models.BigIntegerField()),
                (
                    "child_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("child"), "*", models.Value(65536)
                            ),
                            "+",
                            models.F("domain"),
                        ),
                        output_field=models.BigIntegerField(),
                    ),
                ),
                (
                    "unit_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("unit"), "*", models.Value(65536)
                            ),
                            "+",
                            models.F("domain"),
                        ),
                        output_field=models.BigIntegerField(),
                    ),
                ),
                ("kind", models.CharField(max_length=8)),
                ("text", models.TextField(verbose_name="anteckning")),
                ("by_name", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("done_name", models.CharField(blank=True, max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="trust.actor",
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="people.child",
                    ),
                ),
                (
                    "domain",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="trust.domain",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="people.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["id"], name="eminote_past_id"),
                    models.Index(fields=["child_key"], name="eminote_past_child_key"),
                    models.Index(fields=["unit_key"], name="eminote_past_unit_key"),
                ],
            },
        ),
        protect_history("secrecy_eminotehistory", CHILD_ROW),
    ]
