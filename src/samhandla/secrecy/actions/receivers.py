"""Receiving functions: to whom something can be handed over, never about whom."""

from __future__ import annotations

from samhandla.people.models import Organisation
from samhandla.secrecy.errors import NotAllowed, Refused
from samhandla.secrecy.models import Receiver
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Domain
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def open_receiver(*, by: Viewer, domain: Domain, unit: Organisation, name: str, phone: str = "") -> Receiver:
    """Name a function that takes what is handed over to a secrecy domain of the viewer's own authority.

    Raises:
        NotAllowed: the viewer does not keep the duties, or the domain or unit is another authority's.
        Refused: `name` is missing.
    """
    own = by.authority_id
    if not by.may(Permission.DUTY_EDIT) or domain.authority_id != own or unit.authority_id != own:
        raise NotAllowed
    if not name.strip():
        raise Refused("name")
    row = Receiver.objects.create(domain=domain, unit=unit, name=name.strip(), phone=phone.strip())
    record(EventKind.RECEIVER_CHANGED, by=by, about=row)
    return row


@action
def close_receiver(*, by: Viewer, receiver_id: int) -> Receiver:
    """Let a function take nothing more; what it has received stays with it.

    Raises:
        NotAllowed: as above.
    """
    row = Receiver.objects.select_for_update(of=("self",)).select_related("domain").get(pk=receiver_id)
    if not by.may(Permission.DUTY_EDIT) or row.domain.authority_id != by.authority_id:
        raise NotAllowed
    row.active = False
    row.save(update_fields=["active"])
    record(EventKind.RECEIVER_CHANGED, by=by, about=row)
    return row
