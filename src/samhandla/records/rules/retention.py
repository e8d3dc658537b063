"""Retention: what a board can decide about a kind of document, and what the shipped proposals say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from samhandla.lib.i18n import N_

FROM_DATED, FROM_ADULT = "dated", "adult"
MOST_YEARS = 120


@dataclass(frozen=True)
class Proposal:
    """What a delivered proposal says of a kind: kept for ever, or removed after years. Never a decision."""

    kind: str
    keep: bool
    years: int | None
    counted_from: str
    source: str


_ADVICE = N_("gallringsråd nr 2 (SKR), inte läst i sin helhet (NV): en fråga till nämnden")
_PROTOCOL = N_("bevaras: visar vad som har gallrats och lämnats ut")
_SHORT = N_("fråga till nämnden (NV)")
PROPOSALS = (
    Proposal("inquiry", True, None, FROM_DATED, _ADVICE),
    Proposal("inquiry_decision", True, None, FROM_DATED, _ADVICE),
    Proposal("notice", True, None, FROM_DATED, _ADVICE),
    Proposal("notice_received", False, 5, FROM_DATED, _SHORT),
    Proposal("transfer", False, 5, FROM_DATED, _SHORT),
    Proposal("transfer_received", False, 5, FROM_DATED, _SHORT),
    Proposal("waiver", False, 2, FROM_DATED, _SHORT),
    Proposal("consent", False, 2, FROM_DATED, _SHORT),
    Proposal("letter_child_in", False, 2, FROM_ADULT, _SHORT),
    Proposal("letter_child_out", False, 2, FROM_ADULT, _SHORT),
    Proposal("letter_in", False, 2, FROM_DATED, _SHORT),
    Proposal("letter_out", False, 2, FROM_DATED, _SHORT),
    Proposal("request", False, 2, FROM_DATED, _SHORT),
    Proposal("refusal", True, None, FROM_DATED, _SHORT),
    Proposal("board_figures", True, None, FROM_DATED, N_("nämndhandling")),
    Proposal("log_review", False, 5, FROM_DATED, _SHORT),
    Proposal("disposal", True, None, FROM_DATED, _PROTOCOL),
)


@dataclass(frozen=True)
class Decision:
    """What a board has decided about a kind of document."""

    kind: str
    keep: bool
    years: int | None
    counted_from: str
    reference: str
    decided_on: date | None


def decision_problems(said: Decision, kinds: set[str], about_child: set[str], today: date) -> list[str]:
    """Return the codes of what is wrong with a decision that somebody registers; empty when nothing is.

    >>> decision_problems(Decision("notice", False, None, "dated", "§ 12", date(2026, 1, 8)), {"notice"},
    ...     set(), date(2026, 2, 1))
    ['years']
    """
    problems = []
    if said.kind not in kinds or (said.kind == "disposal" and not said.keep):
        problems.append("kind")
    if not said.keep and not (said.years is not None and 0 <= said.years <= MOST_YEARS):
        problems.append("years")
    if said.keep and said.years is not None:
        problems.append("years_kept")
    if said.counted_from not in (FROM_DATED, FROM_ADULT) or (
        said.counted_from == FROM_ADULT and said.kind not in about_child
    ):
        problems.append("counted_from")
    if not said.reference.strip():
        problems.append("reference")
    if said.decided_on is None or said.decided_on > today:
        problems.append("decided_on")
    return problems
