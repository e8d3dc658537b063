"""What a row held before it was changed or removed, kept by the database in the same transaction.

`@kept_history` gives a model a table of earlier values, filled by statement-level triggers: nobody can change
a row past them, also not whoever runs SQL as the running role. Who did it comes from the signed viewer, not
from the program; `pgh_deed` is that of the event which the action recorded. See docs/adr/0028.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pghistory
from django.db import migrations, models
from django.db.models import Func
from pghistory.models import Event as Tracked

from samhandla.trust.classify import Classified, Sensitivity
from samhandla.trust.rls import withhold_where_it_can

OWN = ("pgh_id", "pgh_created_at", "pgh_label", "pgh_actor", "pgh_deed")
HISTORY: dict[type[models.Model], type[models.Model]] = {}  # model → model of its earlier values
CALLED: dict[type[models.Model], Any] = {}
Kept = TypeVar("Kept", bound=type[models.Model])

# Told to the running role by nobody: the trigger alone writes, with the rights of whoever made the table.
POLICIES = """
    alter table {table} enable row level security;
    alter table {table} force row level security;
    create policy viewer on {table} for select using ({condition});
    create policy written_by_trigger on {table} for insert to current_user with check (true);
    revoke insert, update, delete, truncate on {table} from samhandla_app;
"""
DROPPED = """
    drop policy viewer on {table};
    drop policy if exists withheld on {table};
    drop policy written_by_trigger on {table};
    alter table {table} no force row level security;
    alter table {table} disable row level security;
"""
# The functions of pgtrigger write as their owner, with a fixed path; and no setting of a session stops them.
SECURED = """
    do $do$
    declare one regprocedure;
    begin
        for one in
            select p.oid from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname = 'public' and p.proname ~ '^pgtrigger_' and p.prorettype = 'trigger'::regtype
        loop
            execute format(
                'alter function %s security definer set search_path = pg_catalog, public, pg_temp', one
            );
        end loop;
    end
    $do$;
    create or replace function public._pgtrigger_should_ignore(trigger_name name) returns boolean
    language sql immutable as $body$ select false $body$;
"""


class RowHistory(Tracked):
    """One earlier state of a row: `update` and `delete` as it was before, `insert` as it came."""

    pgh_id = models.BigAutoField(primary_key=True)
    pgh_actor = models.BigIntegerField(null=True, db_default=Func(function="viewer_actor"))
    pgh_deed = models.UUIDField(null=True, db_default=Func(function="current_deed"))

    class Meta:
        abstract = True


def kept_history(
    called: Any, *, row_security: str, exclude: Iterable[str] = (), made: bool = True
) -> Callable[[Kept], Kept]:
    """Keep what a model's rows held before they were changed or removed.

    Args:
        called: what such a row is called where its changes are shown.
        row_security: the policy of the table of history; as the model's own or narrower.
        exclude: fields whose earlier values are not kept (sealed bytes are read only in their own row).
        made: keep also that a row came to be. Not for the register's large tables: an import's batch says it.
    """

    def decorate(model: Kept) -> Kept:
        left_out = set(exclude)
        trackers: list[Any] = [pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent()]
        if made:
            trackers.append(pghistory.InsertEvent())
        names = [f.name for f in model._meta.local_fields if f.name not in left_out]
        keys = [name for name in names if name.endswith(("child_key", "unit_key"))]
        pghistory.create_event_model(
            model,
            *trackers,
            exclude=sorted(left_out),
            obj_field=None,  # type: ignore[arg-type]  # documented, but not in its types
            context_field=None,  # type: ignore[arg-type]
            model_name=f"{model.__name__}History",
            base_model=RowHistory,
            abstract=False,
            level=pghistory.Statement,
            attrs={"row_security": row_security, "Fields": _fields(model, names)},
            meta={"indexes": [_index(model, name) for name in ("id", *keys)]},
        )
        CALLED[model] = called
        HISTORY[model] = model.pgh_event_model  # type: ignore[attr-defined]  # pghistory puts it there
        return model

    return decorate


def _index(model: type[models.Model], field: str) -> models.Index:
    return models.Index(fields=[field], name=f"{model.__name__.lower()}_past_{field}"[:30])


def _fields(model: type[models.Model], names: list[str]) -> type[Classified]:
    """Return the same classes and the same retention as the row's own; history goes when the row goes."""
    own: type[Classified] = model.Fields  # type: ignore[attr-defined]  # every model has one
    levels = {level.value: tuple(n for n in names if n in getattr(own, level.value)) for level in Sensitivity}
    levels["internal"] += OWN
    return type("Fields", (Classified,), {"retention": own.retention, **levels})


def protect_history(table: str, condition: str) -> migrations.RunSQL:
    """Let earlier values be read where `condition` holds, and be written by the triggers alone."""
    words = {"table": table, "condition": condition}
    withheld = withhold_where_it_can(f"'{table}'", "select")
    return migrations.RunSQL(POLICIES.format(**words) + withheld, DROPPED.format(**words))
