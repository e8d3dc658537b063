"""Django's own commands: `python -m samhandla.project.manage <command>`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from django.core.management import execute_from_command_line

from samhandla.lib.command import REFUSED, Refusal


def main(argv: Sequence[str]) -> int:
    """Run one command; a database that another secret has sealed is refused, as `samhandla migrate` does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samhandla.project.settings")
    if argv[1:2] == ["migrate"]:
        import django

        from samhandla.project.installation import refuse_another_secret

        django.setup()
        try:
            refuse_another_secret()
        except Refusal as error:
            sys.stderr.write(f"migrate: {error}\n")
            return REFUSED
    execute_from_command_line(list(argv))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
