"""Nödåtkomst: its setting, its rows, and the functions by which the database alone opens and ends it."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from samhandla.secrecy.override import INSTALL, TRIGGER
from samhandla.trust.rls import AUTHORITY, CHILD_ROW, protect

REVIEWED = "domain_id = any((select secrecy_reviewed_domains())::smallint[])"
EMERGENCY = f"{CHILD_ROW} or opened_by_id = (select viewer_actor()) or {REVIEWED}"

# The rows come from `secrecy_open_emergency`. What the running role itself may write opens nothing.
CLOSED = f"""
    revoke update, delete on secrecy_emergency, secrecy_emergencysetting from samhandla_app;
    grant update (reviewed_by_id, reviewed_at, verdict, note) on secrecy_emergency to samhandla_app;
    drop policy viewer on secrecy_emergency;
    create policy viewer on secrecy_emergency for select using ({EMERGENCY});
    create policy author on secrecy_emergency for insert with check (
        ({CHILD_ROW}) and opened_by_id = (select viewer_actor()) and reviewed_at is null
    );
    create policy reviewer on secrecy_emergency for update
        using ({REVIEWED} and opened_by_id <> (select viewer_actor()) and reviewed_at is null)
        with check (reviewed_by_id = (select viewer_actor()));
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0016_emergency'),
        ('secrecy', '0003_in_force'),
        ('trust', '0010_access_expires'),
    ]

    operations = [
        migrations.CreateModel(
            name='Emergency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('child_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('child'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
                ('unit_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('unit'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
                ('opened_name', models.CharField(max_length=200, verbose_name='öppnad av')),
                ('role', models.CharField(max_length=32, verbose_name='roll')),
                ('reason', models.TextField(verbose_name='skäl')),
                ('opened_at', models.DateTimeField(verbose_name='öppnad')),
                ('ends_at', models.DateTimeField(verbose_name='slutar')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='avslutad i förtid')),
                ('reviewed_at', models.DateTimeField(null=True, verbose_name='granskad')),
                ('verdict', models.CharField(blank=True, choices=[('in_order', 'i sin ordning'), ('follow_up', 'följs upp')], max_length=9, verbose_name='granskarens bedömning')),
                ('note', models.TextField(blank=True, verbose_name='granskarens anteckning')),
                ('child', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.child')),
                ('domain', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.domain')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor')),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['child_key'], name='emergency_child_key'), models.Index(fields=['unit_key'], name='emergency_unit_key'), models.Index(fields=['child'], name='emergency_child'), models.Index(fields=['domain'], name='emergency_domain')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('opened_at'))), name='emergency_ends'), models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at__isnull', True), ('reviewed_by__isnull', True), ('verdict', '')), models.Q(('reviewed_at__isnull', False), ('reviewed_by__isnull', False), models.Q(('verdict', ''), _negated=True)), _connector='OR'), name='emergency_reviewed_whole'), models.CheckConstraint(condition=models.Q(models.Q(('verdict', 'follow_up'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='emergency_follow_up_says_what')],
            },
        ),
        migrations.CreateModel(
            name='EmergencySetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hours', models.PositiveSmallIntegerField(verbose_name='längsta tid i timmar')),
                ('decided_on', models.DateField(verbose_name='bestämt')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.authority')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor')),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('hours__gte', 1), ('hours__lte', 12)), name='emergency_hours')],
            },
        ),
        migrations.RunSQL(INSTALL, migrations.RunSQL.noop),
        protect("secrecy_emergencysetting", AUTHORITY),
        protect("secrecy_emergency", EMERGENCY, extra=CLOSED),
        migrations.RunSQL(TRIGGER, "drop trigger end_emergencies on people_child"),
    ]
