"""Who may talk with whom: the family's switch for each receiving function, and what turning it would change.

Made only of what the own authority has written itself: its questions, its answers, what it has handed over,
and the list of receiving functions that everybody may read. Whether the child is known there
is asked nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from samhandla.people.models import Child
from samhandla.secrecy.models import LegalOpening, Receiver, Transfer, Waiver
from samhandla.secrecy.queries.transfers import WaiverRow, list_waivers_for, usable_openings_for
from samhandla.secrecy.rules.guide import Waiver as State
from samhandla.secrecy.rules.law import ANY
from samhandla.trust.viewer import Viewer


@dataclass(frozen=True)
class Switch:
    """One receiving function and what the family has said about it: `on`, `waiting`, `off` or `unasked`."""

    receiver: Receiver
    rows: tuple[WaiverRow, ...]

    @property
    def state(self) -> str:
        states = {row.state for row in self.rows}
        if State.GIVEN in states:
            return "on"
        if State.MISSING in states:
            return "waiting"
        return "off" if states else "unasked"

    @property
    def shut(self) -> bool:
        """Whether nothing is given and nothing waits: the family can say yes."""
        return self.state in ("off", "unasked")

    @property
    def holding(self) -> tuple[WaiverRow, ...]:
        """What ends when the switch is turned off: that which holds, and that which waits for answers."""
        return tuple(row for row in self.rows if row.open)

    @property
    def latest(self) -> Waiver | None:
        """The question that turning on asks anew."""
        return self.rows[0].waiver if self.rows else None


@dataclass(frozen=True)
class Preview:
    """What turning a switch would change.

    `despite` are the provisions by which something may, or must, be handed over whatever the family says.
    """

    switch: Switch
    sent: int
    despite: tuple[LegalOpening, ...]


def list_switches_for(viewer: Viewer, child: Child, *, today: date) -> list[Switch]:
    """Return one switch for each receiving function that takes, or that the family has been asked about.

    The same list for every child but for what its own family has said. Queries: four.
    """
    waivers = list_waivers_for(viewer, child, today=today)
    known = {row.waiver.receiver_id for row in waivers}
    receivers = Receiver.objects.exclude(domain__authority_id=viewer.authority_id).order_by("name", "pk")
    return [
        Switch(one, tuple(row for row in waivers if row.waiver.receiver_id == one.pk))
        for one in receivers
        if one.active or one.pk in known
    ]


def preview_for(viewer: Viewer, child: Child, receiver_id: int, *, today: date) -> Preview | None:
    """Return what turning one switch would change; None when there is no such receiver. Queries: seven."""
    switches = list_switches_for(viewer, child, today=today)
    found = next((one for one in switches if one.receiver.pk == receiver_id), None)
    if found is None:
        return None
    sent = Transfer.objects.filter(child=child, receiver_id=receiver_id).count()
    branch = Receiver.objects.values_list("domain__branch", flat=True).get(pk=receiver_id)
    usable = usable_openings_for(viewer, today=today)
    despite = [row for row in usable if row.needs != "waiver" and {branch, ANY} & set(row.ends)]
    starts = [row for row in despite if {"school", ANY} & set(row.starts)]
    return Preview(found, sent, tuple(starts))
