"""How the tests reach the database as each role."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

PLAIN, WITH_CAST = "plain", "cast"


def build_template(postgres, name: str) -> None:
    """Migrate an empty database as the owner, in a process of its own; half-built ones are never used."""
    draft = f"{name}_draft"
    postgres.drop_database(draft)
    postgres.create_database(draft)
    environment = {
        **os.environ,
        "SAMHANDLA_DB_ROLE": "owner",
        "DATABASE_OWNER_URL": postgres.url("owner", draft),
    }
    subprocess.run(
        [sys.executable, "-m", "samhandla.project.manage", "migrate", "--verbosity", "0"],
        env=environment,
        check=True,
    )
    postgres.create_database(name, template=draft)
    postgres.drop_database(draft)


class Databases:
    """The databases of one run: one empty, one where the cast already lives; a test sees one of them."""

    def __init__(self) -> None:
        self.wanted = PLAIN
        self.names: dict[str, str] = {}

    def switch(self) -> None:
        """Point Django at the database that the coming test wants."""
        if self.names and self.names[self.wanted] != self.current:
            from django.db import connection

            connection.close()
            connection.settings_dict["NAME"] = self.current = self.names[self.wanted]

    @property
    def current(self) -> str:
        return os.environ.get("SAMHANDLA_TEST_DATABASE", "")

    @current.setter
    def current(self, name: str) -> None:
        os.environ["SAMHANDLA_TEST_DATABASE"] = name


def build_cast_template(postgres, name: str, template: str) -> None:
    """Let the cast be registered once, by the product's own actions, in a copy of the empty template."""
    from django.db import connection
    from tests.cast import Cast

    draft = f"{name}_draft"
    postgres.drop_database(draft)
    postgres.create_database(draft, template=template)
    connect_as(postgres, "app", draft)
    Cast.build()
    connection.close()
    postgres.create_database(name, template=draft)
    postgres.drop_database(draft)


def connect_as(postgres, role: str, name: str) -> None:
    """Point Django's connection at a database as a role."""
    from django.db import connection

    parameters = postgres.params(role, name)
    connection.close()
    connection.settings_dict.update(
        NAME=parameters["dbname"],
        USER=parameters["user"],
        PASSWORD=parameters["password"],
        HOST=parameters["host"],
        PORT=parameters["port"],
    )
    os.environ["SAMHANDLA_TEST_DATABASE"] = name
    # On the class: a thread of the live server, or a browser's event loop, gets a connection of its own.
    type(connection.ops).execute_sql_flush = lambda _ops, statements: flush_as_owner(
        postgres, name, statements
    )


def flush_as_owner(postgres, name: str, statements: list[str]) -> None:
    """Empty tables after a transactional test: the running role may not TRUNCATE, and must not.

    What migrations put there stays: the signing key and the names of the school years.
    """
    with psycopg.connect(postgres.url("owner", name), autocommit=True) as owner:
        owner.execute(
            "create temp table kept_labels as select * from people_gradelabel where authority_id is null"
        )
        keep = owner.execute("select id, inner_pad, outer_pad from trust_signingkey").fetchone()
        for statement in statements:
            owner.execute(statement)
        owner.execute("insert into trust_signingkey values (%s, %s, %s)", keep)
        owner.execute("insert into people_gradelabel select * from kept_labels")


@contextmanager
def raw_connection(postgres, role: str = "app") -> Iterator[psycopg.Connection]:
    """A connection outside Django, as an attacker with the role's password would have it."""
    with psycopg.connect(postgres.url(role, os.environ["SAMHANDLA_TEST_DATABASE"])) as connection:
        yield connection
