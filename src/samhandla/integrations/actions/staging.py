"""What a run has fetched but not taken in yet, all of it sealed with the installation's key.

Files are about children and lie here until they are taken in, at most a week. They are sealed as they are
received, and read back piece by piece: nothing of them is ever whole on the disk or in memory.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import msgspec
from django.conf import settings

from samhandla.integrations.files import RefusedRows
from samhandla.integrations.gather import StagedPage
from samhandla.trust import crypto
from samhandla.trust.sealed import MARK, OTHER_KEY, PIECE, OtherKey, SealedReader, Sealer, is_sealed

PAGE = ".page"
FILE = "file"
SEALED = FILE + ".sealed"
REFUSED = "refused.rows"


@dataclass(frozen=True)
class KeptFile:
    """The sealed file of a batch, opened like any other (`integrations.files.place.FilePlace`).

    Raises: CryptoError, from every method but `name`, when it cannot be read with the installation's key.
    """

    path: Path
    batch_id: int
    name: str = FILE

    def size(self) -> int:
        with self._reader() as reader:
            return reader.size

    def opened(self) -> BinaryIO:
        return cast(BinaryIO, io.BufferedReader(self._reader(), PIECE))

    def _reader(self) -> SealedReader:
        file = self.path.open("rb", buffering=0)
        try:
            return SealedReader(
                cast(BinaryIO, file), settings.SAMHANDLA_SECRET, bound_to=_bound(self.batch_id)
            )
        except BaseException:
            file.close()
            raise


def _bound(batch_id: int) -> str:
    return f"file of batch {batch_id}"


def folder_of(batch_id: int) -> Path:
    """Return a batch's own folder, readable by this user only."""
    folder = Path(settings.UPLOAD_DIR) / str(batch_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def keep_file(batch_id: int, name: str, chunks: Iterable[bytes]) -> tuple[KeptFile, str]:
    """Keep a file, sealed, until its batch is taken in. Returns: the file, and its content's SHA-256."""
    path = folder_of(batch_id) / SEALED
    part = path.with_suffix(".part")
    digest = hashlib.sha256()
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        sealer = Sealer(file, settings.SAMHANDLA_SECRET, bound_to=_bound(batch_id))
        for chunk in chunks:
            digest.update(chunk)
            sealer.write(chunk)
        sealer.finish()
    part.replace(path)
    return KeptFile(path, batch_id, name), digest.hexdigest()


def kept_file(batch_id: int) -> KeptFile | None:
    """Return the file of a batch, None when it is no longer kept."""
    path = Path(settings.UPLOAD_DIR) / str(batch_id) / SEALED
    if not path.exists():
        seal_open_file(batch_id)
    return KeptFile(path, batch_id) if path.exists() else None


def seal_open_file(batch_id: int) -> bool:
    """Seal the file of a batch that an earlier version kept as it came. Returns: whether there was one."""
    folder = Path(settings.UPLOAD_DIR) / str(batch_id)
    plain = [path for path in (*folder.glob(f"{FILE}.*"), *folder.glob(FILE)) if _is_plain(path)]
    for path in plain:
        with path.open("rb") as file:
            keep_file(batch_id, path.name, iter(lambda file=file: file.read(PIECE), b""))  # type: ignore[misc]  # the file of this turn
        path.unlink()
    return bool(plain)


def _is_plain(path: Path) -> bool:
    if path.suffix == ".part":
        return False
    with path.open("rb") as file:
        return not is_sealed(file.read(len(MARK)))


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
    """Return the kept pages, resource by resource in the order given.

    Raises: OtherKey when a page cannot be read with the installation's key.
    """
    folder = folder_of(batch_id)
    for resource in resources:
        for path in sorted(folder.glob(f"{resource}-*{PAGE}")):
            yield StagedPage(resource, int(path.stem.rsplit("-", 1)[1]), _page(batch_id, path))


def _page(batch_id: int, path: Path) -> bytes:
    bound = f"page {batch_id} {path.name}"
    try:
        return crypto.decrypt(settings.SAMHANDLA_SECRET, path.read_bytes(), bound_to=bound).encode()
    except crypto.CryptoError as error:
        raise OtherKey(OTHER_KEY) from error


def keep_refused(batch_id: int, rows: RefusedRows) -> None:
    """Keep rows that were not taken, sealed, so that they can be mended; nothing else of the file."""
    path = folder_of(batch_id) / REFUSED
    text = msgspec.json.encode(rows).decode()
    part = path.with_suffix(".part")
    part.write_bytes(crypto.encrypt(settings.SAMHANDLA_SECRET, text, bound_to=f"refused {batch_id}"))
    part.replace(path)


def refused_are_kept(batch_id: int) -> bool:
    """Tell whether the refused rows of a batch that was taken in are still here."""
    return (Path(settings.UPLOAD_DIR) / str(batch_id) / REFUSED).exists()


def kept_refused(batch_id: int) -> RefusedRows | None:
    """Return the rows that were not taken, None when they are no longer kept.

    Raises: OtherKey when they cannot be read with the installation's key.
    """
    path = Path(settings.UPLOAD_DIR) / str(batch_id) / REFUSED
    if not path.exists():
        return None
    try:
        text = crypto.decrypt(settings.SAMHANDLA_SECRET, path.read_bytes(), bound_to=f"refused {batch_id}")
    except crypto.CryptoError as error:
        raise OtherKey(OTHER_KEY) from error
    return msgspec.json.decode(text, type=RefusedRows)


def forget(batch_id: int) -> None:
    """Remove what was kept of a batch."""
    shutil.rmtree(Path(settings.UPLOAD_DIR) / str(batch_id), ignore_errors=True)


def kept_batches() -> list[tuple[int, float]]:
    """Return the batches of which something is kept, each with when its folder last changed."""
    home = Path(settings.UPLOAD_DIR)
    folders = [path for path in home.iterdir() if path.name.isdigit()] if home.is_dir() else []
    return sorted((int(path.name), path.stat().st_mtime) for path in folders)
