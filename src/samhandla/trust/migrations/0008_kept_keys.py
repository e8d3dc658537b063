"""A viewer's keys are found once in a transaction, and kept there under seal.

Every table in a statement asks for them anew, which cost more than most of the statements. They are kept in a
setting of the transaction that anybody can write; what the database did not seal itself, for this viewer, this
transaction and this connection, is not believed but found again.
"""

from django.db import migrations

from samhandla.trust.rls import KEY_FACTOR, UNIT_FACTOR

SEAL = """encode(sha256(pads.outer_pad || sha256(pads.inner_pad || convert_to(
    token || '|' || extract(epoch from now()) || '|' || pg_backend_pid() || '|' || {kept}, 'UTF8'))), 'hex')"""


def found(expression: str, column: str) -> str:
    return f"coalesce(array_agg({expression}) filter (where a.{column} is not null), '{{}}')::text"


CHILD_KEY = f"a.child_id * {KEY_FACTOR} + a.domain_id"

# 1: keys of children, 2: of units, 3: of children at places.
VIEWER_KEYS = f"""
    create function viewer_keys(p_which integer) returns bigint[]
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
            and a.domain_id = any(array(select d.id from trust_domain d where d.authority_id = viewer[2]));
        perform set_config('app.keys', {SEAL.format(kept="keys")} || '/' || keys, true);
        return (string_to_array(keys, '|'))[p_which]::bigint[];
    end
    $body$;
"""

# Whoever derives access anew in a transaction reads by the new keys in the same transaction.
FORGET = """
    create function trust_forget_keys() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    begin
        perform set_config('app.keys', '', true);
        return null;
    end
    $body$;
"""
FORGETS = """
    create trigger forget_keys after insert or update or delete on trust_access
    for each statement execute function trust_forget_keys();
"""


def asks(name: str, answer: str) -> str:
    return f"""
        create or replace function {name}() returns bigint[]
        language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
        as $body$ begin return {answer}; end $body$;
    """


ASKS = (
    asks("viewer_child_keys", "viewer_keys(1)")
    + asks("viewer_unit_keys", "viewer_keys(2)")
    + asks("viewer_case_keys", "viewer_keys(3)")
    + asks("viewer_child_ids", f"array(select k / {KEY_FACTOR} from unnest(viewer_keys(1)) k)")
    + asks("viewer_unit_ids", f"array(select k / {KEY_FACTOR} from unnest(viewer_keys(2)) k)")
)


class Migration(migrations.Migration):
    dependencies = [("trust", "0007_place")]

    operations = [
        migrations.RunSQL(
            f"set local role samhandla_maint; {VIEWER_KEYS} {FORGET} {ASKS} reset role; {FORGETS}",
            migrations.RunSQL.noop,
        ),
    ]
