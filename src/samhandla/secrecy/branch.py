"""From which branch of the authority somebody works: the school, or the medical pupil health (EMI)."""

from __future__ import annotations

from samhandla.trust.models import Branch
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


def branch_of(viewer: Viewer) -> Branch:
    """Return the branch whose rows a viewer makes. Nobody works in EMI and in the school as one person."""
    return Branch.EMI if viewer.may(Permission.EMI_WORK) else Branch.SCHOOL
