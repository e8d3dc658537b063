"""`make audit`: known faults in what the lock file names. It asks a public register, and says when it cannot.

Apart from `make check`, which gives the same answer without a network. A register that does not answer is no
approval and no refusal: it is said in so many words, and with `--strict` it counts as a fault.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

BIN = Path(sys.executable).parent
SECONDS = 240
# What pip-audit says of a register that cannot be reached, as opposed to one that answers.
SILENT = (
    "ConnectionError",
    "ConnectionFailed",
    "Max retries",
    "ServiceError",
    "Could not connect",
    "timed out",
    "HTTPError",
)


def main(arguments: list[str]) -> int:
    """Return 0 when nothing is known against any package, 1 when something is."""
    strict = "--strict" in arguments
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        export = [
            str(BIN / "uv"),
            "export",
            "--frozen",
            "--no-emit-project",
            "--quiet",
            "--output-file",
            str(wanted),
        ]
        subprocess.run(export, check=True)  # noqa: S603 - the project's own uv
        audit = [str(BIN / "pip-audit"), "--requirement", str(wanted), "--disable-pip", "--require-hashes"]
        try:
            done = subprocess.run(  # noqa: S603 - the project's own pip-audit
                audit, capture_output=True, text=True, check=False, timeout=SECONDS, env=dict(os.environ)
            )
        except subprocess.TimeoutExpired:
            return _unanswered(strict)
    if done.returncode == 0:
        sys.stdout.write("ok  inga kända brister i beroendena\n")
        return 0
    if any(word in done.stderr for word in SILENT):
        return _unanswered(strict)
    sys.stdout.write(done.stdout + done.stderr)
    sys.stdout.write("FEL kända brister i beroendena, eller en fil som inte går att läsa\n")
    return 1


def _unanswered(strict: bool) -> int:
    sys.stdout.write("OBS beroendena är INTE granskade: registret över brister svarade inte\n")
    return 1 if strict else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
