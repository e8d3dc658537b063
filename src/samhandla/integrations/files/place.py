"""Where a file lies: on disk as it came, or sealed. Whoever reads a file only asks for its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol


class FilePlace(Protocol):
    """A file that can be opened any number of times."""

    @property
    def name(self) -> str:
        """What it is called when somebody is told about it."""

    def size(self) -> int:
        """Return its length in bytes. Raises: OSError when it is not there."""

    def opened(self) -> BinaryIO:
        """Open its content, readable from any place. Raises: OSError when it is not there."""


@dataclass(frozen=True)
class OnDisk:
    """A file as it came."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    def size(self) -> int:
        return self.path.stat().st_size

    def opened(self) -> BinaryIO:
        return self.path.open("rb")


def place_of(given: str | Path | FilePlace) -> FilePlace:
    """Return where a file lies, also when only its path is given."""
    return OnDisk(Path(given)) if isinstance(given, str | Path) else given
