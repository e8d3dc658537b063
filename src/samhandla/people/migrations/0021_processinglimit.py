"""Limits on what is done with the data about a child: read by whoever sees the child, set at its unit."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from samhandla.trust.rls import protect

UNIT = "unit_key = any((select viewer_unit_keys())::bigint[])"
SEES = f"{UNIT} or child_id = any((select viewer_child_ids())::bigint[])"

# The limit is the authority's, not a school's: it follows the child to another unit, as its guardians do.
FOLLOWS = """
    set local role samhandla_maint;
    create function people_limits_follow() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    begin
        update people_processinglimit set unit_id = new.unit_id
        where child_id = new.id and unit_id is distinct from new.unit_id;
        return null;
    end
    $body$;
    reset role;
    create trigger limits_follow after update of unit_id on people_child for each row
        when (old.unit_id is distinct from new.unit_id) execute function people_limits_follow();
"""
GONE = """
    drop trigger limits_follow on people_child;
    set local role samhandla_maint; drop function people_limits_follow(); reset role;
"""
CLOSED = f"""
    revoke update, delete on people_processinglimit from samhandla_app;
    grant update (valid_to, ended_at) on people_processinglimit to samhandla_app;
    drop policy viewer on people_processinglimit;
    create policy viewer on people_processinglimit for select using ({SEES});
    create policy unit on people_processinglimit for insert with check ({UNIT} and ended_at is null);
    create policy lifter on people_processinglimit for update using ({UNIT} and ended_at is null) with check ({UNIT});
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0020_withheld_history'),
        ('trust', '0010_access_expires'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProcessingLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('child_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('child'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
                ('unit_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('unit'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('kind', models.CharField(choices=[('objection', 'reglerna används inte på eleven'), ('restriction', 'behandlingen är begränsad')], max_length=12, verbose_name='slag')),
                ('child', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.child')),
                ('domain', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.domain')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['child_key'], name='processinglimit_child_key'), models.Index(fields=['unit_key'], name='processinglimit_unit_key'), models.Index(fields=['child'], name='processinglimit_child')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='processinglimit_dates'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('child', 'kind'), name='processinglimit_one_living')],
            },
        ),
        protect("people_processinglimit", SEES, extra=CLOSED),
        migrations.RunSQL(FOLLOWS, GONE),
    ]
