"""The register's tables by name, and reads of many rows at once, for imports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models

from samhandla.people.models import (
    Area,
    Assignment,
    Child,
    ChildIdentity,
    Duty,
    Enrolment,
    Group,
    Guardian,
    Guardianship,
    Membership,
    Organisation,
    Staff,
)
from samhandla.trust.viewer import Viewer

# In the order in which later ones refer to earlier ones; taking back goes the other way.
REGISTER: dict[str, type[models.Model]] = {
    model._meta.model_name or "": model
    for model in (
        Organisation,
        Child,
        ChildIdentity,
        Enrolment,
        Guardian,
        Guardianship,
        Group,
        Membership,
        Staff,
        Duty,
        Assignment,
    )
}


def register_rows(
    viewer: Viewer, table: str, columns: Sequence[str], **conditions: Any
) -> list[tuple[Any, ...]]:
    """Return columns of the rows of one table that the viewer may see.

    Args:
        table: a name in REGISTER.
        conditions: as in a filter, e.g. `child_id__in=[…]`.
    Queries: one.
    """
    model = REGISTER[table]
    if any(field.name == "authority" for field in model._meta.concrete_fields):
        conditions["authority_id"] = viewer.authority_id
    rows = model._default_manager.filter(**conditions).order_by("pk")
    return list(rows.values_list(*columns))


def areas_by_name() -> dict[str, int]:
    """Return every area's key by its name."""
    return dict(Area.objects.values_list("name", "pk"))
