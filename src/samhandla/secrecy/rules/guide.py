"""The decision guide: may I hand over X to Y? A question without a child, and an answer with its law."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from samhandla.secrecy.rules.law import ANY, Law, Opening
from samhandla.secrecy.rules.walls import DEFAULT, Place, Settings, Wall, wall_between

ADULT = 18


class Answer(StrEnum):
    """How a question ends."""

    WITHIN = "within"  # no wall: role, reason and log
    YES = "yes"  # under this paragraph
    MUST = "must"  # a duty to hand over
    WAIVER = "waiver"  # only with a waiver
    ANONYMOUS = "anonymous"  # no: ask without a name
    REPORT = "report"  # you must report
    PHONE = "phone"  # immediate danger: by telephone, now
    RIGHT = "right"  # the recipient's own right: guardian, pupil, whoever asks for a public document


class Waiver(StrEnum):
    """States of a waiver; missing and refused are two things."""

    GIVEN = "given"
    MISSING = "missing"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Question:
    """What is asked. No child, no name.

    Args:
        circumstances: what is at hand, as the `needs` of openings (e.g. "support", "inquiry_of_social").
        suspicion: it is known or suspected that a child fares ill.
        danger: somebody is in danger now.
        decision: the fact is a decision in a case of other pupil support, which is public (OSL 23:2).
        guardian_may_harm: the child could be seriously harmed if the guardian were told (OSL 12:3).
        has_custody: the guardian asked about has rights (kind known and approved).
        routes: other duties that the same facts may set off, e.g. "degrading", "support", "absence".
    """

    sender: Place
    recipient: Place
    age: int
    on: date
    circumstances: frozenset[str] = frozenset()
    waiver: Waiver = Waiver.MISSING
    suspicion: bool = False
    danger: bool = False
    decision: bool = False
    guardian_may_harm: bool = False
    has_custody: bool = True
    routes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """The answer, under which provisions, what must be weighed, and what else must be done.

    `unapproved` are provisions that would have opened but are not approved by the authority's lawyer.
    """

    answer: Answer
    wall: Wall
    openings: tuple[Opening, ...] = ()
    unapproved: tuple[Opening, ...] = ()
    also: tuple[str, ...] = ()
    why: tuple[str, ...] = field(default=())


ROUTES = {"degrading": "6:10", "support": "3:7", "absence": "7:19a"}


def decide(question: Question, law: Law, settings: Settings = DEFAULT) -> Verdict:
    """Answer a question. Danger and suspicion come first: nothing else delays them."""
    wall = wall_between(question.sender, question.recipient, settings)
    also = tuple(ROUTES[route] for route in sorted(question.routes))
    if question.danger:
        return Verdict(Answer.PHONE, wall, also=("report", *also) if _child(question) else also)
    if question.recipient.branch == "social" and question.suspicion and _child(question):
        return Verdict(Answer.REPORT, wall, _named(law, "report_of_concern"), also=also)
    if question.suspicion and _child(question):
        also = ("report", *also)
    if question.recipient.branch in RIGHTS:
        return RIGHTS[question.recipient.branch](question, wall, also)
    if wall in (Wall.NONE, Wall.INNER):
        return Verdict(Answer.WITHIN, wall, also=also)
    fitting = [o for o in law.openings if _fits(o, question)]
    approved = tuple(o for o in fitting if o.approved)
    unapproved = tuple(o for o in fitting if not o.approved)
    if approved:
        answer = Answer.MUST if any(o.duty for o in approved) else Answer.YES
        return Verdict(answer, wall, approved, unapproved, also)
    return Verdict(_without_opening(question), wall, (), unapproved, also)


def asks(question: Question, law: Law) -> frozenset[str]:
    """Return the circumstances that could open from the sender to the recipient, were they at hand."""
    rows = [o for o in law.openings if _applies(o, question) and o.needs != "waiver"]
    return frozenset(o.needs for o in rows)


def _child(question: Question) -> bool:
    return question.age < ADULT


def _named(law: Law, code: str) -> tuple[Opening, ...]:
    return tuple(o for o in law.openings if o.code == code)


def _fits(opening: Opening, question: Question) -> bool:
    """Tell whether a provision reaches from the sender to the recipient and its circumstance is at hand."""
    if not _applies(opening, question):
        return False
    if opening.needs == "waiver":
        return question.waiver is Waiver.GIVEN
    return opening.needs in question.circumstances


def _applies(opening: Opening, question: Question) -> bool:
    """Tell whether a provision is in force, for a child of that age, from the sender to the recipient."""
    if not opening.holds_on(question.on) or (opening.below is not None and question.age >= opening.below):
        return False
    return _reaches(opening.starts, question.sender) and _ends(opening, question)


def _ends(opening: Opening, question: Question) -> bool:
    if _reaches(opening.ends, question.recipient):
        return True
    own = question.sender.authority is not None and question.sender.authority == question.recipient.authority
    return own and f"own_{question.recipient.branch}" in opening.ends


def _reaches(places: tuple[str, ...], place: Place) -> bool:
    if place.branch in places:
        return True
    return ANY in places and place.authority is not None


def _without_opening(question: Question) -> Answer:
    """A waiver could open it, unless the family has said no; then only a question without a name is left."""
    if question.waiver in (Waiver.REFUSED, Waiver.WITHDRAWN) or question.recipient.branch == "public":
        return Answer.ANONYMOUS
    return Answer.WAIVER


def _to_guardian(question: Question, wall: Wall, also: tuple[str, ...]) -> Verdict:
    if question.age >= ADULT:
        return Verdict(_adult(question), wall, also=also, why=("adult",))
    if not question.has_custody:
        return Verdict(_adult(question), wall, also=also, why=("no_custody",))
    if question.guardian_may_harm:
        return Verdict(Answer.ANONYMOUS, wall, also=also, why=("guardian_may_harm",))
    return Verdict(Answer.RIGHT, wall, also=also, why=("guardian",))


def _adult(question: Question) -> Answer:
    return Answer.YES if question.waiver is Waiver.GIVEN else _without_opening(question)


def _to_child(question: Question, wall: Wall, also: tuple[str, ...]) -> Verdict:
    return Verdict(Answer.RIGHT, wall, also=also, why=("own",))


def _to_public(question: Question, wall: Wall, also: tuple[str, ...]) -> Verdict:
    """Whoever asks for a document: a decision under OSL 23:2 is public, all else goes to the registrar."""
    if question.decision and question.sender.branch in ("school", "pupil_health"):
        return Verdict(Answer.RIGHT, wall, also=also, why=("public_decision",))
    return Verdict(Answer.ANONYMOUS, wall, also=also, why=("registrar",))


RIGHTS = {"guardian": _to_guardian, "child": _to_child, "public": _to_public}
