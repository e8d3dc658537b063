"""Consent to efforts and SIP, papers, the register of processings, cards; and whose a voice is."""

import uuid

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from samhandla.trust.rls import AUTHORITY, CHILD_ROW, protect

# A voice or a paper is about the child that it answers for, and an adult who has said something is the child's.
BELONGS = """
    set local role samhandla_maint;
    create or replace function secrecy_belongs() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $body$
    declare
        child bigint;
        told jsonb := to_jsonb(new);
    begin
        if told ->> tg_argv[1] is null then return new; end if;
        execute format('select child_id from %I where id = $1', tg_argv[0])
            into child using (told ->> tg_argv[1])::bigint;
        if child is distinct from new.child_id then
            raise exception 'another child' using errcode = '42501';
        end if;
        if told ->> 'guardian_id' is not null and not exists (
            select 1 from people_guardianship g
            where g.child_id = new.child_id and g.guardian_id = (told ->> 'guardian_id')::uuid
        ) then raise exception 'another child' using errcode = '42501'; end if;
        return new;
    end
    $body$;
    reset role;
    create trigger belongs before insert on secrecy_voice
        for each row execute function secrecy_belongs('secrecy_waiver', 'waiver_id');
    create trigger belongs before insert on secrecy_consentvoice
        for each row execute function secrecy_belongs('secrecy_consent', 'consent_id');
    create trigger belongs_to_consent before insert on secrecy_paper
        for each row execute function secrecy_belongs('secrecy_consentvoice', 'consent_voice_id');
    create trigger belongs_to_waiver before insert on secrecy_paper
        for each row execute function secrecy_belongs('secrecy_voice', 'waiver_voice_id');
    revoke update, delete on secrecy_consentvoice, secrecy_paper, secrecy_consultationcard from samhandla_app;
    revoke update, delete on secrecy_consent from samhandla_app;
    grant update (withdrawn_at, withdrawn_by_id) on secrecy_consent to samhandla_app;
    revoke delete on secrecy_processing from samhandla_app;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0016_emergency'),
        ('secrecy', '0004_emergency'),
        ('trust', '0010_access_expires'),
    ]

    operations = [
        migrations.AddField(
            model_name='voice',
            name='kept_in',
            field=models.CharField(blank=True, max_length=200, verbose_name='förvaras i'),
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('child_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('child'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
                ('unit_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('unit'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
                ('kind', models.CharField(choices=[('decided', 'insats efter beslut (21 kap. 1 § SoL)'), ('open', 'insats utan individuell behovsprövning (21 kap. 2 § SoL)'), ('sip', 'samordnad individuell plan, SIP (10 kap. 8 § SoL)')], max_length=8, verbose_name='slag')),
                ('what', models.TextField(verbose_name='vad samtycket gäller')),
                ('suitable', models.TextField(blank=True, verbose_name='varför det är lämpligt att barnet bestämmer')),
                ('asked_on', models.DateField(verbose_name='tillfrågad')),
                ('valid_to', models.DateField(verbose_name='gäller till och med')),
                ('withdrawn_at', models.DateTimeField(null=True, verbose_name='återkallat')),
                ('child', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.child')),
                ('domain', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.domain')),
                ('registered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ConsentVoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('child_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('child'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
                ('unit_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('unit'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
                ('who', models.CharField(choices=[('child', 'barnet'), ('guardian', 'vårdnadshavare')], max_length=8, verbose_name='vem')),
                ('said', models.CharField(choices=[('yes', 'ja'), ('no', 'nej')], max_length=3, verbose_name='svar')),
                ('how', models.CharField(choices=[('paper', 'på papper'), ('meeting', 'muntligt vid ett möte'), ('eid', 'med e-legitimation')], max_length=7, verbose_name='hur')),
                ('on', models.DateField(verbose_name='när')),
                ('kept_in', models.CharField(blank=True, max_length=200, verbose_name='förvaras i')),
                ('child', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.child')),
                ('consent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='voices', to='secrecy.consent')),
                ('domain', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.domain')),
                ('guardian', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.guardian')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ConsultationCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(max_length=12, verbose_name='ungefärlig ålder')),
                ('text', models.TextField(verbose_name='kortet')),
                ('kept_words', models.PositiveSmallIntegerField(default=0, verbose_name='påpekanden som fick stå kvar')),
                ('made_on', models.DateField(verbose_name='gjort')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.authority')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor')),
            ],
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('child_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('child'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
                ('unit_key', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('unit'), '*', models.Value(65536)), '+', models.F('domain')), output_field=models.BigIntegerField())),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('content_type', models.CharField(max_length=20)),
                ('sealed', models.BinaryField()),
                ('kept_at', models.DateTimeField()),
                ('child', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.child')),
                ('consent_voice', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='paper', to='secrecy.consentvoice')),
                ('domain', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.domain')),
                ('kept_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('waiver_voice', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='paper', to='secrecy.voice')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Processing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, verbose_name='kod')),
                ('name', models.CharField(max_length=160, verbose_name='behandling')),
                ('purpose', models.TextField(verbose_name='ändamål')),
                ('basis', models.CharField(choices=[('c', 'rättslig förpliktelse (artikel 6.1 c)'), ('e', 'uppgift av allmänt intresse eller myndighetsutövning (artikel 6.1 e)'), ('b', 'avtal (artikel 6.1 b)'), ('d', 'någons liv (artikel 6.1 d)'), ('a', 'samtycke (artikel 6.1 a)'), ('f', 'intresseavvägning (artikel 6.1 f)')], max_length=1, verbose_name='rättslig grund')),
                ('law', models.CharField(max_length=300, verbose_name='stöd i lag')),
                ('sensitive_law', models.CharField(blank=True, max_length=300, verbose_name='stöd för känsliga uppgifter')),
                ('persons', models.CharField(max_length=300, verbose_name='vilka personer')),
                ('data', models.TextField(verbose_name='vilka uppgifter')),
                ('receivers', models.TextField(blank=True, verbose_name='vem som får dem')),
                ('kept', models.CharField(max_length=300, verbose_name='hur länge de bevaras')),
                ('why_consent', models.TextField(blank=True, verbose_name='varför samtycke kan vara frivilligt här')),
                ('source', models.CharField(max_length=300, verbose_name='källa')),
                ('valid_from', models.DateField(null=True, verbose_name='gäller från')),
                ('valid_to', models.DateField(null=True, verbose_name='gäller till')),
                ('approved_on', models.DateField(null=True, verbose_name='godkänd')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.authority')),
            ],
        ),
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(fields=['child_key'], name='consent_child_key'),
        ),
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(fields=['unit_key'], name='consent_unit_key'),
        ),
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(fields=['child'], name='consent_child'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', False), _connector='OR'), name='consent_withdrawn_by'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__gte', models.F('asked_on'))), name='consent_dates'),
        ),
        migrations.AddIndex(
            model_name='consentvoice',
            index=models.Index(fields=['child_key'], name='consentvoice_child_key'),
        ),
        migrations.AddIndex(
            model_name='consentvoice',
            index=models.Index(fields=['unit_key'], name='consentvoice_unit_key'),
        ),
        migrations.AddIndex(
            model_name='consentvoice',
            index=models.Index(fields=['child'], name='consentvoice_child'),
        ),
        migrations.AddConstraint(
            model_name='consentvoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('guardian__isnull', True), ('who', 'child')), models.Q(('guardian__isnull', False), ('who', 'guardian')), _connector='OR'), name='consentvoice_guardian_named'),
        ),
        migrations.AddConstraint(
            model_name='consentvoice',
            constraint=models.UniqueConstraint(fields=('consent', 'who', 'guardian'), name='consentvoice_once', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='paper',
            index=models.Index(fields=['child_key'], name='paper_child_key'),
        ),
        migrations.AddIndex(
            model_name='paper',
            index=models.Index(fields=['unit_key'], name='paper_unit_key'),
        ),
        migrations.AddIndex(
            model_name='paper',
            index=models.Index(fields=['child'], name='paper_child'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('consent_voice__isnull', False), ('waiver_voice__isnull', True)), models.Q(('consent_voice__isnull', True), ('waiver_voice__isnull', False)), _connector='OR'), name='paper_of_one_voice'),
        ),
        migrations.AddConstraint(
            model_name='processing',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('authority', 'code'), name='processing_code_open'),
        ),
        migrations.AddConstraint(
            model_name='processing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('basis', 'a'), _negated=True), models.Q(('why_consent', ''), _negated=True), _connector='OR'), name='processing_consent_says_why'),
        ),
        migrations.AddConstraint(
            model_name='processing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_by__isnull', True), ('approved_on__isnull', True)), models.Q(('approved_by__isnull', False), ('approved_on__isnull', False)), _connector='OR'), name='processing_approved_pair'),
        ),
        protect("secrecy_consent", CHILD_ROW),
        protect("secrecy_consentvoice", CHILD_ROW),
        protect("secrecy_paper", CHILD_ROW),
        protect("secrecy_processing", AUTHORITY),
        protect("secrecy_consultationcard", AUTHORITY),
        migrations.RunSQL(BELONGS, migrations.RunSQL.noop),
    ]
