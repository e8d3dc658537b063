"""Ask for a statistical linkage run, approve it, and make it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import DatabaseError, connection, transaction

from samhandla.govern.linkage import BadFile, Counted, blinded, read_numbers, totals_of
from samhandla.govern.models import LinkageApproval, LinkageResult, LinkageRun
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Branch, Domain
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

LEAST_WORDS = 20  # a purpose that can be weighed takes more than a word


class LinkageRefused(Exception):
    """The run may not be asked for, approved or made; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Wanted:
    """What is asked for: whose attendance, why, by what ground, and for which days."""

    school_id: int
    purpose: str
    ground: str
    first: date
    last: date


@action
def ask_linkage(*, by: Viewer, wanted: Wanted, on: date) -> LinkageRun:
    """Ask for a run. Nothing about anybody is read until both boards' lawyers have approved it.

    Raises:
        LinkageRefused: not a social board's controller, no such school authority, or too few words.
    """
    social = Domain.objects.filter(authority_id=by.authority_id, branch=Branch.SOCIAL).exists()
    if not social or not by.may(Permission.LINKAGE_RUN):
        raise LinkageRefused("not_yours")
    if not Domain.objects.filter(authority_id=wanted.school_id, branch=Branch.SCHOOL).exists():
        raise LinkageRefused("school")
    if len(wanted.purpose.strip()) < LEAST_WORDS or not wanted.ground.strip():
        raise LinkageRefused("words")
    if wanted.first > wanted.last:
        raise LinkageRefused("dates")
    row = LinkageRun.objects.create(
        authority_id=by.authority_id, school_id=wanted.school_id, purpose=wanted.purpose.strip(),
        ground=wanted.ground.strip(), first=wanted.first, last=wanted.last, asked_by_id=by.actor_id,
        asked_on=on,
    )  # fmt: skip
    record(EventKind.LINKAGE_ASKED, by=by, about=row)
    return row


@action
def approve_linkage(*, by: Viewer, run_id: int, on: date) -> LinkageApproval:
    """Approve a run for the viewer's own board.

    Raises:
        LinkageRefused: no right, no such run for this board, approved already, made already, or one's own.
    """
    row = LinkageRun.objects.filter(pk=run_id).first()
    if row is None or by.authority_id not in (row.authority_id, row.school_id):
        raise LinkageRefused("missing")
    if not by.may(Permission.LINKAGE_APPROVE) or row.asked_by_id == by.actor_id:
        raise LinkageRefused("not_yours")
    if row.done_at or row.approvals.filter(authority_id=by.authority_id).exists():
        raise LinkageRefused("done")
    made = LinkageApproval.objects.create(
        run=row, authority_id=by.authority_id, by_id=by.actor_id, name=by.name, on=on
    )
    record(EventKind.LINKAGE_APPROVED, by=by, about=row)
    return made


@action
def make_linkage(*, by: Viewer, run_id: int, data: bytes) -> LinkageResult:
    """Match the file's numbers with the school's pupils and keep the totals that may leave.

    The file is never stored; what it was matched with never leaves the database function. An approval is for
    one run, so that two runs cannot be compared to tell somebody apart.

    Raises:
        LinkageRefused: not approved by both, made already, or not the viewer's.
        BadFile: the file cannot be read; the run can be made with a better one.
    """
    row = LinkageRun.objects.filter(pk=run_id, authority_id=by.authority_id).first()
    if row is None or not by.may(Permission.LINKAGE_RUN):
        raise LinkageRefused("missing")
    indexes, kinds = blinded(read_numbers(data), school_id=row.school_id)
    counted = _count(run_id, indexes, kinds)
    made = LinkageResult.objects.create(run=row, totals=totals_of(counted))
    details = {"purpose": row.purpose, "ground": row.ground}
    details["approved_by"] = "; ".join(row.approvals.order_by("pk").values_list("name", flat=True))
    record(EventKind.LINKAGE_MADE, by=by, about=row, details=details)
    return made


def _count(run_id: int, indexes: list[str], kinds: list[str]) -> list[Counted]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "select kind, pupils, over_limit from govern_link(%s, %s, %s)", [run_id, indexes, kinds]
            )
            return [Counted(*found) for found in cursor.fetchall()]
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == "42501":
            raise LinkageRefused("not_approved") from None
        raise


__all__ = ["BadFile", "LinkageRefused", "Wanted", "approve_linkage", "ask_linkage", "make_linkage"]
