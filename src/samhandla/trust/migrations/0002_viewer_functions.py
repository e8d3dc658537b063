"""Who asks, and which keys it has. Read by every policy, once per statement."""

from django.db import migrations

from samhandla.trust.rls import KEY_FACTOR, maint_function, without_rights

# The token is "actor.authority.tag"; the tag is HMAC-SHA256 of the first two parts (RFC 2104), computed with
# the server's built-in sha256 since the embedded server has no pgcrypto. A forged viewer raises.
PARTS = """
declare
    token text := nullif(current_setting('app.viewer', true), '');
    parts text[];
    pads record;
begin
    if token is null then return null; end if;
    parts := string_to_array(token, '.');
    select inner_pad, outer_pad into pads from trust_signingkey where id = 1;
    if pads is null or array_length(parts, 1) <> 3 or parts[3] is distinct from encode(
        sha256(pads.outer_pad || sha256(pads.inner_pad || convert_to(parts[1] || '.' || parts[2], 'UTF8'))), 'hex'
    ) then
        raise exception 'app.viewer is not signed by this installation' using errcode = '42501';
    end if;
    return array[parts[1]::bigint, parts[2]::bigint];
end
"""

VALID = """
    a.actor_id = (viewer_parts())[1]
    and a.valid_from <= (now() at time zone 'Europe/Stockholm')::date
    and (a.valid_to is null or a.valid_to >= (now() at time zone 'Europe/Stockholm')::date)
"""


def keys(column: str, expression: str) -> str:
    return (
        f"select coalesce(array_agg(distinct {expression}), '{{}}') from trust_access a "
        f"where a.{column} is not null and {VALID}"
    )


class Migration(migrations.Migration):
    dependencies = [("trust", "0001_initial")]

    operations = [
        without_rights("trust_signingkey"),
        without_rights("trust_access"),
        maint_function("viewer_parts()", PARTS, "bigint[]", language="plpgsql"),
        maint_function("viewer_actor()", "select (viewer_parts())[1]", "bigint"),
        maint_function("viewer_authority()", "select (viewer_parts())[2]", "bigint"),
        maint_function(
            "viewer_child_keys()", keys("child_id", f"a.child_id * {KEY_FACTOR} + a.domain_id"), "bigint[]"
        ),
        maint_function(
            "viewer_unit_keys()", keys("unit_id", f"a.unit_id * {KEY_FACTOR} + a.domain_id"), "bigint[]"
        ),
        maint_function("viewer_child_ids()", keys("child_id", "a.child_id"), "bigint[]"),
        maint_function("viewer_unit_ids()", keys("unit_id", "a.unit_id"), "bigint[]"),
        # Events are written by anybody, read by those who may read the row they are about and by their
        # author, and never changed.
        migrations.RunSQL(
            """
            alter table trust_event enable row level security;
            alter table trust_event force row level security;
            create policy viewer on trust_event for select using (
                child_key = any((select viewer_child_keys())::bigint[])
                or unit_key = any((select viewer_unit_keys())::bigint[])
                or actor_id = (select viewer_actor())
            );
            create policy author on trust_event for insert with check (
                actor_id is not distinct from (select viewer_actor())
            );
            revoke update, delete on trust_event from samhandla_app;
            """,
            """
            drop policy viewer on trust_event;
            drop policy author on trust_event;
            alter table trust_event no force row level security;
            alter table trust_event disable row level security;
            """,
        ),
        # Swedish order: å, ä, ö last; é as e, ü as y. Immutable, so that an expression index serves it.
        migrations.RunSQL(
            """
            create function sv(name text) returns text language sql immutable parallel safe strict
            return translate(lower(name), 'åäöæøéèêëáàâíìîïóòôúùûüýñç', '{|}|}eeeeaaaiiiiooouuuyync');
            """,
            "drop function sv(text)",
        ),
    ]
