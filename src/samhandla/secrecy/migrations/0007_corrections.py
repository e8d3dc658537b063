"""An answer that stands wrong is put right; what stood before stays, and counts no more."""

import django.db.models.deletion
from django.db import migrations, models

from samhandla.secrecy.guard import INSTALL

KEPT = """
    grant update (replaced_at, replaced_by_id, replaced_why) on secrecy_voice, secrecy_consentvoice
        to samhandla_app;
    create or replace function secrecy_stays_replaced() returns trigger
    language plpgsql set search_path = pg_catalog, public, pg_temp as $body$
    begin
        raise exception 'replaced' using errcode = '42501';
    end
    $body$;
    create trigger stays_replaced before update on secrecy_voice
        for each row when (old.replaced_at is not null) execute function secrecy_stays_replaced();
    create trigger stays_replaced before update on secrecy_consentvoice
        for each row when (old.replaced_at is not null) execute function secrecy_stays_replaced();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('secrecy', '0006_cards_sent'),
        ('trust', '0010_access_expires'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='consentvoice',
            name='consentvoice_once',
        ),
        migrations.AddField(
            model_name='consentvoice',
            name='registered_at',
            field=models.DateTimeField(null=True, verbose_name='antecknat'),
        ),
        migrations.AddField(
            model_name='consentvoice',
            name='registered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor'),
        ),
        migrations.AddField(
            model_name='consentvoice',
            name='replaced_at',
            field=models.DateTimeField(null=True, verbose_name='ersatt'),
        ),
        migrations.AddField(
            model_name='consentvoice',
            name='replaced_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor'),
        ),
        migrations.AddField(
            model_name='consentvoice',
            name='replaced_why',
            field=models.TextField(blank=True, default='', verbose_name='varför det ändrades'),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name='consentvoice',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True)), fields=('consent', 'who', 'guardian'), name='consentvoice_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='consentvoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('replaced_at__isnull', True), ('replaced_by__isnull', True), ('replaced_why', '')), models.Q(('replaced_at__isnull', False), ('replaced_by__isnull', False)), _connector='OR'), name='consentvoice_replaced_by'),
        ),
        migrations.RemoveConstraint(
            model_name='voice',
            name='voice_once',
        ),
        migrations.AddField(
            model_name='voice',
            name='registered_at',
            field=models.DateTimeField(null=True, verbose_name='antecknat'),
        ),
        migrations.AddField(
            model_name='voice',
            name='registered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor'),
        ),
        migrations.AddField(
            model_name='voice',
            name='replaced_at',
            field=models.DateTimeField(null=True, verbose_name='ersatt'),
        ),
        migrations.AddField(
            model_name='voice',
            name='replaced_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor'),
        ),
        migrations.AddField(
            model_name='voice',
            name='replaced_why',
            field=models.TextField(blank=True, default='', verbose_name='varför det ändrades'),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name='voice',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True)), fields=('waiver', 'who', 'guardian'), name='voice_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='voice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('replaced_at__isnull', True), ('replaced_by__isnull', True), ('replaced_why', '')), models.Q(('replaced_at__isnull', False), ('replaced_by__isnull', False)), _connector='OR'), name='voice_replaced_by'),
        ),
        migrations.RunSQL(INSTALL, migrations.RunSQL.noop),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]
