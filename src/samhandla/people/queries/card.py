"""One child's register card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from samhandla.people.models import Child, ChildIdentity, Enrolment, Guardianship, Membership
from samhandla.people.queries.common import children_for, grade_labels, may_read_name, on_day
from samhandla.people.rules import age_on, grade_label, guardian_standing, is_adult, speaks_for_self
from samhandla.trust.viewer import Viewer


@dataclass(frozen=True)
class EnrolmentRow:
    enrolment: Enrolment
    grade: str
    approved: bool


@dataclass(frozen=True)
class GuardianRow:
    """An adult and why it has a right to insight or not, as a code of `rules.guardian_standing`."""

    guardianship: Guardianship
    standing: str


@dataclass(frozen=True)
class Card:
    """Everything the register has about one child, as the viewer may read it.

    A protected child's card has no history and no area; without a way of one's own to the child it has
    no name either.
    """

    child: Child
    open: bool
    age: int | None
    own_voice: bool
    adult: bool
    enrolments: list[EnrolmentRow]
    memberships: list[Membership]
    guardians: list[GuardianRow]
    number_kind: str


def card_for(viewer: Viewer, child: Child, *, on: date) -> Card:
    """Return a child's card. Queries: five, one more for a protected child."""
    opened = may_read_name(viewer, child)
    enrolments = Enrolment.objects.filter(child=child).select_related("unit")
    memberships = Membership.objects.filter(child=child).select_related("group", "group__unit")
    if child.is_masked:
        enrolments, memberships = enrolments.filter(on_day(on)), memberships.filter(on_day(on))
    labels = grade_labels(child.authority_id)
    approved = {(one.form, one.school_year) for one in labels if one.approved_by}
    born = child.birth_date if opened else None
    identity = ChildIdentity.objects.filter(child=child).first()
    return Card(
        child=child,
        open=opened,
        age=age_on(born, on) if born else None,
        own_voice=speaks_for_self(child.birth_date, on),
        adult=is_adult(child.birth_date, on),
        enrolments=[
            EnrolmentRow(
                row,
                grade_label(labels, row.form, row.school_year, on),
                (row.form, row.school_year) in approved,
            )
            for row in enrolments.order_by("-valid_from", "-pk")
        ],
        memberships=list(memberships.order_by("-valid_from", "-pk")),
        guardians=_guardians(child, on) if opened else [],
        number_kind=identity.get_kind_display() if identity and opened else "",
    )


def _guardians(child: Child, on: date) -> list[GuardianRow]:
    rows = Guardianship.objects.filter(child=child).select_related("guardian").order_by("valid_from", "pk")
    return [
        GuardianRow(row, guardian_standing(row.kind, child.birth_date, row.valid_from, row.valid_to, on))
        for row in rows
    ]


def duplicates_for(viewer: Viewer) -> list[list[Child]]:
    """Return children in the viewer's sight that have the same number, together; protected ones never.

    Queries: two.
    """
    together: dict[str, set[int]] = {}
    for blind, child in ChildIdentity.objects.values_list("blind_index", "child_id"):
        together.setdefault(blind, set()).add(child)
    several = [ids for ids in together.values() if len(ids) > 1]
    wanted = {pk for ids in several for pk in ids}
    children = {c.pk: c for c in children_for(viewer).filter(pk__in=wanted) if not c.is_masked}
    groups = [[children[pk] for pk in sorted(ids) if pk in children] for ids in several]
    return sorted((g for g in groups if len(g) > 1), key=lambda g: g[0].pk)
