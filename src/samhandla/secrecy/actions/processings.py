"""An authority's register of processings and legal bases: delivered, approved, changed, added."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from samhandla.secrecy.errors import NotAllowed, NotYours, Refused
from samhandla.secrecy.models import Processing
from samhandla.secrecy.rules.processings import WRITTEN, delivered, processing_problems
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def deliver_processings(*, by: Viewer) -> int:
    """Give an authority the processings as delivered, unapproved; what it has stays. Returns how many.

    Raises:
        NotAllowed: the viewer does not keep the register.
    """
    _require(by)
    known = set(Processing.objects.filter(authority_id=by.authority_id).values_list("code", flat=True))
    rows = [
        Processing(authority_id=by.authority_id, **values)
        for values in delivered()
        if values["code"] not in known
    ]
    Processing.objects.bulk_create(rows)
    record(EventKind.PROCESSING_DELIVERED, by=by, details={"processings": len(rows)})
    return len(rows)


@action
def save_processing(
    *, by: Viewer, values: dict[str, str], on: date, processing_id: int | None = None
) -> Processing:
    """Add a processing, or replace one by a new version, unapproved until somebody approves it.

    The old version ends the day before and stays.

    Raises:
        NotAllowed: the viewer does not keep the register.
        NotYours: not to be found.
        Refused: the names of the fields that say too little, or `ended`.
    """
    _require(by)
    problems = processing_problems(values)
    if values.get("basis") not in Processing.Basis.values and "basis" not in problems:
        problems.append("basis")
    if problems:
        raise Refused(*problems)
    code = f"egen-{uuid.uuid4().hex[:8]}"
    if processing_id is not None:
        old = _own(by, processing_id)
        code, old.valid_to = old.code, on - timedelta(days=1)
        old.save(update_fields=["valid_to"])
    said = {name: values.get(name, "").strip() for name in WRITTEN}
    row = Processing.objects.create(authority_id=by.authority_id, code=code, valid_from=on, **said)
    record(EventKind.PROCESSING_CHANGED, by=by, about=row, details={"code": code})
    return row


@action
def approve_processing(*, by: Viewer, processing_id: int, on: date) -> Processing:
    """Approve a row as the authority's own.

    Raises:
        NotAllowed, NotYours, Refused: as above.
    """
    _require(by)
    row = _own(by, processing_id)
    row.approved_by_id, row.approved_on = by.actor_id, on
    row.save(update_fields=["approved_by", "approved_on"])
    record(EventKind.PROCESSING_APPROVED, by=by, about=row, details={"code": row.code})
    return row


def _require(by: Viewer) -> None:
    if not by.may(Permission.PROCESSING_APPROVE):
        raise NotAllowed


def _own(by: Viewer, processing_id: int) -> Processing:
    rows = Processing.objects.select_for_update().filter(pk=processing_id, authority_id=by.authority_id)
    row = rows.first()
    if row is None:
        raise NotYours
    if row.valid_to is not None:
        raise Refused("ended")
    return row
