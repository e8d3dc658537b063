"""Who is withheld from which child: one policy over all others, on every table about children.

A child with protected identity is withheld from everybody at work who is not named for it and does not lead a
unit where it goes or went. Whoever is close to a child (jäv) is withheld from that child.
"""

import django.db.models.deletion
from django.db import migrations, models

from samhandla.trust.rls import KEY_FACTOR, UNIT_FACTOR, withhold_where_it_can, without_rights

SEAL = """encode(sha256(pads.outer_pad || sha256(pads.inner_pad || convert_to(
    token || '|' || extract(epoch from now()) || '|' || pg_backend_pid() || '|' || {kept}, 'UTF8'))), 'hex')"""


def found(expression: str, column: str) -> str:
    return f"coalesce(array_agg({expression}) filter (where a.{column} is not null), '{{}}')::text"


CHILD_KEY = f"a.child_id * {KEY_FACTOR} + a.domain_id"

# A row without an actor concerns everybody; named staff, principals, the family and the jobs go through it.
WITHHELD_OF = """
    with held as materialized (
        select * from trust_withheld w
        where w.authority_id = p_authority
        and w.valid_from <= p_on and (w.valid_to is null or w.valid_to >= p_on)
    ),
    through as materialized (
        select a.child_id, a.unit_id from trust_access a
        where a.actor_id = p_actor
        and a.valid_from <= p_on and (a.valid_to is null or a.valid_to >= p_on)
        and (a.role = 'principal' or a.reason in ('named', 'guardian', 'self', 'service'))
        and a.reason <> 'emergency'
    )
    select h.child_id from held h where h.actor_id = p_actor
    union
    (
        select h.child_id from held h where h.actor_id is null
        except
        select h.child_id from held h join through t on t.child_id = h.child_id or t.unit_id = h.unit_id
        where h.actor_id is null
    )
"""

# As in 0010, and a fourth part: the children that are withheld from the viewer.
FUNCTIONS = f"""
    create function trust_withheld_of(p_actor bigint, p_authority bigint, p_on date) returns setof bigint
    language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $body$ {WITHHELD_OF} $body$;
    revoke execute on function trust_withheld_of(bigint, bigint, date) from public;

    create or replace function viewer_keys(p_which integer) returns bigint[]
    language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    declare
        token text := nullif(current_setting('app.viewer', true), '');
        kept text[] := string_to_array(current_setting('app.keys', true), '/');
        pads record;
        viewer bigint[];
        today date;
        keys text;
    begin
        if token is null then return '{{}}'; end if;
        select inner_pad, outer_pad into pads from trust_signingkey where id = 1;
        if kept[1] = {SEAL.format(kept="kept[2]")} then
            return (string_to_array(kept[2], '|'))[p_which]::bigint[];
        end if;
        viewer := viewer_parts();
        today := (now() at time zone 'Europe/Stockholm')::date;
        select {found(CHILD_KEY, "child_id")}
            || '|' || {found(f"a.unit_id * {KEY_FACTOR} + a.domain_id", "unit_id")}
            || '|' || {found(f"({CHILD_KEY}) * {UNIT_FACTOR} + coalesce(a.place_id, 0)", "child_id")}
            || '|' || array(select trust_withheld_of(viewer[1], viewer[2], today))::text
        into keys
        from trust_access a
        where a.actor_id = viewer[1]
            and a.valid_from <= today and (a.valid_to is null or a.valid_to >= today)
            and (a.expires_at is null or a.expires_at > now())
            and a.domain_id = any(array(select d.id from trust_domain d where d.authority_id = viewer[2]));
        perform set_config('app.keys', {SEAL.format(kept="keys")} || '/' || keys, true);
        return (string_to_array(keys, '|'))[p_which]::bigint[];
    end
    $body$;

    create function viewer_withheld() returns bigint[]
    language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
    as $body$ begin return viewer_keys(4); end $body$;

    create function viewer_kin() returns bigint[]
    language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    select coalesce(array_agg(w.child_id), '{{}}') from trust_withheld w
    where w.actor_id = viewer_actor() and w.authority_id = viewer_authority()
    and w.valid_from <= (now() at time zone 'Europe/Stockholm')::date
    and (w.valid_to is null or w.valid_to >= (now() at time zone 'Europe/Stockholm')::date)
    $body$;
"""

# Whoever is withheld reads it in the same transaction already.
FORGETS = """
    create trigger forget_keys after insert or update or delete on trust_withheld
    for each statement execute function trust_forget_keys();
"""

ON_EVENTS = """
    create policy withheld on trust_event as restrictive for select using (
        child_key is null or child_key / 65536 <> all((select viewer_withheld())::bigint[])
    );
"""

REASONS = [
    ("group", "har gruppen som mentor eller klasslärare"),
    ("unit", "har uppdraget på skolenheten"),
    ("stand_in", "är ersättare"),
    ("named", "är namngiven för eleven"),
    ("guardian", "är vårdnadshavare"),
    ("self", "är eleven själv"),
    ("notice", "har tagit emot en anmälan"),
    ("emergency", "har öppnat med nödåtkomst"),
    ("service", "systemets egna jobb för huvudmannen"),
]


class Migration(migrations.Migration):
    dependencies = [("trust", "0010_access_expires")]

    operations = [
        migrations.AlterField("access", "reason", models.CharField(choices=REASONS, max_length=12)),
        migrations.CreateModel(
            name="Withheld",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.authority"
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="trust.actor",
                    ),
                ),
                ("child_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField(null=True)),
                (
                    "why",
                    models.CharField(
                        choices=[("identity", "skyddade personuppgifter"), ("kin", "jäv")], max_length=8
                    ),
                ),
                ("source", models.CharField(max_length=24)),
                ("source_id", models.BigIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
            ],
            options={"indexes": [models.Index(fields=["child_id"], name="trust_withheld_child")]},
        ),
        without_rights("trust_withheld"),
        migrations.RunSQL(
            f"set local role samhandla_maint; {FUNCTIONS} reset role; {FORGETS}", migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            withhold_where_it_can("select relname from pg_class where relkind = 'r'")
            + ON_EVENTS,
            migrations.RunSQL.noop,
        ),
    ]
