"""Requests by right of the data protection regulation: received, extended, answered; limits lifted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from samhandla.detect.actions.limits import end_signals_of
from samhandla.people.actions.limits import lift_limit, set_limit
from samhandla.people.errors import NotYours as ChildNotYours
from samhandla.people.errors import Refused as AlreadyLimited
from samhandla.people.models import Child, Guardian, Guardianship, ProcessingLimit
from samhandla.people.queries import children_for, domain_of
from samhandla.rights.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.rights.models import Correction, RightsRequest
from samhandla.rights.queries.correctable import Correctable, correctable_for
from samhandla.rights.rules.asker import Adult, asker_problems
from samhandla.rights.rules.clock import extended_due, extension_problem, first_due
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Actor, Branch
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

LONGEST_AGO = timedelta(days=365)
# What a person says in its own words: without them nobody knows what is asked.
IN_WORDS = frozenset({"rectification", "restriction", "objection"})
# Weighed by whoever handles the request, when the family asks on its own page.
WEIGHED_LATER = frozenset({"own_view", "maturity"})
LIMITS = {
    RightsRequest.Kind.OBJECTION: ProcessingLimit.Kind.OBJECTION,
    RightsRequest.Kind.RESTRICTION: ProcessingLimit.Kind.RESTRICTION,
}
GIVEN = (RightsRequest.Outcome.GRANTED, RightsRequest.Outcome.PARTLY)


@dataclass(frozen=True)
class Wish:
    """What somebody asks for, as it was received. `guardian` is None when the child asks."""

    kind: str
    received_on: date
    way: str
    proof: str
    guardian: UUID | None = None
    words: str = ""
    weighing: str = ""


@action
def receive_request(*, by: Viewer, child: Child, wish: Wish, on: date) -> RightsRequest:
    """Register a request that somebody has made at the school, after the checks of the register.

    Raises:
        NotAllowed: the viewer's role receives none.
        NotYours: the child is not to be found.
        Refused: `kind`, `way`, `proof`, `received_on` or `words` is missing or wrong; or why the asker has no
            right (`asker_problems`).
        Conflict: the same person's same request waits already.
    """
    if not by.may(Permission.RIGHTS_RECEIVE):
        raise NotAllowed
    return _receive(by, child, wish, on)


@action
def ask_oneself(*, by: Viewer, child: Child, kind: str, words: str, on: date) -> RightsRequest:
    """Register what a logged-in guardian or pupil asks for about the child, or about itself.

    What must be weighed of age and maturity is weighed by whoever handles it.

    Raises:
        NotAllowed: the viewer is neither.
        NotYours, Refused, Conflict: as `receive_request`.
    """
    if not by.may(Permission.RIGHTS_OWN):
        raise NotAllowed
    guardian = None
    if by.kind == Actor.Kind.GUARDIAN:
        guardian = Guardian.objects.filter(actor_id=by.actor_id).values_list("pk", flat=True).first()
        if guardian is None:
            raise NotYours
    elif child.actor_id != by.actor_id:
        raise NotYours
    wish = Wish(kind, on, RightsRequest.Way.PAGE, RightsRequest.Proof.LOGIN, guardian, words)
    return _receive(by, child, wish, on, asked_by=by.actor_id)


def _receive(by: Viewer, child: Child, wish: Wish, on: date, asked_by: int | None = None) -> RightsRequest:
    if not children_for(by).filter(pk=child.pk).exists():
        raise NotYours
    later = WEIGHED_LATER if asked_by is not None else frozenset()
    problems = [*_said(wish, on), *(p for p in _asking(child, wish, on) if p not in later)]
    if problems:
        raise Refused(*problems)
    waiting = RightsRequest.objects.filter(child=child, kind=wish.kind, answered_on=None)
    if wish.guardian in waiting.values_list("guardian_id", flat=True):
        raise Conflict
    row = RightsRequest.objects.create(
        child=child, unit_id=child.unit_id, domain=domain_of(by.authority_id, Branch.SCHOOL), kind=wish.kind,
        who=RightsRequest.Who.CHILD if wish.guardian is None else RightsRequest.Who.GUARDIAN,
        guardian_id=wish.guardian, asked_by_id=asked_by, way=wish.way, proof=wish.proof,
        words=wish.words.strip(), weighing=wish.weighing.strip(), received_on=wish.received_on,
        due_on=first_due(wish.received_on), registered_by_id=by.actor_id,
    )  # fmt: skip
    note(EventKind.RIGHTS_REQUESTED, by, row, kind=row.kind)
    return row


def _said(wish: Wish, on: date) -> list[str]:
    problems = [] if wish.kind in RightsRequest.Kind.values else ["kind"]
    if wish.way not in RightsRequest.Way.values:
        problems.append("way")
    if wish.proof not in RightsRequest.Proof.values:
        problems.append("proof")
    if not on - LONGEST_AGO <= wish.received_on <= on:
        problems.append("received_on")
    if wish.kind in IN_WORDS and not wish.words.strip():
        problems.append("words")
    return problems


def _asking(child: Child, wish: Wish, on: date) -> list[str]:
    return asker_problems(
        ties=ties_of(child.pk, wish.guardian), born=child.birth_date, weighing=wish.weighing, on=on
    )


def ties_of(child_id: int, guardian: UUID | None) -> list[Adult] | None:
    """Return an adult's ties to a child as the rules take them; None when the child asks."""
    if guardian is None:
        return None
    rows = Guardianship.objects.filter(child_id=child_id, guardian_id=guardian).order_by("-valid_from")
    return [Adult(row.kind, row.valid_from, row.valid_to) for row in rows]


