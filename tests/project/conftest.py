"""An installation of its own, made by the commands themselves, shared by the tests that only look at it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from samhandla.lib.postgres import EmbeddedPostgres

SECRET = "one installation's secret"
STAFF = ("--given-name", "Disa", "--family-name", "Prov")


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass
class Installation:
    """A folder with a database of its own, reached only through `samhandla …`."""

    var: Path
    server: EmbeddedPostgres
    environment: dict[str, str]

    def run(self, *words: str, **environment: str) -> Answer:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SAMHANDLA_", "DATABASE_"))}
        done = subprocess.run(
            [sys.executable, "-m", "samhandla.project.cli", *words],
            env={**kept, "SAMHANDLA_VAR": str(self.var), **self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=900,  # a busy machine
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def sql(self, role: str, statement: str, *words: Any) -> list[tuple[Any, ...]]:
        """Ask the database as one of the roles, outside Samhandla."""
        self.server.ensure_database("samhandla")
        with psycopg.connect(self.server.url(role, "samhandla")) as connection:
            cursor = connection.execute(statement, words)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="session")
def new_installation() -> Iterator[Any]:
    """Make installations, empty or as copies of one at rest; their folders go when the tests end."""
    with tempfile.TemporaryDirectory(prefix="samhandla-installation-") as folder:
        os.chmod(folder, 0o755)  # the database server runs as another account when the tests run as root
        number = iter(range(99))
        with contextlib.ExitStack() as stack:

            def make(model: Installation | None = None) -> Installation:
                var = Path(folder) / str(next(number))
                if model is not None:
                    subprocess.run(["cp", "-a", str(model.var), str(var)], check=True)  # keeps the owners
                server = EmbeddedPostgres(var / "postgres", durable=False)
                # Held, so that each command finds it running and takes a fraction of the time.
                stack.enter_context(server)
                return Installation(var, server, {"SAMHANDLA_SECRET": SECRET})

            yield make


@pytest.fixture(scope="session")
def migrated(new_installation) -> Installation:
    """An installation at rest with tables and nothing in them: only to be copied."""
    installation = new_installation()
    done = installation.run("migrate", "--json")
    assert (done.code, done.json["signing_key"]) == (0, "made"), done.err
    assert len(done.json["applied"]) > 50
    installation.server.release()
    return installation


@pytest.fixture(scope="session")
def installed(new_installation, migrated) -> Installation:
    """One installation with a board, an attendance file and somebody who can log in. Not to be changed."""
    installation = new_installation(migrated)
    done = installation.run("setup", "--name", "Barn- och skolnämnden", "--username", "disa", *STAFF)
    assert done.code == 0, done.err
    lake_file(installation, "a/1/lessons.parquet", b"attendance")
    static = installation.var / "static" / "staticfiles.json"
    static.parent.mkdir()
    static.write_text("{}")
    return installation


def lake_file(installation: Installation, name: str, content: bytes) -> Path:
    """Put a file in the lake with its row in the manifest."""
    path = installation.var / "lake" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    columns = {
        "authority_id": 1,
        "source_id": 1,
        "batch_id": 1,
        "dataset": "lessons",
        "path": name,
        "rows": 1,
        "sha256": hashlib.sha256(content).hexdigest(),
        "first_date": "2026-01-08",
        "last_date": "2026-01-09",
        "live": True,
        "stored_at": "2026-01-10",
    }
    marks = ", ".join(["%s"] * len(columns))
    installation.sql(
        "maint", f"insert into analytics_lakefile ({', '.join(columns)}) values ({marks})", *columns.values()
    )
    return path
