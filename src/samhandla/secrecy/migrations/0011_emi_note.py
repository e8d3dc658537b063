"""Notes of the medical pupil health (EMI), in its own secrecy domain; only EMI stands in for EMI."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from samhandla.secrecy.guard import INSTALL
from samhandla.trust.rls import CHILD_ROW, protect


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0022_purge_and_emi'),
        ('secrecy', '0010_corrected_history'),
        ('trust', '0011_withheld'),
    ]

    operations = [
        migrations.CreateModel(
            name='EmiNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('child_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('child'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
                ('unit_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('unit'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
                ('kind', models.CharField(choices=[('contact', 'kontakt'), ('request', 'fråga eller önskan till oss')], max_length=8, verbose_name='slag')),
                ('text', models.TextField(verbose_name='anteckning')),
                ('by_name', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('done_name', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor')),
                ('child', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.child')),
                ('domain', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.domain')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['child_key'], name='eminote_child_key'), models.Index(fields=['unit_key'], name='eminote_unit_key'), models.Index(fields=['child'], name='eminote_child')],
            },
        ),
        protect("secrecy_eminote", CHILD_ROW, extra="revoke delete on secrecy_eminote from samhandla_app;"),
        migrations.RunSQL(INSTALL, migrations.RunSQL.noop),
    ]
