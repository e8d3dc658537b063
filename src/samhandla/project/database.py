"""Which PostgreSQL to use: any server by URL, or the embedded one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

URL_OF_ROLE = {"app": "DATABASE_URL", "owner": "DATABASE_OWNER_URL", "maint": "DATABASE_MAINT_URL"}
DATABASE_NAME = "samhandla"


def database_settings(role: str, var_dir: Path) -> dict[str, Any]:
    """Return Django's settings for one role: `app` runs, `owner` migrates, `maint` backs up."""
    url = os.environ.get(URL_OF_ROLE[role])
    if not url:
        url = _embedded_url(role, var_dir)
    return {
        "ENGINE": "samhandla.trust.postgres",
        "CONN_MAX_AGE": 60,
        "OPTIONS": {"options": "-c timezone=Europe/Stockholm"},
        **_parts(url),
    }


def _parts(url: str) -> dict[str, Any]:
    split = urlsplit(url)
    if split.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"Databasens adress ska börja med postgresql://, inte {split.scheme}://")
    host = unquote(split.hostname or "")
    if not host:
        query = dict(pair.split("=", 1) for pair in split.query.split("&") if "=" in pair)
        host = unquote(query.get("host", ""))
    return {
        "NAME": unquote(split.path.lstrip("/")),
        "USER": unquote(split.username or ""),
        "PASSWORD": unquote(split.password or ""),
        "HOST": host,
        "PORT": str(split.port or ""),
    }


def _embedded_url(role: str, var_dir: Path) -> str:
    from samhandla.lib.postgres import EmbeddedPostgres

    server = EmbeddedPostgres(var_dir / "postgres")
    server.start()
    server.ensure_database(DATABASE_NAME)
    return server.url(role, DATABASE_NAME)
