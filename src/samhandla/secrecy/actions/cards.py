"""A card for asking without identity. What is kept names no child, and nothing joins it to one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from samhandla.people.models import Child
from samhandla.secrecy.errors import NotAllowed, NotYours, Refused
from samhandla.secrecy.models import ConsultationCard
from samhandla.secrecy.queries.cards import known_of_child
from samhandla.secrecy.rules.cards import card_problems, stage_of, traps_in
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def make_card(
    *, by: Viewer, child: Child, text: str, kept: Sequence[str] = (), small_seen: bool = False, on: date
) -> ConsultationCard:
    """Make a card of a text that tells nobody who it is about.

    The event says that a card was made, never about whom and not which one.

    Raises:
        NotAllowed: the viewer's role asks for no advice this way.
        NotYours: the child is not to be found.
        Refused: `text` when it is empty; else as `rules.cards.card_problems`.
    """
    if not by.may(Permission.CONSULT):
        raise NotAllowed
    if not Child.objects.filter(pk=child.pk, authority_id=by.authority_id).exists():
        raise NotYours
    if not text.strip():
        raise Refused("text")
    known = known_of_child(by, child, today=on)
    traps = traps_in(text, known)
    problems = card_problems(traps, kept, known, small_seen=small_seen)
    if problems:
        raise Refused(*problems)
    row = ConsultationCard.objects.create(
        authority_id=by.authority_id, stage=stage_of(child.birth_date, on), text=text.strip(),
        kept_words=len(traps), made_by_id=by.actor_id, made_on=on,
    )  # fmt: skip
    record(EventKind.CARD_MADE, by=by, details={"kept": len(traps)})
    return row
