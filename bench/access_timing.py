"""The product's own queries as the running role and as a role that passes row-level security by.

    DATABASE_URL=… DATABASE_MAINT_URL=… python -m bench.access_timing ROUNDS

Prints one JSON object. Both roles run the same functions with the same narrowing, in turn, in one process,
and must give the same rows. Three times are compared:

- `client`, which is the figure: what the application waits for the database, every statement from being sent
  until its rows are there; the fastest of a few runs for each class, since a busy machine adds the same
  waiting to both and so hides a difference;
- `server`: what the server itself spends on planning and running the same statements, sending left out;
  always the larger ratio, since the statements are small and finding the viewer's keys costs each the same;
- `whole`: the whole function, Python included.
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

WARM_UP = 5
REPEATS = 3
BOUND = 1.5  # above it, what each statement costs is shown


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
    """One role's runs of one page: seconds of the fastest run for each class."""

    client: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    plans: list[list[float]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    queries: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Run:
    """One call of a page: what it returned, what it sent, and how long it took."""

    seen: Any
    statements: Statements
    whole: float

    @property
    def client(self) -> float:
        return sum(self.statements.seconds)


def main(app_url: str, maint_url: str, rounds: int) -> dict[str, Any]:
    """Measure the mentor's pages and search, and a principal's pupil page, for `rounds` classes in turn."""
    import django

    django.setup()
    roles = {"app": _wrapper(app_url), "maint": _wrapper(maint_url)}
    _check_roles(roles)
    classes = _classes(maint_url)
    found = {}
    for page in (_worklist, _child, _child_as_principal, _search):
        by_role = {role: Measured() for role in roles}
        for number in range(-WARM_UP, rounds):
            place = classes[number * 7919 % len(classes)]
            best = _fastest(roles, page, place)
            assert best["app"].seen == best["maint"].seen, (page.__name__, place, best)
            if number >= 0:
                for role, run in best.items():
                    _keep(by_role[role], run, roles[role])
        found[page.__name__.lstrip("_")] = _summary(by_role)
    return found


def _fastest(roles: dict[str, Any], page: Callable[[Class], Any], place: Class) -> dict[str, Run]:
    """Run a page as both roles in turn, and return each role's fastest run."""
    runs: dict[str, list[Run]] = {role: [] for role in roles}
    for repeat in range(REPEATS):
        for role in list(roles) if repeat % 2 else list(reversed(roles)):
            runs[role].append(_run(roles[role], page, place))
    return {role: min(made, key=lambda run: run.client) for role, made in runs.items()}


def _keep(measured: Measured, run: Run, wrapper: Any) -> None:
    measured.queries.add(len(run.statements.seconds))
    measured.whole.append(run.whole)
    measured.client.append(run.client)
    seconds = _plans(wrapper, run.statements)
    measured.server.append(sum(seconds))
    measured.plans.append(seconds)
    measured.texts = [sql for sql, _ in run.statements.texts]


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
    """Return a connection of Django's as one role, which is asked who it is before anything is measured."""
    from django.db import connections

    words = conninfo_to_dict(url)
    wrapper = connections.create_connection("default")
    # A dict of its own: Django hands every connection of an alias the same one.
    wrapper.settings_dict = {
        **wrapper.settings_dict,
        "NAME": words["dbname"],
        "USER": words["user"],
        "PASSWORD": words["password"],
        "HOST": words["host"],
        "PORT": words["port"],
    }
    with wrapper.cursor() as cursor:
        cursor.execute("select current_user::text")
        assert cursor.fetchone() == (words["user"],)
    return wrapper


def _check_roles(roles: dict[str, Any]) -> None:
    """Refuse to measure unless row-level security holds the one role and not the other."""
    counts = {}
    for role, wrapper in roles.items():
        with wrapper.cursor() as cursor:
            cursor.execute("select count(*) from people_child")
            counts[role] = cursor.fetchone()[0]
    assert counts["app"] == 0 < counts["maint"], counts


@contextmanager
def _connected(wrapper: Any, statements: Statements) -> Iterator[None]:
    from django.db import connections

    connections["default"] = wrapper
    with wrapper.execute_wrapper(statements):
        yield


def _run(wrapper: Any, page: Callable[[Class], Any], place: Class) -> Run:
    statements = Statements()
    with _connected(wrapper, statements):
        began = time.perf_counter()
        seen = page(place)
        return Run(seen, statements, time.perf_counter() - began)


def _plans(wrapper: Any, statements: Statements) -> list[float]:
    """Return the server's own seconds for each statement, in one transaction as they were sent.

    Planning and running; what names the viewer counts nothing.
    """
    from django.db import connections, transaction

    token = next(words[1] for text, words in statements.texts if "set_config" in text and words[1])
    seconds = []
    connections["default"] = wrapper
    with transaction.atomic(), wrapper.cursor() as cursor:
        cursor.execute("select set_config('app.viewer', %s, true)", [token])
        for sql, params in statements.texts:
            if "set_config" in sql or not sql.lower().startswith("select"):
                seconds.append(0.0)
                continue
            cursor.execute(f"explain (analyze, timing off, format json) {sql}", params)
            plan = cursor.fetchone()[0]
            found: dict[str, Any] = (json.loads(plan) if isinstance(plan, str) else plan)[0]
            seconds.append((found["Planning Time"] + found["Execution Time"]) / 1000)
    return seconds


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


def _search(place: Class) -> Any:
    """A mentor, who sees least, looks for one of the own pupils by name among everybody's."""
    from bench.access_world import TODAY
    from samhandla.people.queries.names import find_children_for
    from samhandla.trust.viewer import DutyAt, Viewer, acting_as

    viewer = Viewer(place.mentor, 1, "staff", duties=(DutyAt("mentor", 1),))
    with acting_as(viewer):
        found = find_children_for(viewer, f"Nr {place.pupil}", on=TODAY)
    assert found, place
    return [(hit.child.pk, hit.class_name, hit.child.unit.name) for hit in found]


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


def _summary(by_role: dict[str, Measured]) -> dict[str, Any]:
    app, maint = by_role["app"], by_role["maint"]
    median = statistics.median
    ratios = {
        "client_ratio": median(app.client) / median(maint.client),
        "server_ratio": median(app.server) / median(maint.server),
        "whole_ratio": median(app.whole) / median(maint.whole),
    }
    if ratios["client_ratio"] > BOUND:
        _tell_statements(app, maint)
    return {
        "ratio": ratios["client_ratio"],
        **ratios,
        **{
            f"{role}_{kind}_ms": 1000 * median(getattr(by_role[role], kind))
            for role in by_role
            for kind in ("client", "server", "whole")
        },
        "queries": sorted(app.queries | maint.queries),
        "classes": len(app.client),
    }


def _tell_statements(app: Measured, maint: Measured) -> None:
    """Show what the server spends on each statement as either role, the largest difference first."""
    ours, theirs = (
        [1000 * statistics.median(each) for each in zip(*m.plans, strict=True)] for m in (app, maint)
    )
    rows = sorted(zip(ours, theirs, app.texts, strict=True), key=lambda row: row[1] - row[0])
    for mine, other, sql in rows:
        print(f"{mine:7.2f} ms  {other:7.2f} ms  {' '.join(sql.split())[:140]}", file=sys.stderr)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samhandla.project.settings")
    found = main(os.environ["DATABASE_URL"], os.environ["DATABASE_MAINT_URL"], int(sys.argv[1]))
    print(json.dumps(found))
