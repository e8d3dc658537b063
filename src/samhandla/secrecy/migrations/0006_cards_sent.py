"""A card is sent to a receiving function, which reads it and answers once."""

import django.db.models.deletion
from django.db import migrations, models

from samhandla.trust.rls import AUTHORITY

MINE = "receiver_id = any((select viewer_receivers())::bigint[])"

CLOSED = f"""
    drop policy viewer on secrecy_consultationcard;
    create policy viewer on secrecy_consultationcard for select using ({AUTHORITY} or {MINE});
    create policy author on secrecy_consultationcard for insert with check (
        {AUTHORITY} and made_by_id = (select viewer_actor()) and receiver_id is null
    );
    create policy sender on secrecy_consultationcard for update
        using (made_by_id = (select viewer_actor()) and receiver_id is null)
        with check (made_by_id = (select viewer_actor()) and answered_on is null);
    create policy receiver on secrecy_consultationcard for update
        using ({MINE} and answered_on is null) with check (answered_by_id = (select viewer_actor()));
    grant update (receiver_id, sent_on, advice, answered_by_id, answered_on)
        on secrecy_consultationcard to samhandla_app;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('secrecy', '0005_consents'),
        ('trust', '0010_access_expires'),
    ]

    operations = [
        migrations.AddField(
            model_name='consultationcard',
            name='advice',
            field=models.TextField(blank=True, verbose_name='svaret'),
        ),
        migrations.AddField(
            model_name='consultationcard',
            name='answered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor'),
        ),
        migrations.AddField(
            model_name='consultationcard',
            name='answered_on',
            field=models.DateField(null=True, verbose_name='besvarat'),
        ),
        migrations.AddField(
            model_name='consultationcard',
            name='receiver',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='secrecy.receiver'),
        ),
        migrations.AddField(
            model_name='consultationcard',
            name='sent_on',
            field=models.DateField(null=True, verbose_name='skickat'),
        ),
        migrations.AddConstraint(
            model_name='consultationcard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('receiver__isnull', True), ('sent_on__isnull', True)), models.Q(('receiver__isnull', False), ('sent_on__isnull', False)), _connector='OR'), name='card_sent_pair'),
        ),
        migrations.AddConstraint(
            model_name='consultationcard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('advice', ''), ('answered_by__isnull', True), ('answered_on__isnull', True)), models.Q(('answered_by__isnull', False), ('answered_on__isnull', False), models.Q(('advice', ''), _negated=True)), _connector='OR'), name='card_answered_whole'),
        ),
        migrations.RunSQL(CLOSED, migrations.RunSQL.noop),
    ]