@action
def extend_request(*, by: Viewer, request_id: int, why: str, on: date) -> RightsRequest:
    """Give a request two months more, with the reason that the person is told of.

    Raises:
        NotAllowed, NotYours: as above. Conflict: it is answered.
        Refused: `too_late`, `extended` or `extended_why`.
    """
    row = _lock(by, request_id)
    problem = extension_problem(
        received=row.received_on, today=on, extended=row.extended_on is not None, why=why
    )
    if problem:
        raise Refused(problem)
    row.extended_on, row.extended_why, row.due_on = on, why.strip(), extended_due(row.received_on)
    row.save(update_fields=["extended_on", "extended_why", "due_on"])
    note(EventKind.RIGHTS_EXTENDED, by, row, kind=row.kind)
    return row


@dataclass(frozen=True)
class Right:
    """What is wrong and what is right: `what` is a key of `correctable_for`."""

    what: str
    right: str


@action
def answer_request(
    *, by: Viewer, request_id: int, outcome: str, answer: str, on: date, right: Right | None = None
) -> RightsRequest:
    """Answer a request with reasons; what is granted takes effect at once.

    A granted objection ends the pupil's signals, and the rules are not used on the pupil; a restriction keeps
    the data and uses none of it; a rectification puts the correction beside what was said. An extract
    is answered when it is handed out; here it can only be refused.

    Raises:
        NotAllowed: the viewer's role does not decide this kind.
        NotYours: not to be found. Conflict: it is answered.
        Refused: `outcome`, `answer`, `what`, `right` or `already`.
    """
    row = _lock(by, request_id)
    extract = row.kind == RightsRequest.Kind.ACCESS
    if not by.may(Permission.RIGHTS_HANDLE if extract else Permission.RIGHTS_DECIDE):
        raise NotAllowed
    found = None if right is None else correctable_for(by, row, right.what)
    problems = _answered_badly(row, outcome, answer, right, found)
    if problems:
        raise Refused(*problems)
    if outcome in GIVEN:
        _take_effect(by, row, on, right, found)
    finish(by, row, outcome, answer, on)
    return row


