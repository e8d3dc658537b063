"""What a measure is: a named function from relation to relation, with its definition in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis


@dataclass(frozen=True)
class Measure:
    """A declared measure.

    Attributes:
        title, definition: Swedish, as a reader of a report meets them.
        of: the declared table it is computed from.
        row: what one row of the result is.
        compute: relations in, relation out; takes the tables that `of` names, in that order.
    """

    name: str
    version: int
    title: str
    definition: str
    of: tuple[str, ...]
    row: str
    compute: Callable[..., ibis.Table]


def ratio(part: Any, whole: Any) -> Any:
    """Return part / whole as a share 0–1, empty where there is no whole."""
    return part.cast("float64") / whole.nullif(0).cast("float64")
