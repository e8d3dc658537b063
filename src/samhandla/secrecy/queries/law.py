"""An authority's law as the guide reads it, and as its lawyer keeps it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from samhandla.secrecy.models import LegalOpening
from samhandla.secrecy.rules.law import Law, Opening, seeded
from samhandla.trust.viewer import Viewer


@dataclass(frozen=True)
class OpeningRow:
    """One opening on the lawyer's list."""

    row: LegalOpening

    @property
    def approved(self) -> bool:
        return self.row.approved_on is not None

    @property
    def question(self) -> bool:
        """Whether it is not verified, and so cannot be approved as it stands."""
        return self.row.mark == LegalOpening.Mark.QUESTION


def law_for(viewer: Viewer) -> Law:
    """Return the law of the viewer's authority; before its list is made, as delivered and unapproved.

    Queries: one.
    """
    rows = LegalOpening.objects.filter(authority_id=viewer.authority_id).order_by("pk")
    openings = tuple(_opening(row) for row in rows)
    return replace(seeded(), openings=openings) if openings else seeded()


def list_openings_for(viewer: Viewer) -> list[OpeningRow]:
    """Return the openings that have not ended, those that wait for approval first. Queries: one."""
    rows = LegalOpening.objects.filter(authority_id=viewer.authority_id, valid_to__isnull=True)
    found = [OpeningRow(row) for row in rows.select_related("approved_by").order_by("pk")]
    return sorted(found, key=lambda one: (one.approved, one.question))


def get_opening_for(viewer: Viewer, opening_id: int) -> LegalOpening | None:
    """Return an opening that has not ended; None alike for missing and another authority's. Queries: one."""
    rows = LegalOpening.objects.filter(authority_id=viewer.authority_id, valid_to__isnull=True)
    return rows.filter(pk=opening_id).first()


def _opening(row: LegalOpening) -> Opening:
    return Opening(
        code=row.code,
        paragraph=row.paragraph,
        title=row.title,
        starts=tuple(row.starts),
        ends=tuple(row.ends),
        test=row.test,
        decides=row.decides,
        needs=row.needs,
        mark=row.mark,
        source=row.source,
        below=row.below,
        duty=row.duty,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        approved=row.approved_on is not None,
    )
