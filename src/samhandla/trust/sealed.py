"""Files sealed at rest: written as a stream of pieces, and read from any place without ever being whole.

Layout: a mark, what the key is known by, a salt; then pieces of PIECE bytes, each with its own tag. A piece
is bound to its file, its place and whether it is the last one, so that pieces cannot be moved, left out or
cut off unseen. Each file has a key of its own, derived from the installation's secret and the salt.
"""

from __future__ import annotations

import hashlib
import io
import os
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from samhandla.lib.i18n import N_
from samhandla.trust.crypto import CryptoError, derive_key

MARK = b"SHF\x01"
PIECE = 1 << 18
TAG = 16
KEY_ID = 8
SALT = 16
HEADER = len(MARK) + KEY_ID + SALT
OTHER_KEY = N_(
    "Det som har sparats är krypterat med en annan nyckel än den som installationen har nu. Lägg tillbaka "
    "den tidigare nyckeln (filen secret eller SAMHANDLA_SECRET), eller börja om: ladda upp filen eller "
    "hämta källan igen."
)


class OtherKey(CryptoError):
    """The file was sealed with another secret than the installation has now."""


class Damaged(CryptoError):
    """The file is not whole, or not the one that was sealed."""


def is_sealed(head: bytes) -> bool:
    """Tell whether a file that begins like this was written by a `Sealer`."""
    return head.startswith(MARK)


def _key_id(secret: str) -> bytes:
    return hashlib.sha256(derive_key(secret, "file-key-id")).digest()[:KEY_ID]


class _Cipher:
    def __init__(self, secret: str, header: bytes, bound_to: str) -> None:
        self.aead = AESGCM(derive_key(secret, f"file {header[-SALT:].hex()}"))
        self.about = header + bound_to.encode()

    def nonce(self, number: int, last: bool) -> bytes:
        return number.to_bytes(8, "big") + int(last).to_bytes(4, "big")

    def seal(self, number: int, data: bytes, *, last: bool) -> bytes:
        return self.aead.encrypt(self.nonce(number, last), data, self.about)

    def open(self, number: int, data: bytes, *, last: bool) -> bytes:
        return self.aead.decrypt(self.nonce(number, last), data, self.about)


class Sealer:
    """Writes a file sealed. Holds one piece in memory, whatever the file's size.

    Args:
        bound_to: what the file belongs to; it can only be read with the same words.
    """

    def __init__(self, file: BinaryIO, secret: str, *, bound_to: str) -> None:
        header = MARK + _key_id(secret) + os.urandom(SALT)
        self._file = file
        self._cipher = _Cipher(secret, header, bound_to)
        self._waiting = bytearray()
        self._number = 0
        file.write(header)

    def write(self, data: bytes) -> None:
        """Take more of the content."""
        self._waiting += data
        # One byte more than a piece tells that the piece is not the last one.
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]

    def finish(self) -> None:
        """Write the last piece; without it the file is not whole."""
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()
        self._file.flush()

    def _put(self, data: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.seal(self._number, data, last=last))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Reads what a `Sealer` wrote, from any place. Holds one piece in memory.

    Raises:
        OtherKey, Damaged: when it is made, or when a piece is read.
    """

    def __init__(self, file: BinaryIO, secret: str, *, bound_to: str) -> None:
        super().__init__()
        self._file = file
        header = file.read(HEADER)
        if len(header) < HEADER or not is_sealed(header):
            raise _damaged()
        if header[len(MARK) : -SALT] != _key_id(secret):
            raise OtherKey(OTHER_KEY)
        self._cipher = _Cipher(secret, header, bound_to)
        stored = file.seek(0, os.SEEK_END) - HEADER
        self._pieces = -(-stored // (PIECE + TAG))
        self.size = stored - self._pieces * TAG
        if self._pieces < 1 or self.size < 0:
            raise _damaged()
        self._at = 0
        self._open = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as the piece at this place reaches; 0 at the end."""
        if self._at >= self.size:
            self._piece(self._pieces - 1)  # so that an empty file cannot have been cut to be so
            return 0
        number, inside = divmod(self._at, PIECE)
        view = memoryview(buffer)
        found = self._piece(number)[inside : inside + len(view)]
        view[: len(found)] = found
        self._at += len(found)
        return len(found)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _piece(self, number: int) -> bytes:
        if self._open[0] != number:
            self._file.seek(HEADER + number * (PIECE + TAG))
            last = number == self._pieces - 1
            try:
                data = self._cipher.open(number, self._file.read(PIECE + TAG), last=last)
            except InvalidTag:
                raise _damaged() from None
            self._open = (number, data)
        return self._open[1]


def _damaged() -> Damaged:
    return Damaged(
        N_("Det som har sparats är skadat och går inte att läsa. Ladda upp filen eller hämta källan igen.")
    )
