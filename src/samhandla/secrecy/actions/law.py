"""An authority's own list of legal openings: delivered, approved, changed, ended."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from samhandla.secrecy.errors import NotAllowed, NotYours, Refused
from samhandla.secrecy.models import LegalOpening
from samhandla.secrecy.rules.law import opening_problems, seeded
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

CHANGEABLE = ("paragraph", "title", "test", "decides", "starts", "ends", "below", "source")


@action
def deliver_law(*, by: Viewer) -> int:
    """Give an authority the openings as they are delivered, unapproved. What it has already stays as it is.

    Returns: how many were new.
    Raises:
        NotAllowed: the viewer is not the authority's lawyer.
    """
    if not by.may(Permission.LAW_APPROVE):
        raise NotAllowed
    known = set(LegalOpening.objects.filter(authority_id=by.authority_id).values_list("code", flat=True))
    rows = []
    for opening in seeded().openings:
        if opening.code in known:
            continue
        values = {key: value for key, value in asdict(opening).items() if key != "approved"}
        values |= {"starts": list(opening.starts), "ends": list(opening.ends)}
        rows.append(LegalOpening(authority_id=by.authority_id, **values))
    LegalOpening.objects.bulk_create(rows)
    record(EventKind.LAW_DELIVERED, by=by, details={"openings": len(rows)})
    return len(rows)


@action
def approve_opening(*, by: Viewer, opening_id: int, on: date) -> LegalOpening:
    """Approve an opening for use in the authority; from now on it can be the ground of a transfer.

    Raises:
        NotAllowed: the viewer is not the authority's lawyer.
        NotYours: not to be found.
        Refused: `question` for what is not verified: it must be changed, with its source, before approval;
            `ended` for what no longer holds.
    """
    row = _own(by, opening_id)
    if row.valid_to is not None:
        raise Refused("ended")
    if row.mark == LegalOpening.Mark.QUESTION:
        raise Refused("question")
    row.approved_by_id, row.approved_on = by.actor_id, on
    row.save(update_fields=["approved_by", "approved_on"])
    record(EventKind.LAW_APPROVED, by=by, about=row, details={"code": row.code})
    return row


@action
def change_opening(*, by: Viewer, opening_id: int, on: date, mark: str, **changes: object) -> LegalOpening:
    """Replace an opening by a version of the authority's own, unapproved until its lawyer approves it.

    The old version ends the day before, and stays: what was handed over under it keeps its ground.

    Raises:
        NotAllowed, NotYours: as above.
        Refused: `ended`, or what `rules.law.opening_problems` finds, `source` among it.
    """
    row = _own(by, opening_id)
    if row.valid_to is not None:
        raise Refused("ended")
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    values |= {key: value for key, value in changes.items() if key in CHANGEABLE}
    problems = opening_problems({**values, "mark": mark})
    if problems:
        raise Refused(*problems)
    values |= {"mark": mark, "valid_from": on, "approved_by_id": None, "approved_on": None}
    row.valid_to = on - timedelta(days=1)
    row.save(update_fields=["valid_to"])
    new = LegalOpening.objects.create(**values)
    record(EventKind.LAW_CHANGED, by=by, about=new, details={"code": new.code})
    return new


@action
def add_opening(
    *, by: Viewer, on: date, mark: str, needs: str, duty: bool = False, **values: Any
) -> LegalOpening:
    """Add an opening of the authority's own, unapproved until its lawyer approves it.

    Args:
        needs: the circumstance that must be at hand; never `waiver`, which has one paragraph of its own.
        values: those of `CHANGEABLE`.
    Raises:
        NotAllowed: the viewer is not the authority's lawyer.
        Refused: what `rules.law.opening_problems` finds, or `needs`.
    """
    if not by.may(Permission.LAW_APPROVE):
        raise NotAllowed
    said = {key: values.get(key) for key in CHANGEABLE}
    problems = opening_problems({**said, "mark": mark})
    if needs not in {one.needs for one in seeded().openings} - {"waiver"}:
        problems.append("needs")
    if problems:
        raise Refused(*problems)
    row = LegalOpening.objects.create(
        authority_id=by.authority_id, code=f"egen-{uuid.uuid4().hex[:8]}", mark=mark, needs=needs, duty=duty,
        valid_from=on, **said,
    )  # fmt: skip
    record(EventKind.LAW_ADDED, by=by, about=row, details={"code": row.code})
    return row


@action
def withdraw_approval(*, by: Viewer, opening_id: int) -> LegalOpening:
    """Take an approval back: from the same minute nothing can be handed over under it.

    Raises:
        NotAllowed, NotYours: as above.
    """
    row = _own(by, opening_id)
    row.approved_by, row.approved_on = None, None
    row.save(update_fields=["approved_by", "approved_on"])
    record(EventKind.LAW_WITHDRAWN, by=by, about=row, details={"code": row.code})
    return row


def _own(by: Viewer, opening_id: int) -> LegalOpening:
    if not by.may(Permission.LAW_APPROVE):
        raise NotAllowed
    rows = LegalOpening.objects.select_for_update().filter(pk=opening_id, authority_id=by.authority_id)
    row = rows.first()
    if row is None:
        raise NotYours
    return row
