"""`samhandla verify`: proof that nobody has changed the logs."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from samhandla.lib.command import DONE, REFUSED, BadArguments, Subparsers, emit

WHY = {
    "gone": "raden är borttagen",
    "changed": "raden är ändrad, eller en rad har skjutits in",
    "anchor": "raden stämmer inte med det som antecknades tidigare",
}
NAMES = {"write": "händelser", "read": "läsningar"}


def register(subparsers: Subparsers) -> None:
    """Add `verify` to the command line."""
    verify = subparsers.add_parser("verify", help="kontrollera att loggarna är orörda")
    what = verify.add_subparsers(dest="what", required=True, metavar="vad")
    log = what.add_parser("audit-log", help="kedjan över händelser och läsningar")
    log.add_argument("--anchor", type=Path, metavar="FIL", help="jämför med vad som antecknades förra gången")
    log.add_argument("--write-anchor", type=Path, metavar="FIL", help="anteckna var kedjan slutar nu")
    log.add_argument("--json", action="store_true", help="svara med JSON")
    log.set_defaults(run=_audit_log)


def _audit_log(args: argparse.Namespace) -> int:
    import django

    django.setup()
    from samhandla.trust.chain import LOGS, seal_logs, verify

    anchors = _read_anchor(args.anchor) if args.anchor else {}
    seal_logs()
    found = {log: verify(log, anchors[log]) if log in anchors else verify(log) for log in LOGS}
    answer: dict[str, Any] = {
        log: {
            "rows": v.last.number,
            "hash": v.last.hash,
            "waiting": v.waiting,
            "broken": v.broken,
            "why": v.why,
        }
        for log, v in found.items()
    }
    whole = all(v.broken is None for v in found.values())
    if whole and args.write_anchor:
        kept = {log: {"number": v.last.number, "hash": v.last.hash} for log, v in found.items()}
        args.write_anchor.write_text(json.dumps(kept, indent=2) + "\n", "utf-8")
    emit(answer, as_json=args.json, text="\n".join(_line(log, row) for log, row in answer.items()))
    return DONE if whole else REFUSED


def _line(log: str, row: dict[str, Any]) -> str:
    if row["broken"] is None:
        return f"{NAMES[log]}: kedjan är hel, {row['rows']} rader."
    return f"{NAMES[log]}: kedjan bryts vid rad {row['broken']}: {WHY[row['why']]}."


def _read_anchor(path: Path) -> dict[str, Any]:
    from samhandla.trust.chain import Link

    try:
        told = json.loads(path.read_text("utf-8"))
        return {log: Link(int(one["number"]), str(one["hash"])) for log, one in told.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadArguments(
            f"{path}: går inte att läsa som det som --write-anchor skrev ({error})."
        ) from error