def _answered_badly(
    row: RightsRequest, outcome: str, answer: str, right: Right | None, found: Correctable | None
) -> list[str]:
    only_no = row.kind == RightsRequest.Kind.ACCESS and outcome in GIVEN
    problems = ["outcome"] if outcome not in RightsRequest.Outcome.values or only_no else []
    if not answer.strip():
        problems.append("answer")
    if row.kind == RightsRequest.Kind.RECTIFICATION and outcome in GIVEN:
        if found is None:
            problems.append("what")
        if right is None or not right.right.strip():
            problems.append("right")
    return problems


def _take_effect(
    by: Viewer, row: RightsRequest, on: date, right: Right | None, found: Correctable | None
) -> None:
    if right is not None and found is not None:
        _correct(by, row, on, right, found)
    kind = LIMITS.get(RightsRequest.Kind(row.kind))
    if kind is None:
        return
    try:
        row.limit = set_limit(by=by, child=row.child, kind=kind, on=on)
    except AlreadyLimited:
        raise Refused("already") from None
    except ChildNotYours:
        raise NotYours from None
    end_signals_of(by=by, child=row.child, today=on)


def _correct(by: Viewer, row: RightsRequest, on: date, right: Right, found: Correctable) -> None:
    Correction.objects.create(
        child_id=row.child_id, unit_id=found.unit_id or row.unit_id, domain_id=row.domain_id, request=row,
        table=found.table, row=found.row, field=found.field, heading=found.heading, said=found.said,
        right=right.right.strip(), at_source=found.at_source, by_id=by.actor_id, on=on,
    )  # fmt: skip
    note(EventKind.CORRECTION_NOTED, by, row, table=found.table, field=found.field)


def finish(by: Viewer, row: RightsRequest, outcome: str, answer: str, on: date) -> None:
    """Write the answer of a request that the caller has locked."""
    row.outcome, row.grounds, row.answered_by_id, row.answered_on = outcome, answer.strip(), by.actor_id, on
    row.save(update_fields=["outcome", "grounds", "answered_by", "answered_on", "limit"])
    note(EventKind.RIGHTS_DECIDED, by, row, kind=row.kind, outcome=outcome)


@action
def lift(*, by: Viewer, child: Child, kind: str, reason: str, told_on: date | None, on: date) -> None:
    """Lift an objection (the person has taken it back) or a restriction (the person has been told first).

    Raises:
        NotAllowed, NotYours: as above; NotYours also when no such limit holds.
        Refused: `reason` is missing; `told_on` is missing or to come (article 18.3).
    """
    problems = [] if reason.strip() else ["reason"]
    if told_on is None or told_on > on:
        problems.append("told_on")
    if not by.may(Permission.RIGHTS_DECIDE):
        raise NotAllowed
    if problems:
        raise Refused(*problems)
    try:
        lift_limit(by=by, child=child, kind=kind, on=on, reason=reason.strip())
    except ChildNotYours:
        raise NotYours from None


def _lock(by: Viewer, request_id: int) -> RightsRequest:
    if not (by.may(Permission.RIGHTS_HANDLE) or by.may(Permission.RIGHTS_DECIDE)):
        raise NotAllowed
    return lock_unanswered(request_id)


def lock_unanswered(request_id: int, **only: object) -> RightsRequest:
    """Lock a request that nobody has answered; the database lets no other be changed.

    Raises:
        NotYours: not to be found. Conflict: it is answered.
    """
    rows = RightsRequest.objects.filter(pk=request_id, **only)
    if rows.filter(answered_on__isnull=False).exists():
        raise Conflict
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        raise NotYours
    return row


def note(event: EventKind, by: Viewer, row: RightsRequest, **details: object) -> None:
    """Record what was done with a request; read by those who work at the unit, not by other adults."""
    record(event, by=by, about=row, unit_id=row.unit_id, domain_id=row.domain_id, details=dict(details))
