"""What the school years are called: law as data, approved by a lawyer."""

from __future__ import annotations

from datetime import date

from samhandla.people.errors import NotAllowed, Refused
from samhandla.people.models import GradeLabel, SchoolForm
from samhandla.people.rules import label_problem
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Authority
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def approve_labels(*, by: Viewer, valid_from: date) -> int:
    """Approve every name that begins on a day, in the viewer's own name.

    Returns: how many names were approved.
    Raises:
        NotAllowed: the viewer is no lawyer.
        Refused: no name of that day waits for approval.
    """
    _require_lawyer(by)
    name = Authority.objects.values_list("name", flat=True).get(pk=by.authority_id)
    waiting = GradeLabel.objects.filter(valid_from=valid_from, approved_by="")
    count = waiting.update(approved_by=f"{by.name}, {name}"[:120])
    if not count:
        raise Refused("no_labels")
    record(EventKind.LABEL_APPROVED, by=by, details={"valid_from": str(valid_from), "labels": count})
    return count


@action
def set_label(
    *, by: Viewer, valid_from: date, form: str, school_year: int, label: str, source: str
) -> GradeLabel:
    """Write what a school year of a form is called from a day on. It waits for approval, also when changed.

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
    row, _created = GradeLabel.objects.update_or_create(
        valid_from=valid_from,
        form=form,
        school_year=school_year,
        defaults={"label": label.strip(), "source": source.strip(), "approved_by": ""},
    )
    record(EventKind.LABEL_CHANGED, by=by, about=row, details={"form": form, "school_year": school_year})
    return row


def _require_lawyer(by: Viewer) -> None:
    if not by.may(Permission.LABEL_APPROVE):
        raise NotAllowed
