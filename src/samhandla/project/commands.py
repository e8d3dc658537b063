"""Commands of the installation itself; each is imported only when it is called."""

from __future__ import annotations

import argparse
from pathlib import Path

from samhandla.lib.command import Subparsers


def register(subparsers: Subparsers) -> None:
    """Add the installation's commands."""
    demo = subparsers.add_parser("demo", help="starta en påhittad kommun på den här datorn")
    demo.add_argument("--port", type=int, help="webbserverns port (annars PORT eller 8000)")
    demo.add_argument("--data", type=Path, metavar="MAPP", help="var allt sparas (annars var/demo)")
    demo.set_defaults(run=_demo)


def _demo(args: argparse.Namespace) -> int:
    from samhandla.project import demo

    return demo.run(args)
