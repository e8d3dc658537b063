"""Keyed hashes of the source's ids and contents, so that neither is stored in the clear."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec

KEY_BYTES = 16


@dataclass(frozen=True)
class Keyer:
    """Hashes of one installation and source; the same text gives the same hash, and only here."""

    secret: bytes

    def of(self, kind: str, identifier: str) -> str:
        """Return the key of an id: 32 characters."""
        return self._hash(f"{kind}\x00{identifier}".encode())

    def fingerprint(self, *parts: object) -> str:
        """Return the hash of what a source said about something, for telling whether it changed."""
        return self._hash(msgspec.json.encode(parts, order="sorted"))

    def _hash(self, data: bytes) -> str:
        return hashlib.blake2b(data, key=self.secret, digest_size=KEY_BYTES).hexdigest()
