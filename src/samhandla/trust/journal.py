"""A list of withdrawals beside the database, so that an older backup cannot bring back a yes.

One line for each: which row, when, by whom; nothing about a person. Each line carries a keyed hash of itself
and the one before, so that a line that is changed, removed or put in is found. It belongs where a loss of the
database does not reach: `SAMHANDLA_WITHDRAWALS` says where.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from samhandla.trust.crypto import derive_key

PURPOSE = "withdrawals"


class BrokenJournal(Exception):
    """The list does not hold together; `line` is the first that does not."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True)
class Withdrawal:
    """That a row was taken back: its table and number, when, and by which actor."""

    table: str
    number: int
    at: str
    actor: int


def _seal(secret: str, before: str, text: str) -> str:
    return hmac.new(derive_key(secret, PURPOSE), f"{before}|{text}".encode(), hashlib.sha256).hexdigest()


def _text(one: Withdrawal) -> str:
    return json.dumps([one.table, one.number, one.at, one.actor])


def append(path: Path, secret: str, one: Withdrawal) -> None:
    """Add a line and see that it is on the disk; processes wait for each other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        lines = file.read().splitlines()
        before = json.loads(lines[-1])["seal"] if lines else ""
        text = _text(one)
        file.write(json.dumps({"row": text, "seal": _seal(secret, before, text)}) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read(path: Path, secret: str) -> Iterator[tuple[Withdrawal, str]]:
    """Yield each withdrawal with its seal, the earliest first.

    Raises:
        BrokenJournal: a line is not what was written, or not in its place.
    """
    before = ""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            found = json.loads(line)
            one = Withdrawal(*json.loads(found["row"]))
        except (ValueError, TypeError, KeyError):
            raise BrokenJournal(number) from None
        if not hmac.compare_digest(_seal(secret, before, found["row"]), str(found["seal"])):
            raise BrokenJournal(number)
        before = found["seal"]
        yield one, before


def last_seal(path: Path, secret: str) -> str:
    """Return the seal of the last line, empty when nothing has been taken back."""
    seals = [seal for _, seal in read(path, secret)] if path.is_file() else []
    return seals[-1] if seals else ""
