"""Sealing, blind index, and the signature that the database checks with plain sha256."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samhandla.trust import crypto

SECRET = "a secret"


@given(st.text(max_size=60), st.text(min_size=1, max_size=20))
def test_what_is_sealed_is_read_again(text, row):
    assert crypto.decrypt(SECRET, crypto.encrypt(SECRET, text, bound_to=row), bound_to=row) == text


def test_the_same_text_is_never_sealed_alike():
    assert crypto.encrypt(SECRET, "x", bound_to="1") != crypto.encrypt(SECRET, "x", bound_to="1")


def test_it_is_read_only_whole_in_its_row_with_its_key():
    sealed = crypto.encrypt(SECRET, "191212121212", bound_to="child 1")
    damaged = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for secret, blob, row in (
        ("another secret", sealed, "child 1"),
        (SECRET, sealed, "child 2"),
        (SECRET, damaged, "child 1"),
        (SECRET, sealed[:20], "child 1"),
        (SECRET, b"\x02" + sealed[1:], "child 1"),
        (SECRET, b"", "child 1"),
    ):
        with pytest.raises(crypto.CryptoError):
            crypto.decrypt(secret, blob, bound_to=row)


def test_the_blind_index_finds_again_and_keeps_authorities_apart():
    here = crypto.blind_index(SECRET, "191212121212", within="1")
    assert here == crypto.blind_index(SECRET, "191212121212", within="1")
    others = {
        crypto.blind_index(SECRET, "191212121212", within="2"),
        crypto.blind_index(SECRET, "191212121213", within="1"),
        crypto.blind_index("another", "191212121212", within="1"),
        crypto.blind_index(SECRET, "91212121212", within="11"),
    }
    assert len(others) == 4
    assert here not in others


def test_keys_of_different_purposes_differ():
    keys = {crypto.derive_key(SECRET, purpose) for purpose in ("at-rest", "blind-index", "viewer", "backup")}
    assert len(keys) == 4
    assert {len(key) for key in keys} == {32}


@given(st.binary(min_size=1, max_size=64), st.binary(max_size=80))
def test_the_pads_give_the_same_as_hmac(key, message):
    inner, outer = crypto.hmac_pads(key)
    ours = hashlib.sha256(outer + hashlib.sha256(inner + message).digest()).hexdigest()
    assert ours == hmac.new(key, message, hashlib.sha256).hexdigest()
