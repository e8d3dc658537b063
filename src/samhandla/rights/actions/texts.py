"""Information texts approved version by version, and whom one can ask."""

from __future__ import annotations

from datetime import date

from samhandla.rights.errors import NotAllowed, NotYours, Refused
from samhandla.rights.models import Audience, DataContact, InformationText
from samhandla.rights.queries.information import contact_of, drafted, processings_of
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def approve_text(*, by: Viewer, audience: str, on: date) -> InformationText:
    """Approve an audience's text as it stands today, whole, as its next version.

    Raises:
        NotAllowed: the viewer approves no texts.
        NotYours: there is no such audience.
        Refused: `contact` or `processings` is missing, so that the text would not say what it must.
    """
    _require(by)
    if audience not in Audience.values:
        raise NotYours
    problems = [] if contact_of(by.authority_id) else ["contact"]
    if not processings_of(by.authority_id, audience):
        problems.append("processings")
    if problems:
        raise Refused(*problems)
    rows = InformationText.objects.filter(authority_id=by.authority_id, audience=audience)
    latest = rows.order_by("-version").values_list("version", flat=True).first() or 0
    row = InformationText.objects.create(
        authority_id=by.authority_id, audience=audience, version=latest + 1,
        content=drafted(by.authority_id, audience), approved_by_id=by.actor_id, approved_on=on,
    )  # fmt: skip
    record(
        EventKind.INFORMATION_APPROVED,
        by=by,
        about=row,
        details={"audience": audience, "version": row.version},
    )
    return row


@action
def set_contact(*, by: Viewer, name: str, email: str, phone: str, address: str) -> DataContact:
    """Say how the data protection officer is reached.

    Raises:
        NotAllowed: as above. Refused: `name`, or `reach` when there is no way to be reached.
    """
    _require(by)
    problems = [] if name.strip() else ["name"]
    if not (email.strip() or phone.strip() or address.strip()):
        problems.append("reach")
    if problems:
        raise Refused(*problems)
    said = {"name": name.strip(), "email": email.strip(), "phone": phone.strip(), "address": address.strip()}
    row, _made = DataContact.objects.update_or_create(authority_id=by.authority_id, defaults=said)
    record(EventKind.INFORMATION_CONTACT_SET, by=by, about=row)
    return row


def _require(by: Viewer) -> None:
    if not by.may(Permission.RIGHTS_TEXT):
        raise NotAllowed
