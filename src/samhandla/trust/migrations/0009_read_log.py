"""The log of reading, and the chain of hashes over it and over the events.

`trust_seal` gives the rows that came since last time their number and their hash, in one order for the whole
installation; each hash covers the row and the hash before it. A row that is changed, removed or put in between
later breaks the chain from there on (`trust_first_broken`).
"""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.utils.timezone
from django.db import migrations, models

# What a hash covers. Columns without a value are left out, so that a later column changes no old row's text.
TEXT = "convert_to(jsonb_strip_nulls(to_jsonb(r) - 'hash')::text, 'UTF8')"
SEALED = TEXT.replace("- 'hash'", "- 'hash' || jsonb_build_object('number', $1)")
LOGS = "('trust_event'::regclass, 'trust_readentry'::regclass)"
# Time is written in one zone, whatever the session's.
FIXED = "security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC'"

SEAL = f"""
    create function trust_seal(p_log regclass) returns bigint language plpgsql volatile {FIXED} as $body$
    declare
        last_number bigint;
        last_hash bytea;
        waiting record;
        sealed bigint := 0;
    begin
        if p_log not in {LOGS} then raise exception 'not a log' using errcode = '42501'; end if;
        perform pg_advisory_xact_lock(p_log::oid::bigint);
        execute format('select number, hash from %s where number is not null order by number desc limit 1', p_log)
            into last_number, last_hash;
        for waiting in execute format('select id from %s where number is null order by at, id', p_log) loop
            last_number := coalesce(last_number, 0) + 1;
            execute format($query$
                update %s r set number = $1, hash = sha256($2 || {SEALED}) where id = $3 returning hash
            $query$, p_log) into last_hash using last_number, coalesce(last_hash, ''::bytea), waiting.id;
            sealed := sealed + 1;
        end loop;
        return sealed;
    end
    $body$;
"""

# The last link, how many rows wait, and the first number at which the chain does not hold. An anchor is a number
# and the hash it had when somebody wrote it down: with it, rows taken from the end are found too.
VERIFY = f"""
    create function trust_verify(p_log regclass, p_number bigint, p_hash bytea)
    returns table (last_number bigint, last_hash text, waiting bigint, broken bigint, why text)
    language plpgsql stable {FIXED} as $body$
    begin
        if p_log not in {LOGS} then raise exception 'not a log' using errcode = '42501'; end if;
        return query execute format($query$
            with links as (
                select r.number, r.hash, {TEXT} as told,
                    lag(r.hash) over (order by r.number) as before,
                    coalesce(lag(r.number) over (order by r.number), 0) as number_before
                from %1$s r where r.number is not null
            ),
            breaks as (
                select l.number_before + 1 as number, 'gone' as why from links l
                where l.number <> l.number_before + 1
                union all
                select l.number, 'changed' from links l
                where l.number = l.number_before + 1
                    and l.hash is distinct from sha256(coalesce(l.before, ''::bytea) || l.told)
                union all
                select $1, 'anchor' where $1 > 0 and not exists (
                    select 1 from links l where l.number = $1 and l.hash = $2
                )
            )
            select coalesce(final.number, 0), coalesce(encode(final.hash, 'hex'), ''),
                (select count(*) from %1$s w where w.number is null), first.number, first.why
            from (select 1) one
            left join (select l.number, l.hash from links l order by l.number desc limit 1) final on true
            left join (select b.number, b.why from breaks b order by b.number, b.why limit 1) first on true
        $query$, p_log) using p_number, p_hash;
    end
    $body$;
"""

POLICIES = """
    alter table trust_readentry enable row level security;
    alter table trust_readentry force row level security;
    create policy viewer on trust_readentry for select using (actor_id = (select viewer_actor()));
    create policy author on trust_readentry for insert with check (
        actor_id = (select viewer_actor()) and authority_id = (select viewer_authority())
        and number is null and hash is null
    );
    revoke update, delete on trust_readentry from samhandla_app;
    alter policy author on trust_event with check (
        actor_id is not distinct from (select viewer_actor()) and number is null and hash is null
    );
    create index event_unsealed on trust_event (at) where number is null;
    create index readentry_unsealed on trust_readentry (at) where number is null;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('trust', '0008_kept_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReadEntry',
            fields=[
                ('number', models.BigIntegerField(editable=False, null=True)),
                ('hash', models.BinaryField(null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('actor_id', models.BigIntegerField()),
                ('authority_id', models.BigIntegerField()),
                ('page', models.CharField(max_length=80)),
                ('method', models.CharField(max_length=7)),
                ('outcome', models.CharField(choices=[('shown', 'visades'), ('refused', 'nekades')], max_length=8)),
                ('children', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=48), default=list, size=None)),
            ],
        ),
        migrations.AddField(
            model_name='event',
            name='hash',
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name='event',
            name='number',
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.UniqueConstraint(fields=('number',), name='event_number'),
        ),
        migrations.AddIndex(
            model_name='readentry',
            index=django.contrib.postgres.indexes.GinIndex(fields=['children'], name='readentry_children'),
        ),
        migrations.AddIndex(
            model_name='readentry',
            index=models.Index(fields=['actor_id', 'at'], name='readentry_actor'),
        ),
        migrations.AddIndex(
            model_name='readentry',
            index=models.Index(fields=['authority_id', 'at'], name='readentry_authority'),
        ),
        migrations.AddConstraint(
            model_name='readentry',
            constraint=models.UniqueConstraint(fields=('number',), name='readentry_number'),
        ),
        migrations.RunSQL(
            f"set local role samhandla_maint; {SEAL} {VERIFY} reset role; {POLICIES}", migrations.RunSQL.noop
        ),
    ]
