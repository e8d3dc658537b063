"""An extract: made from the tables, looked through by a person, handed out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from samhandla.people.models import Child
from samhandla.people.queries import service_viewer
from samhandla.rights.actions.requests import finish, lock_unanswered, note, ties_of
from samhandla.rights.errors import NotAllowed, NotYours, Refused
from samhandla.rights.models import Extract, RightsRequest, Withheld
from samhandla.rights.queries.extracts import bound_to, content_of, decisions_of, hidden_places_of
from samhandla.rights.queries.gather import Asker, gather_extract
from samhandla.rights.rules.asker import asker_problems
from samhandla.rights.rules.pieces import Decision, given_of, texts_of, undecided
from samhandla.trust import crypto
from samhandla.trust.audit import action
from samhandla.trust.events import EventKind
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer, acting_as

PAGE, PAPER, FILE = "page", "paper", "file"
WAYS_OUT = (PAGE, PAPER, FILE)


@action
def make_extract(*, by: Viewer, request_id: int) -> Extract:
    """Take everything that the request is about out of the tables, and seal it; an earlier draft is replaced.

    Raises:
        NotAllowed: the viewer's role handles no extracts.
        NotYours: not to be found, or a request of another kind.
        Conflict: it is handed out or refused.
    """
    request = _request(by, request_id)
    content = gather_extract(by.authority_id, request.child_id, request.domain_id, Asker(request.guardian_id))
    Withheld.objects.filter(extract__request=request).delete()
    Extract.objects.filter(request=request).delete()
    row = Extract(
        request=request, child_id=request.child_id, domain_id=request.domain_id, unit_id=request.unit_id,
        made_by_id=by.actor_id, made_at=timezone.now(),
    )  # fmt: skip
    row.sealed = crypto.encrypt(settings.SAMHANDLA_SECRET, json.dumps(content), bound_to=bound_to(row.key))
    row.save(force_insert=True)
    rows = sum(len(section["rows"]) for section in content)
    note(EventKind.EXTRACT_MADE, by, request, tables=len(content), rows=rows)
    return row


@action
def look_through(
    *, by: Viewer, request_id: int, decisions: Mapping[str, Decision], weighing: str, done: bool
) -> Extract:
    """Keep what a person decides about pieces of an extract, and whether all of it has been read.

    Args:
        decisions: by piece; a piece that is not named keeps what was decided of it before.
        weighing: the pupil's own view, or its maturity, where the rules ask for it; empty keeps the present.
    Raises:
        NotAllowed, NotYours, Conflict: as above; NotYours also before it is made.
        Refused: `ground` when a piece is withheld without one; `piece` when there is no such; and, when it is
            said to be done, `undecided` or what the asker lacks.
    """
    request = _request(by, request_id)
    row = _extract(request)
    pieces = {one.key for one in texts_of(content_of(row), {})}
    problems = _badly_decided(decisions, pieces)
    if problems:
        raise Refused(*problems)
    for key, said in decisions.items():
        Withheld.objects.update_or_create(
            extract=row, piece=key,
            defaults={
                "child_id": row.child_id, "domain_id": row.domain_id, "unit_id": row.unit_id,
                "given": said.given, "ground": said.ground, "by_id": by.actor_id, "at": timezone.now(),
            },
        )  # fmt: skip
    if weighing.strip():
        request.weighing = weighing.strip()
        request.save(update_fields=["weighing"])
    row.looked_at = row.looked_by_id = None
    if done:
        _require_read(by, request, row)
        row.looked_at, row.looked_by_id = timezone.now(), by.actor_id
    row.save(update_fields=["looked_at", "looked_by"])
    note(EventKind.EXTRACT_LOOKED, by, request, done=done)
    return row


def _badly_decided(decisions: Mapping[str, Decision], pieces: set[str]) -> list[str]:
    problems = [] if set(decisions) <= pieces else ["piece"]
    if any(not d.given and d.ground not in Withheld.Ground.values for d in decisions.values()):
        problems.append("ground")
    return problems


def _require_read(by: Viewer, request: RightsRequest, row: Extract) -> None:
    problems = asking_today(by, request)
    if undecided(texts_of(content_of(row), decisions_of(row))):
        problems = ["undecided", *problems]
    if problems:
        raise Refused(*problems)


def asking_today(by: Viewer, request: RightsRequest) -> list[str]:
    """Return why whoever asked has no right any more, as codes: a child may have come of age since."""
    with acting_as(service_viewer(by.authority_id)):
        ties = ties_of(request.child_id, request.guardian_id)
        born = Child.objects.values_list("birth_date", flat=True).get(pk=request.child_id)
    return asker_problems(ties=ties, born=born, weighing=request.weighing, on=timezone.localdate())


@action
def hand_out(*, by: Viewer, request_id: int, how: str, on: date) -> Extract:
    """Hand an extract out to whoever asked: on its own page, on paper, or as a file. It answers the request.

    Raises:
        NotAllowed, NotYours, Conflict: as above.
        Refused: `not_read` before it has been looked through; `how` when it is no way, or the page of whoever
            has none; or why the asker has no right any more.
    """
    request = _request(by, request_id)
    row = _extract(request)
    problems = [] if row.looked_at is not None else ["not_read"]
    if how not in WAYS_OUT or (how == PAGE and request.asked_by_id is None):
        problems.append("how")
    problems += asking_today(by, request)
    if problems:
        raise Refused(*problems)
    row.handed_at, row.handed_by_id, row.handed_how = timezone.now(), by.actor_id, how
    row.save(update_fields=["handed_at", "handed_by", "handed_how"])
    left_out = withheld_grounds(by, request, row)
    outcome = RightsRequest.Outcome.PARTLY if left_out else RightsRequest.Outcome.GRANTED
    finish(by, request, outcome, "; ".join(left_out), on)
    note(EventKind.EXTRACT_HANDED_OUT, by, request, how=how, partly=bool(left_out))
    return row


def withheld_grounds(by: Viewer, request: RightsRequest, row: Extract) -> list[str]:
    """Return the grounds on which something is left out of an extract, in words, each once."""
    hide = hidden_places_of(by, request)
    given: list[dict[str, Any]] = given_of(content_of(row), decisions_of(row), hide_places=hide)
    codes = {code for section in given for one in section["rows"] for code in one["withheld"].values()}
    return [str(Withheld.Ground(code).label) for code in sorted(codes)]


def _request(by: Viewer, request_id: int) -> RightsRequest:
    if not by.may(Permission.RIGHTS_HANDLE):
        raise NotAllowed
    return lock_unanswered(request_id, kind=RightsRequest.Kind.ACCESS)


def _extract(request: RightsRequest) -> Extract:
    row = Extract.objects.select_for_update(of=("self",)).filter(request=request).first()
    if row is None:
        raise NotYours
    return row
