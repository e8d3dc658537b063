"""A run from start to undo: started, rehearsed, committed, taken back, failed.

A rehearsal writes nothing but its own figures. A commit is one transaction: whoever kills it leaves
nothing behind. The database decides in the end: what the rehearsal promised is counted anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from samhandla.integrations.actions import register_groups, register_people
from samhandla.integrations.actions.attendance import (
    AttendancePlan,
    Outside,
    commit_attendance,
    plan_attendance,
)
from samhandla.integrations.actions.ledger import Ledger
from samhandla.integrations.actions.marked import mark_named
from samhandla.integrations.actions.writing import Writing
from samhandla.integrations.delivery import REGISTER_RESOURCES, TOTALS, Delivery
from samhandla.integrations.errors import NotReady
from samhandla.integrations.models import Batch, BatchRefusal, Source, SourceKind
from samhandla.integrations.queries import known_rows, same_file_before
from samhandla.integrations.records import Refused
from samhandla.integrations.rules.keys import Keyer
from samhandla.integrations.rules.limits import Stop, limits_for, nothing_taken, stops_of
from samhandla.integrations.rules.plan import plan_register
from samhandla.integrations.rules.planned import RegisterPlan, Terms
from samhandla.integrations.words import stop_text
from samhandla.lib.i18n import N_, Said, storable
from samhandla.people.actions import derive_access
from samhandla.people.queries import domain_of, today
from samhandla.people.register import areas_by_name
from samhandla.trust import crypto
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Authority, Branch
from samhandla.trust.viewer import Viewer

REFUSALS_KEPT = 10_000
# When one of these broke off, what came is no ground to judge the rest by.
NEEDED_WHOLE = (*REGISTER_RESOURCES, "calendarEvents", "attendances", TOTALS, "deletedEntities")
REASON_LENGTH = 300


@dataclass
class Outcome:
    """What a rehearsal or a commit found."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    stops: list[Stop] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    refused: list[tuple[str, Refused]] = field(default_factory=list)
    remarks: list[tuple[str, int]] = field(default_factory=list)
    window: Any = None

    @property
    def stopped(self) -> str:
        return stop_text(self.stops, self.names) if self.stops else ""


@action
def start_batch(
    *,
    by: Viewer,
    source: Source,
    wants_commit: bool = False,
    scope_id: int | None = None,
    actor_id: int | None = None,
) -> Batch:
    """Note that a run begins.

    Args:
        wants_commit: take it in at once when nothing stops it, as a scheduled run does.
        scope_id: only this unit and those below it; else the source's own limit, if it has one.
        actor_id: who asked for it, when a job runs it.
    """
    batch = Batch.objects.create(
        source=source,
        authority_id=source.authority_id,
        actor_id=actor_id or by.actor_id,
        wants_commit=wants_commit,
        scope_id=scope_id or source.scope_id,
        stage="waiting",
    )
    record(EventKind.BATCH_STARTED, by=by, about=batch)
    return batch


@action
def attach_file(
    *,
    by: Viewer,
    batch: Batch,
    name: str,
    sha256: str,
    mapping: str,
    unit: str | None,
    stage: str = "waiting",
    period: tuple[date, date] | None = None,
) -> Batch:
    """Note which file a run is about and how it is read; its content is kept beside the database.

    Args:
        stage: `columns` while somebody has still to say what the columns mean.
        period: first and last day of sums whose file does not say it.
    """
    told = period and [day.isoformat() for day in period]
    cursor = {**batch.cursor, "mapping": mapping, "unit": unit, "period": told}
    _set(batch, file_name=name[:200], file_sha256=sha256, cursor=cursor, stage=stage)
    record(EventKind.BATCH_STARTED, by=by, about=batch)
    return batch


def keyer_of(authority_id: int) -> Keyer:
    """Return the hashes by which an authority's sources know people and units."""
    return Keyer(crypto.derive_key(settings.SAMHANDLA_SECRET, f"import-link {authority_id}"))


@action
def rehearse(*, by: Viewer, batch: Batch, delivery: Delivery) -> Outcome:
    """Find out what a commit would do, and store the figures and the refused rows.

    Attendance of pupils who are not in the register yet can only be told with the register written:
    then that is done, and rolled back.
    """
    with transaction.atomic():
        outcome = _carry_out(by, batch, delivery, keep=False)
        transaction.set_rollback(True)
    _store_outcome(batch, delivery, outcome)
    state = Batch.State.STOPPED if outcome.stops else Batch.State.REHEARSED
    _set(batch, state=state, **_reason(outcome.stopped), finished_at=timezone.now(), stage="")
    record(EventKind.BATCH_REHEARSED, by=by, about=batch, details={"state": state, **_sums(outcome)})
    return outcome


