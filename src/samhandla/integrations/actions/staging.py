"""What a run has fetched but not taken in yet: files as they came, pages sealed."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from samhandla.integrations.gather import StagedPage
from samhandla.trust import crypto

PAGE = ".page"
FILE = "file"


def folder_of(batch_id: int) -> Path:
    """Return a batch's own folder, readable by this user only."""
    folder = Path(settings.UPLOAD_DIR) / str(batch_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def keep_file(batch_id: int, name: str, chunks: Iterable[bytes]) -> tuple[Path, str]:
    """Keep a file until its batch is taken in. Returns: where it lies, and its SHA-256."""
    path = folder_of(batch_id) / (FILE + Path(name).suffix.lower()[:6])
    part = path.with_suffix(path.suffix + ".part")
    digest = hashlib.sha256()
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in chunks:
            digest.update(chunk)
            file.write(chunk)
    part.replace(path)
    return path, digest.hexdigest()


def kept_file(batch_id: int) -> Path | None:
    """Return the file of a batch, None when it is no longer kept."""
    found = sorted(folder_of(batch_id).glob(f"{FILE}.*")) + sorted(folder_of(batch_id).glob(FILE))
    return next((path for path in found if path.suffix != ".part"), None)


def stage_page(batch_id: int, page: StagedPage) -> None:
    """Keep a fetched page, sealed, under its resource and number; the same page again replaces it."""
    path = folder_of(batch_id) / f"{page.resource}-{page.number:06}{PAGE}"
    sealed = crypto.encrypt(
        settings.SAMHANDLA_SECRET, page.data.decode(), bound_to=f"page {batch_id} {path.name}"
    )
    part = path.with_suffix(".part")
    part.write_bytes(sealed)
    part.replace(path)


def staged_pages(batch_id: int, resources: Iterable[str]) -> Iterator[StagedPage]:
    """Return the kept pages, resource by resource in the order given."""
    folder = folder_of(batch_id)
    for resource in resources:
        for path in sorted(folder.glob(f"{resource}-*{PAGE}")):
            text = crypto.decrypt(
                settings.SAMHANDLA_SECRET, path.read_bytes(), bound_to=f"page {batch_id} {path.name}"
            )
            yield StagedPage(resource, int(path.stem.rsplit("-", 1)[1]), text.encode())


def forget(batch_id: int) -> None:
    """Remove what was kept of a batch."""
    shutil.rmtree(Path(settings.UPLOAD_DIR) / str(batch_id), ignore_errors=True)
