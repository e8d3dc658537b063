"""What rows held before they were changed or removed."""

import uuid

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from samhandla.trust.history import protect_history
from samhandla.trust.rls import AUTHORITY, CHILD_ROW

OF_STAFF = (
    "exists (select 1 from people_staff s where s.id = {} and s.authority_id = (select viewer_authority()))"
)


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0018_withheld'),
        ('trust', '0012_deed'),
    ]

    operations = [
        migrations.CreateModel(
            name='AssignmentHistory',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_actor', models.BigIntegerField(db_default=models.Func(function='viewer_actor'), null=True)),
                ('pgh_deed', models.UUIDField(db_default=models.Func(function='current_deed'), null=True)),
                ('id', models.BigIntegerField()),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('role', models.CharField(max_length=32)),
                ('group', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.group')),
                ('staff', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.staff')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['id'], name='assignment_past_id')],
            },
        ),
        migrations.CreateModel(
            name='ChildHistory',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_actor', models.BigIntegerField(db_default=models.Func(function='viewer_actor'), null=True)),
                ('pgh_deed', models.UUIDField(db_default=models.Func(function='current_deed'), null=True)),
                ('id', models.BigIntegerField()),
                ('given_name', models.CharField(max_length=100)),
                ('family_name', models.CharField(max_length=100)),
                ('protection', models.CharField(default='unknown', max_length=10)),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('birth_date', models.DateField(blank=True, null=True, verbose_name='födelsedatum')),
                ('sex', models.CharField(default='O', max_length=1)),
                ('adapted', models.BooleanField(default=False, verbose_name='anpassad studiegång')),
                ('missing_since', models.DateField(blank=True, null=True, verbose_name='saknas i källan sedan')),
                ('lifted_protection', models.CharField(default='unknown', editable=False, max_length=10)),
                ('actor', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='trust.actor')),
                ('authority', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='trust.authority')),
                ('lives_in', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.area', verbose_name='bor i området')),
                ('school_in', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.area', verbose_name='går i skola i området')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.organisation')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['id'], name='child_past_id')],
            },
        ),
        migrations.CreateModel(
            name='ChildIdentityHistory',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_actor', models.BigIntegerField(db_default=models.Func(function='viewer_actor'), null=True)),
                ('pgh_deed', models.UUIDField(db_default=models.Func(function='current_deed'), null=True)),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=18)),
                ('blind_index', models.CharField(max_length=64)),
                ('child', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.child')),
                ('domain', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='trust.domain')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.organisation')),
                ('child_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('child'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
                ('unit_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('unit'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['id'], name='childidentity_past_id'), models.Index(fields=['child_key'], name='childidentity_past_child_key'), models.Index(fields=['unit_key'], name='childidentity_past_unit_key')],
            },
        ),
        migrations.CreateModel(
            name='DutyHistory',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_actor', models.BigIntegerField(db_default=models.Func(function='viewer_actor'), null=True)),
                ('pgh_deed', models.UUIDField(db_default=models.Func(function='current_deed'), null=True)),
                ('id', models.BigIntegerField()),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('role', models.CharField(max_length=32)),
                ('staff', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.staff')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.organisation')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['id'], name='duty_past_id')],
            },
        ),
        migrations.CreateModel(
            name='EnrolmentHistory',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_actor', models.BigIntegerField(db_default=models.Func(function='viewer_actor'), null=True)),
                ('pgh_deed', models.UUIDField(db_default=models.Func(function='current_deed'), null=True)),
                ('id', models.BigIntegerField()),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('form', models.CharField(max_length=8)),
                ('school_year', models.SmallIntegerField(blank=True, null=True, verbose_name='årskurs')),
                ('main', models.BooleanField(default=True)),
                ('child', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.child')),
                ('domain', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='trust.domain')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.organisation')),
                ('child_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('child'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
                ('unit_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('unit'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['id'], name='enrolment_past_id'), models.Index(fields=['child_key'], name='enrolment_past_child_key'), models.Index(fields=['unit_key'], name='enrolment_past_unit_key')],
            },
        ),
        migrations.CreateModel(
            name='GuardianHistory',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_actor', models.BigIntegerField(db_default=models.Func(function='viewer_actor'), null=True)),
                ('pgh_deed', models.UUIDField(db_default=models.Func(function='current_deed'), null=True)),
                ('given_name', models.CharField(max_length=100)),
                ('family_name', models.CharField(max_length=100)),
                ('protection', models.CharField(default='unknown', max_length=10)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('language', models.CharField(blank=True, max_length=40)),
                ('actor', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='trust.actor')),
                ('authority', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='trust.authority')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['id'], name='guardian_past_id')],
            },
        ),
        migrations.CreateModel(
            name='GuardianshipHistory',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_actor', models.BigIntegerField(db_default=models.Func(function='viewer_actor'), null=True)),
                ('pgh_deed', models.UUIDField(db_default=models.Func(function='current_deed'), null=True)),
                ('id', models.BigIntegerField()),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('kind', models.CharField(default='okand', max_length=20)),
                ('child', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.child')),
                ('domain', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='trust.domain')),
                ('guardian', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.guardian')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.organisation')),
                ('child_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('child'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
                ('unit_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('unit'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['id'], name='guardianship_past_id'), models.Index(fields=['child_key'], name='guardianship_past_child_key'), models.Index(fields=['unit_key'], name='guardianship_past_unit_key')],
            },
        ),
        migrations.CreateModel(
            name='MembershipHistory',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_actor', models.BigIntegerField(db_default=models.Func(function='viewer_actor'), null=True)),
                ('pgh_deed', models.UUIDField(db_default=models.Func(function='current_deed'), null=True)),
                ('id', models.BigIntegerField()),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('child', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.child')),
                ('domain', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='trust.domain')),
                ('group', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.group')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.organisation')),
                ('child_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('child'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
                ('unit_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('unit'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['id'], name='membership_past_id'), models.Index(fields=['child_key'], name='membership_past_child_key'), models.Index(fields=['unit_key'], name='membership_past_unit_key')],
            },
        ),
        migrations.CreateModel(
            name='StaffHistory',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_actor', models.BigIntegerField(db_default=models.Func(function='viewer_actor'), null=True)),
                ('pgh_deed', models.UUIDField(db_default=models.Func(function='current_deed'), null=True)),
                ('id', models.BigIntegerField()),
                ('given_name', models.CharField(max_length=100)),
                ('family_name', models.CharField(max_length=100)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('eppn', models.CharField(blank=True, max_length=200)),
                ('actor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='trust.actor')),
                ('authority', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='trust.authority')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['id'], name='staff_past_id')],
            },
        ),
        migrations.CreateModel(
            name='SubstitutionHistory',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_actor', models.BigIntegerField(db_default=models.Func(function='viewer_actor'), null=True)),
                ('pgh_deed', models.UUIDField(db_default=models.Func(function='current_deed'), null=True)),
                ('id', models.BigIntegerField()),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('absent', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.staff')),
                ('stand_in', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.staff')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['id'], name='substitution_past_id')],
            },
        ),
        protect_history("people_childhistory", "unit_id = any((select viewer_unit_ids())::bigint[])"),
        protect_history(
            "people_guardianhistory",
            "exists (select 1 from people_guardianship g where g.guardian_id = people_guardianhistory.id)",
        ),
        protect_history("people_staffhistory", AUTHORITY),
        protect_history("people_dutyhistory", OF_STAFF.format("staff_id")),
        protect_history("people_assignmenthistory", OF_STAFF.format("staff_id")),
        protect_history("people_substitutionhistory", OF_STAFF.format("absent_id")),
        *(
            protect_history(f"people_{name}history", CHILD_ROW)
            for name in ("childidentity", "enrolment", "guardianship", "membership")
        ),
    ]