@action
def commit(*, by: Viewer, batch: Batch, delivery: Delivery) -> Outcome:
    """Take a run in: register, attendance, access and figures in one transaction.

    Raises:
        NotReady: the batch has been taken in or taken back already.
    """
    locked = Batch.objects.select_for_update().get(pk=batch.pk)
    if locked.state in (Batch.State.COMMITTED, Batch.State.UNDONE):
        raise NotReady(N_("Importen är redan intagen eller ångrad. Starta en ny import i stället."))
    with transaction.atomic():
        outcome = _carry_out(by, batch, delivery, keep=True)
        if outcome.stops:
            transaction.set_rollback(True)
    _store_outcome(batch, delivery, outcome)
    now = timezone.now()
    if outcome.stops:
        _set(batch, state=Batch.State.STOPPED, **_reason(outcome.stopped), finished_at=now, stage="")
    else:
        done = {"committed_at": now, "finished_at": now, "stage": ""}
        _set(batch, state=Batch.State.COMMITTED, **_reason(""), **done)
    record(EventKind.BATCH_COMMITTED, by=by, about=batch, details={"state": batch.state, **_sums(outcome)})
    return outcome


@action
def ask_for(*, by: Viewer, batch: Batch, what: str) -> Batch:
    """Note that somebody asked for the next step, so that the page shows it until a job takes over.

    Args:
        what: `write`, `undo` or `waiting`.
    """
    asked: dict[str, Any] = {"stage": what, "attempts": 0, **_reason("")}
    if what != "undo":
        asked |= {"state": Batch.State.RUNNING, "take_in": what == "write", "actor_id": by.actor_id}
    _set(batch, **asked)
    record(EventKind.BATCH_STARTED, by=by, about=batch, details={"what": what})
    return batch


@action
def fail_batch(*, by: Viewer, batch: Batch, reason: str) -> Batch:
    """Note that a run ended by a fault; what was fetched is kept, so that it can go on."""
    _set(batch, state=Batch.State.FAILED, **_reason(reason), finished_at=timezone.now(), stage="")
    record(EventKind.BATCH_FAILED, by=by, about=batch)
    return batch


@action
def note_attempt(*, by: Viewer, batch: Batch) -> Batch:
    """Note that a run that was broken off is taken up again by itself."""
    _set(batch, attempts=batch.attempts + 1)
    record(EventKind.BATCH_STARTED, by=by, about=batch, details={"attempt": batch.attempts})
    return batch


@action
def note_fetched(*, by: Viewer, batch: Batch, rows: int) -> Batch:
    """Note that somebody fetched as a file what was not taken; it names rows by the source's own ids."""
    record(EventKind.REFUSALS_FETCHED, by=by, about=batch, details={"rows": rows})
    return batch


@action
def note_refused_undo(*, by: Viewer, batch: Batch, reason: str) -> Batch:
    """Note why a batch could not be taken back; it stays taken in."""
    _set(batch, **_reason(reason), stage="")
    record(EventKind.BATCH_FAILED, by=by, about=batch)
    return batch


def _carry_out(by: Viewer, batch: Batch, delivery: Delivery, *, keep: bool) -> Outcome:
    """Plan, check the limits and, unless they stop it, write everything in the running transaction."""
    source = batch.source
    keyer = keyer_of(source.authority_id)
    authority = Authority.objects.get(pk=source.authority_id)
    known = known_rows(by, source, batch.scope_id)
    terms = Terms(
        keyer,
        today(),
        source.protection,
        source.settings.get("huvudman"),
        authority.organisation_number,
        source.roles,
    )
    plan = plan_register(delivery, known, terms)
    outcome = Outcome(names=plan.names)
    broken = sorted(delivery.failed & set(NEEDED_WHOLE))
    outcome.stops = [Stop("incomplete", name) for name in broken] + [
        *plan.stops,
        *(s for f in plan.facts for s in stops_of(f, _limits(source, f.resource))),
    ]
    outcome.counts = {name: counts.as_dict() for name, counts in plan.counts.items()}
    outcome.refused = [(name, one) for name, rows in delivery.refused.items() for one in rows]
    if outcome.stops:
        return outcome
    ledger = Ledger(by, batch)
    if keep or delivery.attendance is not None:
        outcome.remarks = _write_register(by, source, ledger, plan, known, keyer)
    others = Outside(plan.outside, plan.outside_units, plan.went_until)
    attendance = plan_attendance(by, source, delivery, keyer, known.scope, others)
    if attendance is not None:
        _judge(source, outcome, attendance)
    if keep:
        # A rehearsal only says so; a run that nobody watches must not pass for a good one.
        outcome.stops += nothing_taken(outcome.counts, whole=_is_whole(source, delivery))
    if keep and not outcome.stops:
        if not ledger.empty:
            ledger.seal()
        if attendance is not None:
            commit_attendance(by, source, batch, attendance)
    return outcome


