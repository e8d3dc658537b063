"""A viewer's keys come only from the authority that the token names, and nothing moves between authorities.

Without this, whoever could run SQL of his or her own as the running role might put the own staff row in
another authority and let access be derived there.
"""

from django.db import migrations

from samhandla.trust.rls import KEY_FACTOR

KEYS = {
    "viewer_child_keys": ("child_id", f"a.child_id * {KEY_FACTOR} + a.domain_id"),
    "viewer_unit_keys": ("unit_id", f"a.unit_id * {KEY_FACTOR} + a.domain_id"),
    "viewer_child_ids": ("child_id", "a.child_id"),
    "viewer_unit_ids": ("unit_id", "a.unit_id"),
}


def replace(name: str, column: str, expression: str) -> str:
    """Return the function's new text.

    It runs once in every statement about a child and so must be quick: plpgsql keeps its plan, the token
    is checked once, and a key that follows from two duties may stand twice, which changes no answer.
    """
    return f"""
        create or replace function {name}() returns bigint[]
        language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
        as $body$
        declare
            viewer bigint[] := viewer_parts();
            today date := (now() at time zone 'Europe/Stockholm')::date;
            found_keys bigint[];
        begin
            if viewer is null then return '{{}}'; end if;
            select coalesce(array_agg({expression}), '{{}}') into found_keys
            from trust_access a
            where a.actor_id = viewer[1] and a.{column} is not null
                and a.valid_from <= today and (a.valid_to is null or a.valid_to >= today)
                and a.domain_id = any(array(select d.id from trust_domain d where d.authority_id = viewer[2]));
            return found_keys;
        end
        $body$;
    """


REPLACE = "".join(replace(name, *parts) for name, parts in KEYS.items())


class Migration(migrations.Migration):
    dependencies = [("trust", "0003_roles_of_the_work")]

    operations = [
        migrations.RunSQL(f"set local role samhandla_maint; {REPLACE} reset role;", migrations.RunSQL.noop),
        migrations.RunSQL(
            """
            revoke update, delete on trust_authority, trust_domain, trust_actor from samhandla_app;
            grant update (account_id, name) on trust_actor to samhandla_app;
            grant delete on trust_actor to samhandla_app;
            """,
            "grant update, delete on trust_authority, trust_domain, trust_actor to samhandla_app",
        ),
    ]
