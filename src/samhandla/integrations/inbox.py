"""Watched folders: a file that is put in a source's own folder on the server is taken in by itself.

The folder's place is decided here and never by anybody who fills in a form, so that no other file on the
server can be read this way. A file is left alone until it has not grown for a while, since it may still be
on its way in. Once a batch has its own copy the file is removed from here: it may hold reasons in free text
about children, and the batch's copy goes when it is taken in, or after a week when it is not.
"""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings

from samhandla.integrations.models import Source

SETTLED_SECONDS = 60
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")


def inbox_of(source: Source) -> Path:
    """Return a source's folder, made when it is not there."""
    folder = Path(settings.VAR_DIR) / "inkorg" / str(source.pk)
    folder.mkdir(parents=True, exist_ok=True, mode=0o770)
    return folder


def waiting_files(source: Source, now: float | None = None) -> list[Path]:
    """Return the files in a source's folder that are whole, the oldest first."""
    before = (time.time() if now is None else now) - SETTLED_SECONDS
    files = [
        path
        for path in inbox_of(source).iterdir()
        if path.is_file()
        and not path.is_symlink()
        and not path.name.startswith(".")
        and path.suffix.lower() not in UNFINISHED
        and path.stat().st_mtime <= before
    ]
    return sorted(files, key=lambda path: (path.stat().st_mtime, path.name))
