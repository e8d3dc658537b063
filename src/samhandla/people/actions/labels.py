"""What the school years are called: law as data, approved by a lawyer."""

from __future__ import annotations

from datetime import date

from samhandla.people.errors import NotAllowed, Refused
from samhandla.people.models import GradeLabel, SchoolForm
from samhandla.people.queries.common import label_rows
from samhandla.people.rules import label_problem
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Authority
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def approve_labels(*, by: Viewer, valid_from: date) -> int:
    """Approve every name that begins on a day, in the viewer's own name and for its authority alone.

    A name of the law that is approved becomes the authority's own, as it stood.

    Returns: how many names were approved.
    Raises:
        NotAllowed: the viewer is no lawyer.
        Refused: no name of that day waits for approval.
    """
    _require_lawyer(by)
    name = Authority.objects.values_list("name", flat=True).get(pk=by.authority_id)
    waiting = [r for r in label_rows(by.authority_id) if r.valid_from == valid_from and not r.approved_by]
    if not waiting:
        raise Refused("no_labels")
    for row in waiting:
        _save(by, row, approved_by=f"{by.name}, {name}"[:120])
    details = {"valid_from": str(valid_from), "labels": len(waiting)}
    record(EventKind.LABEL_APPROVED, by=by, details=details)
    return len(waiting)


def _save(by: Viewer, row: GradeLabel, *, approved_by: str) -> GradeLabel:
    """Write a name as the viewer's authority has it; the law's row and other authorities' are left alone."""
    saved, _created = GradeLabel.objects.update_or_create(
        authority_id=by.authority_id,
        valid_from=row.valid_from,
        form=row.form,
        school_year=row.school_year,
        defaults={"label": row.label, "source": row.source, "approved_by": approved_by},
    )
    return saved


@action
def set_label(
    *, by: Viewer, valid_from: date, form: str, school_year: int, label: str, source: str
) -> GradeLabel:
    """Write what the authority calls a school year of a form from a day on. It waits for approval.

    Args:
        school_year: counted from 0, which is the preschool class.
        source: the law or decision that says so.
    Raises:
        NotAllowed: the viewer is no lawyer.
        Refused: the form has no such year, or the name or its source is missing.
    """
    _require_lawyer(by)
    problem = label_problem(form, school_year, label, source, SchoolForm.values)
    if problem:
        raise Refused(problem)
    said = GradeLabel(
        valid_from=valid_from,
        form=form,
        school_year=school_year,
        label=label.strip(),
        source=source.strip(),
    )
    row = _save(by, said, approved_by="")
    record(EventKind.LABEL_CHANGED, by=by, about=row, details={"form": form, "school_year": school_year})
    return row


def _require_lawyer(by: Viewer) -> None:
    if not by.may(Permission.LABEL_APPROVE):
        raise NotAllowed