def _is_whole(source: Source, delivery: Delivery) -> bool:
    """Tell whether a delivery without any row at all must be a fault, not a quiet night."""
    return source.kind == SourceKind.FILE or "persons" in delivery.complete


def _limits(source: Source, resource: str) -> Any:
    return limits_for(resource, source.limits)


def _judge(source: Source, outcome: Outcome, attendance: AttendancePlan) -> None:
    outcome.counts[attendance.name] = attendance.counts.as_dict()
    outcome.refused += [(attendance.name, one) for one in attendance.resolved.refused]
    outcome.window = attendance.window
    for facts in attendance.facts:
        outcome.stops += stops_of(facts, _limits(source, facts.resource))


def _write_register(
    by: Viewer, source: Source, ledger: Ledger, plan: RegisterPlan, known: Any, keyer: Keyer
) -> list[tuple[str, int]]:
    """Write the register. Returns: what was met on the way, with how often."""
    run = Writing(
        by=by,
        source=source,
        ledger=ledger,
        plan=plan,
        known=known,
        keyer=keyer,
        today=today(),
        domain_id=domain_of(source.authority_id, Branch.SCHOOL).pk,
        areas=_areas(source),
    )
    register_people.write_organisations(run)
    register_people.write_guardians(run)
    register_people.write_children(run)
    register_people.lift_protection(run)
    mark_named(run)
    register_groups.write_groups(run)
    register_groups.write_staff(run)
    register_groups.write_duties(run)
    register_groups.mark_missing(run)
    register_groups.leave_out(run)
    if not ledger.empty:
        derive_access(by.authority_id)
    return run.remarks


def _areas(source: Source) -> dict[str, int]:
    """Return postal code → area, for the postal codes that the source's settings give an area."""
    wanted = source.settings.get("areas", {})
    known = areas_by_name() if wanted else {}
    return {code: known[name] for code, name in wanted.items() if name in known}


def _store_outcome(batch: Batch, delivery: Delivery, outcome: Outcome) -> None:
    BatchRefusal.objects.filter(batch=batch).delete()
    BatchRefusal.objects.bulk_create(
        [_refusal(batch, name, one) for name, one in _first(outcome.refused)], batch_size=5_000
    )
    met = [*delivery.remarks, *outcome.remarks]
    remarks = [{"text": storable(text), "rows": rows} for text, rows in met]
    whole = [(name, why) for name, why in delivery.state.items() if why]
    remarks += [{"text": storable(why), "rows": 0, "resource": name} for name, why in whole]
    first, last = outcome.window or (None, None)
    same = same_file_before(batch)
    if delivery.duties:
        words = sorted({duty.role for duty in delivery.duties})
        _set(batch, cursor={**batch.cursor, "duty_words": words})
    _set(batch, counts=outcome.counts, remarks=remarks, data_from=first, data_to=last, same_as=same)


def _first(refused: Iterable[tuple[str, Refused]]) -> list[tuple[str, Refused]]:
    """Return as many as are kept, whole rows that were refused before remarks on single fields."""
    return sorted(refused, key=lambda pair: pair[1].kept)[:REFUSALS_KEPT]


def _refusal(batch: Batch, name: str, one: Refused) -> BatchRefusal:
    return BatchRefusal(
        batch=batch,
        authority_id=batch.authority_id,
        resource=name,
        row=str(one.row)[:64],
        field=one.field[:60],
        reason=one.reason[:REASON_LENGTH],
        said=_said(one.reason),
        kept=one.kept,
    )


def _said(reason: str) -> Any:
    """Return how a reason was made; None for a sentence without parts."""
    return storable(reason) if isinstance(reason, Said) and reason.parts else None


def _reason(reason: str) -> dict[str, Any]:
    return {"reason": str(reason), "said": _said(reason)}


def _set(batch: Batch, **values: Any) -> None:
    for name, value in values.items():
        setattr(batch, name, value)
    Batch.objects.filter(pk=batch.pk).update(**values)


def _sums(outcome: Outcome) -> dict[str, Any]:
    return {"counts": outcome.counts, "stops": [stop.code for stop in outcome.stops]}
