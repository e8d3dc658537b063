"""An uploaded file on its way to becoming a batch: which mapping it gets, what its first rows become."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from samhandla.integrations import files
from samhandla.integrations.actions import batches, staging
from samhandla.integrations.actions.running import POLICIES
from samhandla.integrations.errors import SourceUnusable
from samhandla.integrations.files import FileSourceError, Mapping
from samhandla.integrations.forms import GUESS
from samhandla.integrations.models import Batch, Source
from samhandla.integrations.queries import EDLEVO
from samhandla.integrations.source_check import mapping_named
from samhandla.lib.i18n import N_
from samhandla.people.queries import today
from samhandla.trust.viewer import Viewer

SAMPLE = 60


def receive(
    by: Viewer,
    source: Source,
    name: str,
    chunks: Iterable[bytes],
    preset: str,
    scope_id: int | None,
    *,
    wants_commit: bool = False,
) -> Batch:
    """Keep an uploaded file as a new batch with the mapping that was chosen or guessed.

    A file that cannot be read becomes a failed batch that says why.

    Args:
        wants_commit: take it in at once when nothing stops it, as from a watched folder.
    """
    batch = batches.start_batch(by=by, source=source, scope_id=scope_id, wants_commit=wants_commit)
    path, sha = staging.keep_file(batch.pk, name, chunks)
    try:
        mapping = EDLEVO if preset == EDLEVO else files.to_json(_chosen(by, path, preset)).decode()
    except FileSourceError as error:
        batches.attach_file(by=by, batch=batch, name=name, sha256=sha, mapping="", unit=None)
        return batches.fail_batch(by=by, batch=batch, reason=str(error))
    # From a watched folder nobody is asked what the columns mean.
    stage = "waiting" if mapping == EDLEVO or wants_commit else "columns"
    return batches.attach_file(
        by=by, batch=batch, name=name, sha256=sha, mapping=mapping, unit=None, stage=stage
    )


def _chosen(by: Viewer, path: Any, preset: str) -> Mapping:
    table = files.open_file(path)
    if preset == GUESS:
        return files.guess_mapping(table.headers, table.first_rows[:SAMPLE])
    return mapping_named(by, preset)


def opened(batch: Batch) -> tuple[Any, Mapping]:
    """Return a batch's file and its mapping.

    Raises:
        SourceUnusable: the file is no longer kept. FileSourceError, CryptoError: it cannot be read.
    """
    path = staging.kept_file(batch.pk)
    if path is None or not batch.cursor.get("mapping"):
        raise SourceUnusable(N_("Filen är inte kvar. Ladda upp den igen."))
    mapping = files.from_json(batch.cursor["mapping"].encode())
    mapping = msgspec.structs.replace(mapping, protected=POLICIES[batch.source.protection])
    return files.open_file(path, header_row=mapping.header_row, sheet=mapping.sheet), mapping


def suggested(table: Any, mapping: Mapping) -> Mapping:
    """Return what is proposed for a file's columns before anybody has said what they mean."""
    return files.filled_out(mapping, table.headers, table.first_rows[:SAMPLE])


def preview_of(table: Any, mapping: Mapping, period: tuple[date, date] | None = None) -> files.Preview:
    """Return what the first rows become. Raises: FileSourceError.

    Args:
        period: first and last day of sums whose file does not say it.
    """
    options = files.Options(today=today(), pseudonym_key=b"preview", window=period)
    return files.preview(table, mapping, options)
