"""What each room throws away when children get protected identity. It registers in its app's `ready()`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from samhandla.trust.viewer import Viewer

# Given the jobs of the authority and the protected children: how many rows went, by what they are called.
Purger = Callable[[Viewer, Sequence[int]], dict[str, int]]
_purgers: list[Purger] = []


def register_purger(purger: Purger) -> None:
    """Let a room throw away what it may not keep of children with protected identity."""
    if purger not in _purgers:
        _purgers.append(purger)


def purge_everywhere(by: Viewer, children: Sequence[int]) -> dict[str, int]:
    """Ask every room to throw away what it may not keep, and return how much went."""
    found: dict[str, int] = {}
    for purger in _purgers:
        found |= purger(by, children)
    return found
