"""Runs a batch: gets the delivery, rehearses it, takes it in when asked to. Used by jobs and commands.

Nothing here holds a transaction while it fetches or reads: progress is seen by others at once, and a
run that is killed goes on from its last stored page.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.utils import timezone

from samhandla.analytics.errors import AnalyticsError
from samhandla.integrations import files
from samhandla.integrations.actions import batches
from samhandla.integrations.actions.batches import Outcome
from samhandla.integrations.actions.lock import only_import_of
from samhandla.integrations.actions.staging import (
    forget,
    keep_refused,
    kept_file,
    kept_refused,
    refused_are_kept,
    stage_page,
    staged_pages,
)
from samhandla.integrations.connect import client_of
from samhandla.integrations.delivery import TOTALS, Delivery
from samhandla.integrations.errors import ImportRefused, NotReady, SourceUnusable
from samhandla.integrations.files.place import FilePlace
from samhandla.integrations.gather import StagedPage, from_edlevo, from_file, from_pages, without_coming
from samhandla.integrations.models import Batch, Source, SourceKind
from samhandla.integrations.queries import EDLEVO, get_batch_for, last_committed, last_full
from samhandla.integrations.ss12000.cursor import Cursor
from samhandla.integrations.ss12000.errors import Ss12000Error
from samhandla.integrations.ss12000.fetch import (
    FetchedPage,
    Plan,
    Progress,
    ResourceDone,
    fetch_all,
    is_whole,
)
from samhandla.integrations.ss12000.resources import NEEDED
from samhandla.lib.i18n import N_, storable
from samhandla.lib.schoolcalendar import school_year_start
from samhandla.people.queries import today
from samhandla.trust import crypto
from samhandla.trust.viewer import Viewer, acting_as

DAYS_BETWEEN_FULL = 7
WINDOW_DAYS = 14  # lessons are corrected afterwards; so far back they are fetched again
SECONDS_BETWEEN_NOTES = 0.5
FAULTS = (ImportRefused, files.FileSourceError, Ss12000Error, AnalyticsError, crypto.CryptoError)
POLICIES = {
    "skip": files.Policy.SKIP,
    "pseudonymised": files.Policy.PSEUDONYM,
    "need_to_know": files.Policy.NEED_TO_KNOW,
}


@dataclass
class Notes:
    """Writes how far a run has come, in transactions of its own and not too often."""

    by: Viewer
    batch: Batch
    last: float = 0.0

    def say(self, stage: str, done: int = 0, total: int = 0, *, now: bool = True, **values: Any) -> None:
        """Store the stage and how much of it is done."""
        if not now and time.monotonic() - self.last < SECONDS_BETWEEN_NOTES:
            return
        self.last = time.monotonic()
        with acting_as(self.by):
            Batch.objects.filter(pk=self.batch.pk).update(stage=stage, done=done, total=total, **values)


def run_batch(by: Viewer, batch_id: int, *, take_in: bool | None = None) -> Outcome:
    """Carry a batch through: fetch or read it, rehearse, and take it in when that is wanted.

    A batch whose run was killed or failed is taken up where it stopped.

    Args:
        take_in: True to take in a rehearsed batch; None leaves it to what the batch was started with.
    Raises:
        ImportBusy: another run of the source is under way.
        ImportRefused, FileSourceError, Ss12000Error, AnalyticsError, CryptoError: as noted on the batch.
    """
    with acting_as(by):
        batch = get_batch_for(by, batch_id)
    if batch is None:
        raise NotReady(N_("Importen finns inte."))
    wanted = batch.wants_commit if take_in is None else take_in
    with only_import_of(batch.source_id, batch.source.name):
        return _run_noting_faults(by, batch, take_in=wanted)


def carry_on(by: Viewer, batch: Batch, *, take_in: bool) -> None:
    """Go on with a batch whose source the caller holds; a fault is noted on the batch."""
    with suppress(*FAULTS):
        _run_noting_faults(by, batch, take_in=take_in)


def _run_noting_faults(by: Viewer, batch: Batch, *, take_in: bool) -> Outcome:
    try:
        return _run(by, batch, take_in=take_in)
    except FAULTS as error:
        with acting_as(by):
            current = get_batch_for(by, batch.pk)
        if current is not None and current.state not in (Batch.State.COMMITTED, Batch.State.UNDONE):
            batches.fail_batch(by=by, batch=current, reason=str(error))
        raise


def _run(by: Viewer, batch: Batch, *, take_in: bool) -> Outcome:
    notes = Notes(by, batch)
    if batch.state not in (Batch.State.COMMITTED, Batch.State.UNDONE):
        notes.say("read", state=Batch.State.RUNNING)
    delivery = deliver(by, batch, notes)
    notes.say("compare", state=Batch.State.RUNNING)
    if not take_in:
        return batches.rehearse(by=by, batch=batch, delivery=delivery)
    notes.say("write")
    outcome = batches.commit(by=by, batch=batch, delivery=delivery)
    if not outcome.stops:
        rows = to_mend(batch, [one.row for _name, one in outcome.refused if not one.kept])
        forget(batch.pk)
        if rows is not None and rows.rows:
            keep_refused(batch.pk, rows)
    return outcome


def has_rows_to_mend(batch: Batch) -> bool:
    """Tell whether refused rows of a batch can still be fetched as they stood."""
    if batch.source.kind != SourceKind.FILE or batch.cursor.get("mapping") in (None, "", EDLEVO):
        return False
    return kept_file(batch.pk) is not None or refused_are_kept(batch.pk)


def to_mend(batch: Batch, numbers: Iterable[int | str]) -> files.RefusedRows | None:
    """Return the refused rows of a batch as they stood in its file; None when it is not kept, or is XML."""
    path, mapping = kept_file(batch.pk), batch.cursor.get("mapping")
    if path is None or mapping in (None, "", EDLEVO):
        return kept_refused(batch.pk)
    read = files.from_json(mapping.encode())
    table = files.open_file(path, header_row=read.header_row, sheet=read.sheet)
    return files.refused_rows(table, read, {int(one) for one in numbers if str(one).isdigit()})


def deliver(by: Viewer, batch: Batch, notes: Notes) -> Delivery:
    """Return what a batch's source delivers.

    Raises:
        SourceUnusable: its file is no longer kept. FileSourceError, Ss12000Error, CryptoError: it cannot be
            read.
    """
    of_file = batch.source.kind == SourceKind.FILE
    return without_coming(_deliver_file(batch) if of_file else _fetch(by, batch, notes), today())


def _deliver_file(batch: Batch) -> Delivery:
    path = kept_file(batch.pk)
    if path is None:
        raise SourceUnusable(N_("Filen är inte kvar. Ladda upp den igen och starta en ny import."))
    told = batch.cursor.get("period")
    period = (date.fromisoformat(told[0]), date.fromisoformat(told[1])) if told else None
    unit = batch.cursor.get("unit")
    return read_file(path, batch.cursor["mapping"], batch.source, unit=unit, period=period)


def read_file(
    path: Path | FilePlace,
    mapping: str,
    source: Source,
    *,
    unit: str | None = None,
    period: tuple[date, date] | None = None,
) -> Delivery:
    """Read a file by a mapping in JSON, with the source's policy for protected identity.

    Args:
        period: first and last day of sums whose file does not say it.

    Raises:
        FileSourceError: the file or the mapping cannot be used.
    """
    if mapping == EDLEVO:
        return from_edlevo(path)
    chosen = msgspec.structs.replace(files.from_json(mapping.encode()), protected=POLICIES[source.protection])
    key = crypto.derive_key(settings.SAMHANDLA_SECRET, f"import-pseudonym {source.pk}")
    options = files.Options(today=today(), unit=unit, window=period, pseudonym_key=key)
    return from_file(path, chosen, options)


def _fetch(by: Viewer, batch: Batch, notes: Notes) -> Delivery:
    """Fetch what is not fetched yet, and read all of it."""
    source = batch.source
    with acting_as(by):
        earlier = last_committed(source)
    states: dict[str, tuple[str, str | None]] = {
        name: (state, why) for name, (state, why) in batch.cursor.get("states", {}).items()
    }
    with client_of(source) as client:
        stored = batch.cursor.get("fetch")
        cursor = Cursor.from_json(stored, client.settings.base_url) if stored else None
        plan = Plan(progress=lambda said: _told(notes, said))
        with acting_as(by):
            since = _since(source, earlier)
        window = _window(source, earlier, changes_only=since is not None)
        for one in fetch_all(client, since, window, cursor=cursor, plan=plan):
            if isinstance(one, FetchedPage):
                stage_page(batch.pk, StagedPage(one.resource, one.number, one.data))
            elif isinstance(one, ResourceDone):
                states[one.resource] = (str(one.state), storable(one.reason))
            cursor = one.cursor
            batch.cursor = {**batch.cursor, "fetch": cursor.to_json(), "states": states}
            notes.say("fetch", cursor=batch.cursor, now=isinstance(one, ResourceDone))
    assert cursor is not None  # something is always asked for
    batch.cursor = {**batch.cursor, "full": cursor.since is None, "terms": _terms(source)}
    notes.say("read", cursor=batch.cursor)
    changes_of = [name for name in NEEDED if not is_whole(name, cursor)]
    pages = staged_pages(batch.pk, NEEDED)
    return from_pages(pages, states, window=cursor.window, changes_of=changes_of)


def _told(notes: Notes, said: Progress) -> None:
    notes.say("fetch", done=said.rows, now=False)


def _window(source: Source, earlier: Batch | None, *, changes_only: bool) -> tuple[date, date] | None:
    """Return the days to fetch: two weeks back from what is in use, the first time the school year.

    None when the source, asked for all it has, gave no attendance, and now only changes are asked for.
    """
    day = today()
    if chosen := source.settings.get("window"):
        return date.fromisoformat(chosen[0]), date.fromisoformat(chosen[1])
    first = date.fromisoformat(source.settings.get("first_day") or date.min.isoformat())
    reached = None if earlier is None else _reached(earlier)
    if reached is None:
        nothing = changes_only and earlier is not None and not _offers_attendance(earlier)
        return None if nothing else (max(first, school_year_start(day)), max(first, day))
    days = int(source.settings.get("window_days", WINDOW_DAYS))
    return max(first, min(reached, day) - timedelta(days=days)), max(first, day)


def _reached(earlier: Batch) -> date | None:
    """Return the last day that an earlier run asked for, and got, attendance of."""
    stored = earlier.cursor.get("fetch")
    if not stored or not _offers_attendance(earlier):
        return earlier.data_to
    window = msgspec.json.decode(stored).get("window")
    return date.fromisoformat(window[1]) if window else earlier.data_to


def _offers_attendance(batch: Batch) -> bool:
    states = batch.cursor.get("states", {})
    return any(states.get(name, ["", None])[0] == "complete" for name in ("calendarEvents", TOTALS))


def _since(source: Source, earlier: Batch | None) -> datetime | None:
    """Return since when only changes are asked for; None for everything, which is the default.

    Everything is also fetched once a week, since a change or a deletion may have been missed, and
    whenever it has been decided otherwise how the source is read.
    """
    if not source.settings.get("only_changes") or earlier is None or earlier.committed_at is None:
        return None
    whole = last_full(source)
    if whole is None or whole.committed_at is None or earlier.cursor.get("terms") != _terms(source):
        return None
    if timezone.now() - whole.committed_at > timedelta(days=DAYS_BETWEEN_FULL):
        return None
    return Cursor.from_json(earlier.cursor["fetch"], source.settings.get("base_url", "")).started


def _terms(source: Source) -> str:
    """Return what decides how a source's rows are read, as one word to compare with later."""
    names = ("base_url", "huvudman", "areas")
    terms = [source.protection, *(source.settings.get(name) for name in names)]
    return hashlib.blake2b(msgspec.json.encode(terms, order="sorted"), digest_size=8).hexdigest()
