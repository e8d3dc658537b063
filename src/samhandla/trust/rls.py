"""Row-level security as migration operations.

Each protected table has FORCEd row-level security, so that not even its owner reads past it, and
one policy whose arms each have an index of their own (a structural test asserts both).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import migrations
from django.db.models import Model

KEY_FACTOR = 65536  # child or unit number times this, plus the secrecy domain's number
UNIT_FACTOR = 131072  # units have numbers below this, so that child, domain and unit make one bigint

# The policy of the first migrations, before access through a group had a place. Only they use it.
CHILD_ROW_WITHOUT_PLACE = (
    "child_key = any((select viewer_child_keys())::bigint[])"
    " or unit_key = any((select viewer_unit_keys())::bigint[])"
)


def child_row(child_key: str = "child_key", unit_key: str = "unit_key") -> str:
    """Return the condition of a row about a child: made at a unit of mine, or about a child of mine.

    Access through a group reaches only what was made at the group's own unit (`viewer_case_keys` carries it),
    so that the mentor of a pupil's new class reads nothing of the old school. Guardians and the pupil have no
    place (number 0) and read what concerns the child wherever it was made.
    """
    cases = "any((select viewer_case_keys())::bigint[])"
    return (
        f"{unit_key} = any((select viewer_unit_keys())::bigint[])"
        f" or ({child_key} = any((select viewer_child_keys())::bigint[])"
        f" and ({child_key} * {UNIT_FACTOR} + {unit_key} / {KEY_FACTOR} = {cases}"
        f" or {child_key} * {UNIT_FACTOR} = {cases}))"
    )


CHILD_ROW = child_row()
CHILD = (
    "id = any((select viewer_child_ids())::bigint[]) or unit_id = any((select viewer_unit_ids())::bigint[])"
)
AUTHORITY = "authority_id = (select viewer_authority())"
WITHHELD = "{child} <> all((select viewer_withheld())::bigint[])"


def protected_models(models: Iterable[type[Model]]) -> list[type[Model]]:
    """Return the models whose rows are about a person and whose table must be protected."""
    return [m for m in models if getattr(m, "row_security", "") and not m._meta.abstract]


def protect(table: str, condition: str, *, extra: str = "") -> migrations.RunSQL:
    """Let a row be read and written only where `condition` holds.

    Args:
        table: the table's name.
        condition: SQL over the row and the viewer's functions.
        extra: further policies of the same table, as whole statements.
    """
    forward = f"""
        alter table {table} enable row level security;
        alter table {table} force row level security;
        create policy viewer on {table} for all using ({condition}) with check ({condition});
        {extra}
        {withhold_where_it_can(f"'{table}'")}
    """
    reverse = f"""
        drop policy viewer on {table};
        alter table {table} no force row level security;
        alter table {table} disable row level security;
    """
    return migrations.RunSQL(forward, reverse)


# Over every other policy of a table about children: who is withheld from a child (`trust_withheld`) reaches
# no row about it. Where the function is not there yet, the migration that makes it lays it on what there is.
WITHHOLD_WHERE_IT_CAN = """
    do $do$
    declare one text;
    begin
        if to_regprocedure('viewer_withheld()') is null then return; end if;
        for one in
            select c.relname from pg_class c join pg_policy p on p.polrelid = c.oid and p.polname = 'viewer'
            where c.relname in ({tables}) and not exists (
                select 1 from pg_policy w where w.polrelid = c.oid and w.polname = 'withheld'
            ) and (c.relname in ('people_child', 'people_childhistory') or 2 = (
                select count(*) from pg_attribute a
                where a.attrelid = c.oid and a.attname in ('child_id', 'child_key') and a.atttypid = 20
            ))
        loop
            execute format(
                'create policy withheld on %I as restrictive for {command} using (%I'
                ' <> all((select viewer_withheld())::bigint[]))',
                one, case when one in ('people_child', 'people_childhistory') then 'id' else 'child_id' end
            );
        end loop;
    end
    $do$;
"""


def withhold_where_it_can(tables: str, command: str = "all") -> str:
    """Return the SQL that lays the policy on tables; earlier values are only read: triggers write them."""
    return WITHHOLD_WHERE_IT_CAN.format(tables=tables, command=command)


def withhold(table: str, *, also: str, column: str = "child_id") -> migrations.RunSQL:
    """Say for whom the rows of a table stand open although the child is withheld from the viewer.

    Args:
        table: the table's name.
        also: SQL over the row; whoever it holds for reads the row, and changes it as the other policies say.
        column: where the child's number stands.
    """
    condition = f"{WITHHELD.format(child=column)} or {also}"
    return migrations.RunSQL(
        f"drop policy if exists withheld on {table};"
        f" create policy withheld on {table} as restrictive for all using ({condition});",
        f"drop policy withheld on {table}; {withhold_where_it_can(repr(table))}",
    )


def protect_anew(table: str, condition: str, *, before: str = CHILD_ROW_WITHOUT_PLACE) -> migrations.RunSQL:
    """Replace the condition of a table's policy; `before` is what a step back gives it again."""
    alter = f"alter policy viewer on {table} using ({{0}}) with check ({{0}})"
    return migrations.RunSQL(alter.format(condition), alter.format(before))


def maint_function(signature: str, body: str, returns: str, *, language: str = "sql") -> migrations.RunSQL:
    """Create a function that runs as `maint`, the only role that reads `Access` past its policy.

    The search path is fixed, so that nobody can put a table of their own in the way.
    """
    name = signature.split("(")[0]
    arguments = signature[len(name) :]
    types = _types_of(arguments)
    forward = f"""
        create or replace function {signature} returns {returns}
        language {language} stable security definer set search_path = pg_catalog, public, pg_temp
        as $body$ {body} $body$;
        alter function {name}{types} owner to samhandla_maint;
    """
    return migrations.RunSQL(forward, f"drop function {name}{types};")


def _types_of(arguments: str) -> str:
    """Return '(bigint, date)' of '(a bigint, b date default null)'."""
    inner = arguments.strip()[1:-1]
    parts = [p.strip().split(" default ")[0] for p in inner.split(",") if p.strip()]
    return "(" + ", ".join(" ".join(p.split()[1:]) for p in parts) + ")"


def without_rights(table: str) -> migrations.RunSQL:
    """Take every right on a table from the running role: only `maint` functions read it."""
    return migrations.RunSQL(
        f"revoke all on {table} from samhandla_app", f"grant select on {table} to samhandla_app"
    )


def key_of(number: Any, domain_id: int) -> int:
    """Return the key that joins a child (or a unit) and a secrecy domain."""
    return int(number) * KEY_FACTOR + domain_id
