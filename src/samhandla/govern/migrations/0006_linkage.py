"""The statistical linkage run: who asked, who approved, what left; and the one function that counts."""

import django.db.models.deletion
from django.db import migrations, models

# A row of either board is read by both; each writes in its own name. Nobody changes or removes anything, and
# that a run is made is written by the function alone.
PARTY = "authority_id = (select viewer_authority()) or school_id = (select viewer_authority())"
OF_RUN = "exists (select 1 from govern_linkagerun r where r.id = run_id)"
OWN_RUN = (
    "exists (select 1 from govern_linkagerun r where r.id = run_id and r.authority_id = (select viewer_authority()))"
)
POLICIES = f"""
    alter table govern_linkagerun enable row level security;
    alter table govern_linkagerun force row level security;
    create policy viewer on govern_linkagerun for select using ({PARTY});
    create policy author on govern_linkagerun for insert with check (
        authority_id = (select viewer_authority()) and asked_by_id = (select viewer_actor())
        and done_at is null and done_by_id is null
    );
    alter table govern_linkageapproval enable row level security;
    alter table govern_linkageapproval force row level security;
    create policy viewer on govern_linkageapproval for select using ({OF_RUN});
    create policy author on govern_linkageapproval for insert with check (
        ({OF_RUN}) and authority_id = (select viewer_authority()) and by_id = (select viewer_actor())
    );
    alter table govern_linkageresult enable row level security;
    alter table govern_linkageresult force row level security;
    create policy viewer on govern_linkageresult for select using ({OWN_RUN});
    create policy author on govern_linkageresult for insert with check ({OWN_RUN});
    revoke update, delete on govern_linkagerun, govern_linkageapproval, govern_linkageresult from samhandla_app;
"""

# Counts the numbers of a run that both boards' lawyers have approved, once. The limit is the boards': 15 per cent.
LINK = """
    create function govern_link(p_run bigint, p_indexes text[], p_kinds text[])
    returns table (kind text, pupils bigint, over_limit bigint)
    language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    declare
        run govern_linkagerun%rowtype;
        today date := (now() at time zone 'Europe/Stockholm')::date;
    begin
        select * into run from govern_linkagerun r
        where r.id = p_run and r.authority_id = viewer_authority() for update;
        if not found or run.done_at is not null
            or not exists (
                select 1 from people_duty d join people_staff s on s.id = d.staff_id
                where s.actor_id = viewer_actor() and s.authority_id = run.authority_id
                and d.role = 'controller' and d.ended_at is null
                and d.valid_from <= today and (d.valid_to is null or d.valid_to >= today)
            )
            or (
                select count(distinct a.authority_id) from govern_linkageapproval a
                join people_staff s on s.actor_id = a.by_id and s.authority_id = a.authority_id
                join people_duty d on d.staff_id = s.id and d.role = 'lawyer' and d.valid_from <= a."on"
                and (d.valid_to is null or d.valid_to >= a."on")
                where a.run_id = run.id and a.authority_id in (run.authority_id, run.school_id)
                and a.by_id <> run.asked_by_id
            ) <> 2
        then
            raise exception 'the run is not approved' using errcode = '42501';
        end if;
        update govern_linkagerun r set done_at = now(), done_by_id = viewer_actor() where r.id = run.id;
        return query
        select of_pupil.kind, count(*), count(*) filter (where of_pupil.away > 0.15 * of_pupil.offered)
        from (
            select c.id, max(k.kind) as kind, sum(a.valid + a.invalid) as away, sum(a.offered) as offered
            from unnest(p_indexes, p_kinds) k (blind, kind)
            join people_childidentity i on i.blind_index = k.blind
            join people_child c on c.id = i.child_id and c.authority_id = run.school_id
            join analytics_attendanceday a on a.child_id = c.id and a.date between run.first and run.last
                and not a.absence_only
            join trust_domain d on d.id = a.domain_id and d.authority_id = run.school_id and d.branch = 'school'
            group by c.id
        ) of_pupil
        where of_pupil.offered > 0
        group by of_pupil.kind;
    end
    $body$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0008_absence_only_lessons'),
        ('govern', '0005_by_sums'),
        ('trust', '0012_deed'),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkageRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.TextField(verbose_name='ändamål')),
                ('ground', models.CharField(max_length=300, verbose_name='rättslig grund')),
                ('first', models.DateField(verbose_name='från och med')),
                ('last', models.DateField(verbose_name='till och med')),
                ('asked_on', models.DateField(verbose_name='begärd')),
                ('done_at', models.DateTimeField(null=True, verbose_name='gjord')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.authority')),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.authority', verbose_name='skolans nämnd eller huvudman')),
            ],
        ),
        migrations.CreateModel(
            name='LinkageResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('totals', models.JSONField()),
                ('run', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='result', to='govern.linkagerun')),
            ],
        ),
        migrations.CreateModel(
            name='LinkageApproval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='godkänd av')),
                ('on', models.DateField(verbose_name='godkänd')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.authority')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.actor')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='govern.linkagerun')),
            ],
        ),
        migrations.AddConstraint(
            model_name='linkagerun',
            constraint=models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='linkagerun_dates'),
        ),
        migrations.AddConstraint(
            model_name='linkageapproval',
            constraint=models.UniqueConstraint(fields=('run', 'authority'), name='linkageapproval_once'),
        ),
        migrations.RunSQL(
            f"set local role samhandla_maint; {LINK} reset role; {POLICIES}",
            "drop function govern_link(bigint, text[], text[])",
        ),
    ]
