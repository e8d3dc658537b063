"""Access that ends at a minute (nödåtkomst): the keys of a transaction leave out what has ended when it begins."""

from django.db import migrations, models

from samhandla.trust.rls import KEY_FACTOR, UNIT_FACTOR

SEAL = """encode(sha256(pads.outer_pad || sha256(pads.inner_pad || convert_to(
    token || '|' || extract(epoch from now()) || '|' || pg_backend_pid() || '|' || {kept}, 'UTF8'))), 'hex')"""


def found(expression: str, column: str) -> str:
    return f"coalesce(array_agg({expression}) filter (where a.{column} is not null), '{{}}')::text"


CHILD_KEY = f"a.child_id * {KEY_FACTOR} + a.domain_id"

# As in 0008, but for `expires_at`.
VIEWER_KEYS = f"""
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
"""

REASONS = [
    ("group", "har gruppen som mentor eller klasslärare"),
    ("unit", "har uppdraget på skolenheten"),
    ("stand_in", "är ersättare"),
    ("guardian", "är vårdnadshavare"),
    ("self", "är eleven själv"),
    ("notice", "har tagit emot en anmälan"),
    ("emergency", "har öppnat med nödåtkomst"),
    ("service", "systemets egna jobb för huvudmannen"),
]


class Migration(migrations.Migration):
    dependencies = [("trust", "0009_read_log")]

    operations = [
        migrations.AddField("access", "expires_at", models.DateTimeField(null=True)),
        migrations.AlterField("access", "reason", models.CharField(choices=REASONS, max_length=12)),
        migrations.RunSQL(
            f"set local role samhandla_maint; {VIEWER_KEYS} reset role;", migrations.RunSQL.noop
        ),
    ]
