"""Keys and ciphers: encryption at rest, blind index, signature of the viewer token.

All keys derive from one secret of the installation. The database server of the demo has no
pgcrypto, so what the database must check itself uses its built-in sha256.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
NONCE_BYTES = 12
SHA256_BLOCK = 64


class CryptoError(Exception):
    """A stored value could not be read with the installation's key."""


def derive_key(secret: str, purpose: str) -> bytes:
    """Return the 32-byte key of one purpose, so that no two uses share a key."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(
        secret.encode()
    )


def encrypt(secret: str, text: str, *, bound_to: str) -> bytes:
    """Encrypt a short text; `bound_to` ties it to its row, so that a moved ciphertext cannot be read."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(derive_key(secret, "at-rest")).encrypt(nonce, text.encode(), bound_to.encode())
    return VERSION + nonce + sealed


def decrypt(secret: str, blob: bytes, *, bound_to: str) -> str:
    """Return the text that `encrypt` sealed.

    Raises:
        CryptoError: wrong key, another row's ciphertext, or a damaged value.
    """
    blob = bytes(blob)
    nonce, sealed = blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :]
    if blob[:1] != VERSION:
        raise CryptoError("Uppgiften är krypterad på ett sätt som den här versionen inte känner till.")
    try:
        return AESGCM(derive_key(secret, "at-rest")).decrypt(nonce, sealed, bound_to.encode()).decode()
    except InvalidTag:
        raise CryptoError("Uppgiften kan inte läsas med installationens nyckel.") from None


def blind_index(secret: str, text: str, *, within: str) -> str:
    """Return a keyed hash for exact lookup; `within` (the authority) keeps two authorities' hashes apart."""
    key = derive_key(secret, "blind-index")
    return hmac.new(key, f"{within}\x00{text}".encode(), hashlib.sha256).hexdigest()


def hmac_pads(key: bytes) -> tuple[bytes, bytes]:
    """Return HMAC-SHA256's inner and outer pad, so that SQL can compute it with plain sha256.

    Source: RFC 2104.
    """
    block = key.ljust(SHA256_BLOCK, b"\x00")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


def sign_viewer(secret: str, actor_id: int, authority_id: int) -> str:
    """Return the token that tells the database who asks; forged ones are refused there."""
    message = f"{actor_id}.{authority_id}"
    tag = hmac.new(derive_key(secret, "viewer"), message.encode(), hashlib.sha256).hexdigest()
    return f"{message}.{tag}"
