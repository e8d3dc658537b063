"""The command line's way into the database: as the service of one authority."""

from __future__ import annotations

import argparse
import os
from typing import Any
from urllib.parse import urlsplit

import django
from django.db import OperationalError, ProgrammingError

from samhandla.integrations.delivery import capabilities_of
from samhandla.lib.command import BadArguments, Refusal

ROWS_LISTED = 1_000


def import_file_into_database(args: argparse.Namespace, mapping: str, *, person_file: bool) -> dict[str, Any]:
    """Take in a file, or rehearse it, and return the answer of the command."""
    by = _service(args.authority)
    from samhandla.integrations.actions import batches, sources, staging
    from samhandla.integrations.actions.lock import only_import_of
    from samhandla.integrations.queries import register_sources, sources_for
    from samhandla.trust.viewer import acting_as

    name = args.source or f"Fil: {args.preset}"
    with acting_as(by):
        source = sources_for(by).filter(name=name).first()
        register = _register_source(args, register_sources(by))
    if source is None:
        refers = None if person_file else register
        source = sources.save_source(
            by=by, name=name, kind="file", preset_name=args.preset, register_source=refers
        )
    # Held from before the run is noted, so that it is not taken for one that was broken off.
    with only_import_of(source.pk, source.name):
        batch = batches.start_batch(by=by, source=source, wants_commit=not args.dry_run)
        with args.path.open("rb") as file:
            _, sha = staging.keep_file(batch.pk, args.path.name, iter(lambda: file.read(1 << 20), b""))
        about = {"name": args.path.name, "sha256": sha, "mapping": mapping, "unit": args.unit}
        batches.attach_file(by=by, batch=batch, **about)
        answer = _run(by, batch.pk)
    return {**answer, **_rows(by, batch.pk, answer)}


def import_ss12000_into_database(args: argparse.Namespace) -> dict[str, Any]:
    """Take in an SS 12000 source, or rehearse it, and return the answer of the command."""
    by = _service(args.authority)
    from samhandla.integrations.actions import batches, sources
    from samhandla.integrations.queries import sources_for
    from samhandla.trust.viewer import acting_as

    name = args.source or f"SS 12000 {urlsplit(args.base_url).hostname}"
    with acting_as(by):
        source = sources_for(by).filter(name=name).first()
    kept = dict(source.settings) if source else {}
    kept |= {"base_url": args.base_url, "token_url": args.token_url or "", "client_id": args.client_id or ""}
    if args.huvudman:
        kept["huvudman"] = args.huvudman
    if args.first or args.last:
        kept["window"] = [str(args.first or args.last), str(args.last or args.first)]
    secret = {"token": args.token} if args.token else {"client_secret": args.client_secret}
    credentials = secret if any(secret.values()) else None
    fields: dict[str, Any] = {"settings": kept}
    if source is None:
        fields |= {"name": name, "kind": "ss12000"}
    source = sources.save_source(by=by, source=source, credentials=credentials, **fields)
    batch = batches.start_batch(by=by, source=source, wants_commit=not args.dry_run)
    return _run(by, batch.pk)


def _service(wanted: str | None) -> Any:
    """Set up Django and return the service of the authority meant: one that has schools.

    A single board is meant when nobody says which. Between several nothing is chosen for whoever asks: the
    pupils of one would come into the register of another.

    Raises:
        BadArguments: it is not told, or not to be found. Refusal: the database is not ready.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samhandla.project.settings")
    try:
        django.setup()
        from samhandla.people.queries import service_viewer
        from samhandla.trust.models import Authority, Branch

        found = list(Authority.objects.filter(domains__branch=Branch.SCHOOL).order_by("pk"))
    except (OperationalError, ProgrammingError) as error:
        raise Refusal(
            "Databasen är inte klar att ta emot något. Starta med make demo, eller kör "
            "python -m samhandla.project.manage migrate."
        ) from error
    if wanted:
        found = [one for one in found if wanted in (one.name, str(one.pk))]
    boards = [one for one in found if one.kind == "board"] or found
    if not boards:
        raise BadArguments("Ingen huvudman med det namnet har skola i databasen. Ange --authority.")
    if len(boards) > 1:
        names = ", ".join(f"{one.name} ({one.pk})" for one in boards)
        raise BadArguments(f"Flera huvudmän finns: {names}. Ange vilken med --authority.")
    return service_viewer(boards[0].pk)


def _register_source(args: argparse.Namespace, known: list[Any]) -> Any:
    if args.register_source:
        named = [one for one in known if one.name == args.register_source]
        if not named:
            raise BadArguments(f"Källan {args.register_source} finns inte.")
        return named[0]
    return known[0] if known else None


def _run(by: Any, batch_id: int) -> dict[str, Any]:
    from samhandla.integrations.actions.running import FAULTS, run_batch
    from samhandla.integrations.queries import get_batch_for
    from samhandla.trust.viewer import acting_as

    try:
        outcome = run_batch(by, batch_id)
    except FAULTS as error:
        raise Refusal(str(error)) from error
    with acting_as(by):
        batch = get_batch_for(by, batch_id)
    assert batch is not None
    states = {name: (state, why) for name, (state, why) in batch.cursor.get("states", {}).items()}
    return {
        "resources": outcome.counts,
        "capabilities": capabilities_of(states),
        "stopped": outcome.stopped or None,
        "state": batch.state,
        "batch": batch.pk,
    }


def _rows(by: Any, batch_id: int, answer: dict[str, Any]) -> dict[str, Any]:
    from samhandla.integrations.queries import list_refusals_for
    from samhandla.trust.viewer import acting_as

    with acting_as(by):
        rows = [one for one in list_refusals_for(by, batch_id, ROWS_LISTED) if not one.kept]
    listed = [{"row": int(one.row) if one.row.isdigit() else one.row, "reason": one.reason} for one in rows]
    return {"rows": sum(c["read"] for c in answer["resources"].values()), "refused_rows": listed}
