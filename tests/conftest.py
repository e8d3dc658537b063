"""The test database: the owner builds a template once, tests run as the restricted role."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

TEST_VAR = Path(os.environ["SAMHANDLA_VAR"])
ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


def _migrations_hash() -> str:
    source = ROOT / "src/samhandla"
    digest = hashlib.sha256()
    for path in sorted(
        [*source.glob("*/migrations/*.py"), source / "people/derivation.py", source / "trust/rls.py"]
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:24]


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
    """Build the template when migrations changed, clone it, and run as `samhandla_app`."""
    from tests.support.database import build_template, connect_as

    template = f"template_{_migrations_hash()}"
    if not postgres.has_database(template):
        build_template(postgres, template)
    name = f"test_{os.getpid()}"
    postgres.create_database(name, template=template)
    with django_db_blocker.unblock():
        connect_as(postgres, "app", name)
        yield
        from django.db import connections

        connections.close_all()
    postgres.drop_database(name)


@pytest.fixture
def cast(db):
    """The named people of the tests, each with a viewer."""
    from tests.cast import Cast

    return Cast.build()
