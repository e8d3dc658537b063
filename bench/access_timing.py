"""The product's own queries as the running role and as a role that passes row-level security by.

    DATABASE_URL=… DATABASE_MAINT_URL=… python -m bench.access_timing ROUNDS

Prints one JSON object. Both roles run the same functions with the same narrowing, in turn, in one
process; what is timed is the database's share (every statement sent until its rows are there), since the
rest is Python that both pay alike. The two must give the same rows.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

WARM_UP = 12
SLOW = 1.5  # above this ratio of medians the plans of the statements are shown


@dataclass
class Statements:
    """What one call sent to the database."""

    seconds: list[float] = field(default_factory=list)
    texts: list[tuple[str, Any]] = field(default_factory=list)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds.append(time.perf_counter() - began)
            self.texts.append((sql, params))


@dataclass
class Measured:
    """One role's runs of one page."""

    database: list[float] = field(default_factory=list)
    each: list[list[float]] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    queries: set[int] = field(default_factory=set)
    slowest: Statements = field(default_factory=Statements)


def main(app_url: str, maint_url: str, rounds: int) -> dict[str, Any]:
    """Measure the mentor's two pages, and the pupil page of a principal, for `rounds` classes in turn."""
    import django

    django.setup()
    roles = {"app": _wrapper(app_url), "maint": _wrapper(maint_url)}
    classes = _classes(maint_url)
    found = {}
    for page in (_worklist, _child, _child_as_principal):
        by_role = {role: Measured() for role in roles}
        for number in range(-WARM_UP, rounds):
            place = classes[number * 7919 % len(classes)]
            order = list(roles) if number % 2 else list(reversed(roles))
            seen = {role: _run(roles[role], by_role[role], page, place, keep=number >= 0) for role in order}
            assert seen["app"] == seen["maint"], (page.__name__, place, seen)
        found[page.__name__.lstrip("_")] = _summary(by_role, roles)
    return found


@dataclass(frozen=True)
class Class:
    """A mentor's class in which somebody has an open signal, that pupil, and the unit's principal."""

    mentor: int
    pupil: int
    principal: int


def _classes(maint_url: str) -> list[Class]:
    """Look up whom to measure, outside what is timed."""
    with psycopg.connect(maint_url) as maint:
        rows = maint.execute(
            """select f.actor_id, min(s.child_id), min(p.actor_id) from detect_signal s
            join people_membership m on m.child_id = s.child_id
            join people_assignment a on a.group_id = m.group_id and a.role = 'mentor'
            join people_staff f on f.id = a.staff_id
            join people_duty d on d.unit_id = s.unit_id and d.role = 'principal'
            join people_staff p on p.id = d.staff_id
            where s.state = 'open' group by f.actor_id order by f.actor_id"""
        ).fetchall()
    return [Class(*row) for row in rows]


def _wrapper(url: str) -> Any:
    from django.db import connections

    words = conninfo_to_dict(url)
    wrapper = connections.create_connection("default")
    wrapper.settings_dict.update(
        NAME=words["dbname"],
        USER=words["user"],
        PASSWORD=words["password"],
        HOST=words["host"],
        PORT=words["port"],
    )
    return wrapper


@contextmanager
def _connected(wrapper: Any, statements: Statements) -> Iterator[None]:
    from django.db import connections

    connections["default"] = wrapper
    with wrapper.execute_wrapper(statements):
        yield


def _run(wrapper: Any, measured: Measured, page: Callable[[Class], Any], place: Class, *, keep: bool) -> Any:
    statements = Statements()
    with _connected(wrapper, statements):
        began = time.perf_counter()
        seen = page(place)
        whole = time.perf_counter() - began
    if keep:
        measured.queries.add(len(statements.seconds))
        measured.whole.append(whole)
        if not measured.database or sum(statements.seconds) > max(measured.database):
            measured.slowest = statements
        measured.each.append(statements.seconds)
        measured.database.append(sum(statements.seconds))
    return seen


