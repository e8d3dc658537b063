"""Who may ask for a child's data: by the register, its age, and what somebody has weighed. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from samhandla.people.rules import guardian_standing, is_adult, speaks_for_self

RIGHT = "right"
NO_GUARDIAN = "not_guardian"


@dataclass(frozen=True)
class Adult:
    """An adult's tie to the child as the register has it."""

    kind: str
    first: date
    last: date | None


def asker_problems(*, ties: list[Adult] | None, born: date | None, weighing: str, on: date) -> list[str]:
    """Return why somebody may not ask for a child's data, as codes; empty when nothing is in the way.

    A guardian has insight until the child is 18. From 16 the pupil speaks for itself in school matters, and
    somebody must have asked what it wants. A child asks for itself when it is mature enough, which somebody
    must have weighed below 16; there is no fixed age.

    Args:
        ties: the adult's ties to the child; None when the child asks.
    Source: föräldrabalken 6 kap., skollagen 29 kap. 12 §, OSL 12 kap. 3 §; domain reference T24, T25.

    >>> born = date(2008, 5, 2)
    >>> asker_problems(ties=[Adult("umgangesforalder", date(2020, 1, 1), None)], born=born, weighing="",
    ...     on=date(2020, 2, 1))
    ['not_guardian']
    >>> asker_problems(ties=None, born=born, weighing="", on=date(2026, 5, 2))
    []
    """
    if ties is None:
        return [] if speaks_for_self(born, on) or weighing.strip() else ["maturity"]
    if is_adult(born, on):
        return ["adult"]
    standings = [guardian_standing(tie.kind, born, tie.first, tie.last, on) for tie in ties]
    if RIGHT not in standings:
        return [NO_GUARDIAN if not standings or standings[0] == "kind" else standings[0]]
    return ["own_view"] if speaks_for_self(born, on) and not weighing.strip() else []
