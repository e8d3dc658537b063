"""The family's switch: off withdraws every waiver to one receiver; on asks the latest question anew."""

from __future__ import annotations

from datetime import date

from samhandla.people.models import Child
from samhandla.secrecy.actions.waivers import Wish, ask_waiver, withdraw_waiver
from samhandla.secrecy.errors import Conflict, NotAllowed, NotYours
from samhandla.secrecy.models import Waiver
from samhandla.secrecy.queries.switch import Switch, list_switches_for
from samhandla.trust.audit import action
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def switch_off(*, by: Viewer, child: Child, receiver_id: int, today: date) -> int:
    """Withdraw every waiver to one receiver that holds or waits; returns how many there were.

    Raises:
        NotAllowed: the viewer's role hands nothing over.
        NotYours: no such receiver.
        Conflict: it is off already.
    """
    found = _switch(by, child, receiver_id, today)
    if not found.holding:
        raise Conflict
    for row in found.holding:
        withdraw_waiver(by=by, waiver_id=row.waiver.pk)
    return len(found.holding)


@action
def switch_on(*, by: Viewer, child: Child, receiver_id: int, today: date, valid_to: date) -> Waiver:
    """Ask the latest question to that receiver anew; it holds when everybody who decides has answered again.

    Raises:
        NotAllowed, NotYours: as above; also when nothing has ever been asked about that receiver.
        Conflict: it is on, or waits, already.
        Refused: `valid_to` (`ask_waiver`).
    """
    found = _switch(by, child, receiver_id, today)
    if found.latest is None:
        raise NotYours
    if found.holding:
        raise Conflict
    wish = Wish(
        facts=found.latest.facts,
        purpose=found.latest.purpose,
        valid_to=valid_to,
        receiver=found.receiver,
        maturity="",  # weighed anew: a year is long in a child's life
    )
    return ask_waiver(by=by, child=child, wish=wish, on=today)


def _switch(by: Viewer, child: Child, receiver_id: int, today: date) -> Switch:
    if not by.may(Permission.TRANSFER_SEND):
        raise NotAllowed
    # Whoever turns it at the same time waits here, and is told.
    list(Waiver.objects.select_for_update().filter(child=child, receiver_id=receiver_id).values_list("pk"))
    switches = list_switches_for(by, child, today=today)
    found = next((one for one in switches if one.receiver.pk == receiver_id), None)
    if found is None:
        raise NotYours
    return found