def _worklist(place: Class) -> Any:
    from bench.access_world import TODAY
    from samhandla.detect.queries.lists import worklist_for
    from samhandla.trust.viewer import acting_as

    viewer = _viewer(place.mentor)
    with acting_as(viewer):
        found = worklist_for(viewer, today=TODAY)
    rows = [*found.to_answer, *found.under_way, *found.good_news]
    assert rows, place
    return [(row.child.pk, len(row.reasons), row.days_left) for row in rows]


def _child(place: Class) -> Any:
    return _page(_viewer(place.mentor), place.pupil)


def _child_as_principal(place: Class) -> Any:
    """The unit's arm of the policies: the same pupil, seen by somebody with a duty at the unit."""
    return _page(_viewer(place.principal), place.pupil)


def _page(viewer: Any, pupil: int) -> Any:
    from bench.access_world import TODAY
    from samhandla.detect.queries.pupil import pupil_page_for
    from samhandla.people.models import Child
    from samhandla.trust.viewer import acting_as

    with acting_as(viewer):
        page = pupil_page_for(viewer, Child.objects.get(pk=pupil), today=TODAY)
    assert page.days, pupil
    return len(page.days), len(page.rows), len(page.history), len(page.access)


def _viewer(actor_id: int) -> Any:
    from samhandla.trust.viewer import Viewer

    return Viewer(actor_id, 1, "staff")


def _summary(by_role: dict[str, Measured], roles: dict[str, Any]) -> dict[str, Any]:
    app, maint = by_role["app"], by_role["maint"]
    ratio = statistics.median(app.database) / statistics.median(maint.database)
    if ratio > SLOW:
        _explain(app, roles["app"])
    return {
        "ratio": ratio,
        "whole_ratio": statistics.median(app.whole) / statistics.median(maint.whole),
        "app_ms": 1000 * statistics.median(app.database),
        "maint_ms": 1000 * statistics.median(maint.database),
        "app_whole_ms": 1000 * statistics.median(app.whole),
        "app_p95_ms": 1000 * statistics.quantiles(app.database, n=20)[-1],
        "dearest": _dearest(app, maint),
        "queries": sorted(app.queries | maint.queries),
        "runs": len(app.database),
    }


def _dearest(app: Measured, maint: Measured) -> list[dict[str, Any]]:
    """Return the three statements that cost the running role most, with what the other role paid."""
    texts = [sql for sql, _ in app.slowest.texts]
    mine, theirs = (
        [1000 * statistics.median(column) for column in zip(*role.each, strict=True)] for role in (app, maint)
    )
    rows = sorted(zip(mine, theirs, texts, strict=True), reverse=True)[:3]
    return [{"app_ms": a, "maint_ms": m, "table": _table(sql)} for a, m, sql in rows]


def _table(sql: str) -> str:
    words = sql.replace('"', "").lower().split()
    return words[words.index("from") + 1] if "from" in words else words[0]


def _explain(measured: Measured, wrapper: Any) -> None:
    """Show the plans of the slowest run's three slowest statements."""
    from django.db import connections, transaction

    connections["default"] = wrapper
    pairs = sorted(
        zip(measured.slowest.seconds, measured.slowest.texts, strict=True), reverse=True, key=lambda p: p[0]
    )
    tokens = [params[1] for _, (sql, params) in pairs if "set_config" in sql and params[1]]
    for seconds, (sql, params) in pairs[:3]:
        with transaction.atomic(), wrapper.cursor() as cursor:
            cursor.execute("select set_config('app.viewer', %s, true)", tokens[:1])
            cursor.execute(f"explain (analyze, buffers) {sql}", params)
            plan = "\n".join(row[0] for row in cursor.fetchall())
        print(f"{1000 * seconds:.1f} ms\n{sql[:300]}\n{plan}\n", file=sys.stderr)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samhandla.project.settings")
    found = main(os.environ["DATABASE_URL"], os.environ["DATABASE_MAINT_URL"], int(sys.argv[1]))
    print(json.dumps(found))
