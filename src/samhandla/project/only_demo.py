"""The demonstration, and the guard that what eases it can be switched on nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

# What tells that this is somebody's real installation.
_REAL = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINT_URL", "SAMHANDLA_HTTPS", "SAMHANDLA_IDP")
NO_DEMO = "real"  # `samhandla setup` puts this file beside the data


def is_demo(environment: Mapping[str, str], folder: Path) -> bool:
    """Tell whether this is the demonstration with invented people.

    Raises:
        ImproperlyConfigured: it is asked for where real data may be.
    """
    if environment.get("SAMHANDLA_DEMO") != "1":
        return False
    found = [name for name in _REAL if environment.get(name)]
    if (folder / NO_DEMO).exists():
        found.append(str(folder / NO_DEMO))
    if found:
        raise ImproperlyConfigured(
            f"SAMHANDLA_DEMO är satt tillsammans med {', '.join(found)}. Demonstrationen har kända lösenord"
            " och körs bara för sig. Ta bort SAMHANDLA_DEMO."
        )
    return True


def mark_as_real(folder: Path) -> None:
    """Put the mark beside the data that keeps the demonstration's ease out of it for good."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NO_DEMO).touch()
