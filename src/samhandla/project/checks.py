"""All checks that change nothing; every one runs, and all failures are told at the end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

PYTHON = sys.executable
MANAGE = [PYTHON, "-m", "samhandla.project.manage"]
CHECKS: tuple[tuple[str, list[str]], ...] = (
    ("format", [PYTHON, "-m", "ruff", "format", "--check", "--quiet"]),
    ("lint", [PYTHON, "-m", "ruff", "check", "--quiet", "--output-format", "concise"]),
    ("types", [PYTHON, "-m", "mypy"]),
    ("imports", [os.path.join(os.path.dirname(PYTHON), "lint-imports"), "--no-cache"]),
    ("lock file", [os.path.join(os.path.dirname(PYTHON), "uv"), "lock", "--check", "--quiet"]),
    ("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
    ("translations", [PYTHON, "-m", "samhandla.project.translations", "check"]),
    ("sizes and words", [PYTHON, "-m", "pytest", "tests/sweeps/test_sizes.py", "tests/sweeps/test_terms.py"]),
)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="samhandla-check-") as var:
        os.chmod(var, 0o755)  # noqa: S103 - the database server runs as another user
        environment = {**os.environ, "SAMHANDLA_VAR": var, "SAMHANDLA_DB_ROLE": "owner"}
        failed = [name for name, words in CHECKS if not _passes(name, words, environment)]
    if failed:
        sys.stdout.write("Inte godkänt: " + ", ".join(failed) + "\n")
        return 1
    return 0


def _passes(name: str, words: list[str], environment: dict[str, str]) -> bool:
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    sys.stdout.write(f"{'ok ' if done.returncode == 0 else 'FEL'} {name}\n")
    if done.returncode:
        sys.stdout.write(done.stdout[-6000:] + done.stderr[-3000:] + "\n")
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
