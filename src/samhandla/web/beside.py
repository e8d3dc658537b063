"""What a later room puts beside an earlier room's page. Rooms register; this room knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from samhandla.trust.viewer import Viewer

Gather = Callable[[Viewer, Any], dict[str, object]]


@dataclass(frozen=True)
class Beside:
    """A template and what it is filled with; an empty answer draws nothing."""

    template: str
    gather: Gather


_beside: dict[str, list[Beside]] = {}


def register_beside(place: str, template: str, gather: Gather) -> None:
    """Put a template in a place that an earlier room's page leaves open. A room calls it in its `ready()`."""
    one = Beside(template, gather)
    known = _beside.setdefault(place, [])
    if all(other.template != template for other in known):
        known.append(one)


def beside_of(place: str) -> list[Beside]:
    """Return what has been put in a place, in the order of the rooms."""
    return _beside.get(place, [])
