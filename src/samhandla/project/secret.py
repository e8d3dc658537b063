"""The installation's secret, when the environment does not give one."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def stored_secret(var_dir: Path) -> str:
    """Return the secret in `var/secret`, made (readable by this user only) the first time."""
    path = var_dir / "secret"
    if not path.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
