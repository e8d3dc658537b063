"""The command line: `samhandla <command> …`."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence

from samhandla.lib.command import BAD_ARGUMENTS, REFUSED, BadArguments, Refusal

# Each module has `register(subparsers)`; a command that is not called is not imported by Django.
COMMAND_MODULES = (
    "samhandla.integrations.simulator.commands",
    "samhandla.integrations.commands",
    "samhandla.detect.commands",
    "samhandla.project.accounts",
    "samhandla.project.commands",
)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="samhandla", description="Tidiga och samordnade insatser kring barn och unga."
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="kommando")
    for name in COMMAND_MODULES:
        importlib.import_module(name).register(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    try:
        return int(args.run(args))
    except BadArguments as error:
        return _complain(args, error, BAD_ARGUMENTS)
    except Refusal as error:
        return _complain(args, error, REFUSED)


def _complain(args: argparse.Namespace, error: Exception, code: int) -> int:
    if getattr(args, "json", False):
        sys.stdout.write(json.dumps({"refused": str(error)}, ensure_ascii=False) + "\n")
    sys.stderr.write(f"samhandla {args.command}: {error}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
