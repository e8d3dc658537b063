"""What every `samhandla …` command shares: exit codes, JSON output, refusals."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

DONE = 0
BAD_ARGUMENTS = 2
REFUSED = 3

Subparsers = argparse._SubParsersAction  # the type argparse gives no public name
Run = Callable[[argparse.Namespace], int]


class Refusal(Exception):
    """A command said no: the message tells what happened, why, and what to do."""


class BadArguments(Exception):
    """A command was called with words or files that it cannot use."""


def emit(result: dict[str, Any], *, as_json: bool, text: str = "") -> None:
    """Print a result for a program (one JSON object) or for a person (its text)."""
    if as_json:
        sys.stdout.write(json.dumps(result, ensure_ascii=False, default=_plain) + "\n")
    else:
        sys.stdout.write((text or json.dumps(result, ensure_ascii=False, indent=2, default=_plain)) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
