"""The test database: the owner builds a template once, tests run as the restricted role."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation
from tests.support.database import (
    PLAIN,
    WITH_CAST,
    Databases,
    build_cast_template,
    build_template,
    connect_as,
)

TEST_VAR = Path(os.environ["SAMHANDLA_VAR"])
ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


DATABASES = Databases()


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:24]


def _template_names() -> tuple[str, str]:
    """Return names that change with the tables, and with what the cast is made of and its day."""
    source = ROOT / "src/samhandla"
    said = (  # by migrations
        "people/derivation.py", "trust/rls.py", "records/guard.py", "secrecy/guard.py",
        "secrecy/override.py", "detect/taught.py",
    )  # fmt: skip
    tables = [*source.glob("*/migrations/*.py"), *(source / name for name in said)]
    writes = [*source.glob("people/**/*.py"), *source.glob("trust/**/*.py"), ROOT / "tests/cast.py"]
    empty = f"template_{_hash(tables)}"
    return empty, f"cast_{date.today():%Y%m%d}_{_hash([*tables, *writes])}"


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in the same hook, and would else be first
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file on one core, and all that copy the same installation: making it is dear."""
    for item in items:
        shares = "new_installation" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("installation" if shares else str(item.path)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Choose the database before any fixture opens a transaction in it.

    A test that commits starts from an empty one, and builds the cast itself.
    """
    translation.deactivate()  # a test client leaves the language of its last request behind
    names = set(getattr(item, "fixturenames", ()))
    marker = item.get_closest_marker("django_db")
    commits = "transactional_db" in names or (marker is not None and marker.kwargs.get("transaction", False))
    DATABASES.wanted = WITH_CAST if "cast" in names and not commits else PLAIN
    DATABASES.switch()


@pytest.fixture(scope="session")
def postgres():
    """The embedded server of the tests (not durable: it is thrown away)."""
    from samhandla.lib.postgres import EmbeddedPostgres

    server = EmbeddedPostgres(TEST_VAR / "postgres", durable=False)
    server.start()
    yield server
    server.release()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres) -> None:
    """Nothing: names are set in `django_db_setup`."""


@pytest.fixture(scope="session")
def django_db_setup(postgres, django_db_blocker) -> Iterator[None]:
    """Build the templates when something changed, clone them, and run as `samhandla_app`."""
    empty, populated = _template_names()
    if not postgres.has_database(empty):
        build_template(postgres, empty)
    with django_db_blocker.unblock():
        if not postgres.has_database(populated):
            build_cast_template(postgres, populated, empty)
        names = {PLAIN: f"test_{os.getpid()}", WITH_CAST: f"test_cast_{os.getpid()}"}
        postgres.create_database(names[PLAIN], template=empty)
        postgres.create_database(names[WITH_CAST], template=populated)
        connect_as(postgres, "app", names[PLAIN])
        DATABASES.names = names
        DATABASES.switch()
        yield
        from django.db import connections

        connections.close_all()
    for name in names.values():
        postgres.drop_database(name)


@pytest.fixture
def cast(db, settings):
    """The named people of the tests, each with a viewer; pages that show one of them must log it."""
    from tests.cast import Cast
    from tests.support import reading

    people = Cast.load() if DATABASES.wanted == WITH_CAST else Cast.build()
    reading.NAMES.clear()
    reading.NAMES.update({f"{c.given_name} {c.family_name}": c.pk for c in people.child.values()})
    middle = list(settings.MIDDLEWARE)
    outer = middle.index("samhandla.people.middleware.ReadLogMiddleware")
    settings.MIDDLEWARE = [*middle[: outer + 1], "tests.support.reading.NamesAreLogged", *middle[outer + 1 :]]
    return people
