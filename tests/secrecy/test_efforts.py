"""Whose yes an effort needs: the ages of the Social Services Act, and what tells its two paragraphs apart."""

from __future__ import annotations

import pytest

from samhandla.secrecy.rules.efforts import Kind, Party, whose_yes

CHILD, BOTH, GUARDIANS = {Party.CHILD}, {Party.CHILD, Party.GUARDIANS}, {Party.GUARDIANS}


@pytest.mark.parametrize(
    ("kind", "age", "suitable", "enough"),
    [
        ("open", 13, True, [GUARDIANS]),  # 21:2: the exception for 12–14 does not apply
        ("decided", 13, True, [CHILD, BOTH]),  # 21:1
        ("decided", 13, False, [BOTH]),
        ("decided", 11, True, [GUARDIANS]),
        ("open", 15, True, [CHILD, BOTH]),
        ("open", 15, False, [BOTH]),
        ("decided", 15, True, [CHILD, BOTH]),
        ("open", 14, True, [GUARDIANS]),
        ("sip", 14, True, [GUARDIANS]),
        ("sip", 16, True, [CHILD, BOTH]),
        ("open", 18, False, [CHILD]),
        ("decided", 18, False, [CHILD]),
    ],
)
def test_whose_yes_is_enough(kind, age, suitable, enough):
    assert list(map(set, whose_yes(Kind(kind), age=age, suitable=suitable))) == enough
