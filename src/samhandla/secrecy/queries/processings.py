"""The register of processings and legal bases of the viewer's authority."""

from __future__ import annotations

from samhandla.secrecy.models import Processing
from samhandla.trust.viewer import Viewer


def list_processings_for(viewer: Viewer) -> list[Processing]:
    """Return what holds, by name. Queries: one."""
    rows = Processing.objects.filter(authority_id=viewer.authority_id, valid_to=None)
    return list(rows.select_related("approved_by").order_by("name", "pk"))


def get_processing_for(viewer: Viewer, processing_id: int) -> Processing | None:
    """Return one that holds; None alike for missing, ended and another authority's. Queries: one."""
    rows = Processing.objects.filter(authority_id=viewer.authority_id, valid_to=None)
    return rows.filter(pk=processing_id).first()
