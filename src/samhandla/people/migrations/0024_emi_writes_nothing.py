"""EMI reads who the pupils of its units are, and changes nothing in the school's register.

Whoever has keys of EMI's alone may still lock a child's row (two taps on a button come one after the other);
what the row says stays as it was. Imports and jobs have the school's keys, and write as before.
"""

from django.db import migrations

EMI_ONLY = """
    create function viewer_is_emi_only() returns boolean
    language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    select coalesce(bool_and(t.branch = 'emi'), false)
    from unnest(viewer_unit_keys() || viewer_child_keys()) k join trust_domain t on t.id = k % 65536
    $body$;
"""
WRITES = "not (select viewer_is_emi_only())"
TABLES = ("people_child", "people_guardian", "people_guardianship")


def closed(table: str) -> str:
    """Return the policies over all others: no row comes, changes or goes by EMI's hand."""
    return f"""
        create policy emi_adds on {table} as restrictive for insert with check ({WRITES});
        create policy emi_changes on {table} as restrictive for update using (true) with check ({WRITES});
        create policy emi_removes on {table} as restrictive for delete using ({WRITES});
    """


def opened(table: str) -> str:
    """Return what takes the policies away."""
    return "".join(f"drop policy emi_{deed} on {table};" for deed in ("adds", "changes", "removes"))


class Migration(migrations.Migration):
    dependencies = [("people", "0023_limit_history"), ("trust", "0012_deed")]

    operations = [
        migrations.RunSQL(
            f"set local role samhandla_maint; {EMI_ONLY} reset role;" + "".join(map(closed, TABLES)),
            "".join(map(opened, TABLES))
            + "set local role samhandla_maint; drop function viewer_is_emi_only(); reset role;",
        ),
    ]
