"""The command line: `samhandla <command> …`."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence

from samhandla.lib.command import BAD_ARGUMENTS, REFUSED, BadArguments, Refusal

# Which module has the command's `register(subparsers)`: only the one that is called is loaded.
COMMANDS = {
    "simulate": "samhandla.integrations.simulator.commands",
    "import": "samhandla.integrations.commands",
    "detect": "samhandla.detect.commands",
    "account": "samhandla.project.accounts",
    "demo": "samhandla.project.commands",
    "migrate": "samhandla.project.commands",
    "doctor": "samhandla.project.commands",
    "backup": "samhandla.project.commands",
    "restore": "samhandla.project.commands",
    "setup": "samhandla.project.commands",
    "verify": "samhandla.trust.commands",
}


def build_parser(called: str | None = None) -> argparse.ArgumentParser:
    """Return the parser.

    Args:
        called: the command's name when it is known; for any other word every command is listed.
    """
    parser = argparse.ArgumentParser(
        prog="samhandla", description="Tidiga och samordnade insatser kring barn och unga."
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="kommando")
    modules = [COMMANDS[called]] if called in COMMANDS else dict.fromkeys(COMMANDS.values())
    for name in modules:
        importlib.import_module(name).register(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    words = sys.argv[1:] if argv is None else argv
    args = build_parser(words[0] if words else None).parse_args(words)
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
