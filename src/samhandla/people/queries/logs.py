"""Checks of the log of reading, as the one who signs them sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils.translation import gettext, ngettext

from samhandla.people.logcheck import ODD
from samhandla.people.models import Assignment, Child, Duty, FamilyLogClearance, LogReview, LogReviewRow
from samhandla.people.queries.common import held_on
from samhandla.people.queries.who import reasons_in_words, roles_in_words
from samhandla.trust.models import Actor
from samhandla.trust.viewer import Viewer
from samhandla.web.parts import part_of

CENTRAL = 0  # in the place of a unit: those who lead a unit, and those who work at none
REVIEWS = "principal"  # signs for the staff of the unit


def units_of_readers(actors: Collection[int], *, on: date) -> dict[int, int]:
    """Return at which unit somebody works on a day, by duty before task in a group. Queries: two."""
    tasks = Assignment.objects.filter(held_on(on), staff__actor__in=actors).order_by("-pk")
    duties = Duty.objects.filter(held_on(on), staff__actor__in=actors, unit__kind="school_unit")
    return {
        **dict(tasks.values_list("staff__actor_id", "group__unit_id")),
        **dict(duties.order_by("-pk").values_list("staff__actor_id", "unit_id")),
    }


def reviewing_units(*, on: date) -> dict[int, set[int]]:
    """Return the units that each principal signs for on a day. Queries: one."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = Duty.objects.filter(held_on(on), role=REVIEWS).values_list("staff__actor_id", "unit_id")
    for actor, unit in rows:
        found[actor].add(unit)
    return found


def list_reviews_for(viewer: Viewer) -> list[LogReview]:
    """Return the checks that are the viewer's to sign, unsigned first, then the latest. Queries: one."""
    rows = LogReview.objects.filter(authority_id=viewer.authority_id).select_related("unit", "signed_by")
    return sorted(rows.order_by("-first", "unit__name"), key=lambda row: row.signed_at is not None)


def note_of_reviews(viewer: Viewer) -> str:
    """Say how many checks wait for the viewer's signature; empty when none does. Queries: one."""
    count = LogReview.objects.filter(authority_id=viewer.authority_id, signed_at=None).count()
    if not count:
        return ""
    return ngettext("%(n)s loggkontroll att signera.", "%(n)s loggkontroller att signera.", count) % {
        "n": count
    }


@dataclass(frozen=True)
class ReviewLine:
    """One line of a check, in words. `pupils`: whom the reviewer may see itself; `others`: how many more."""

    row: LogReviewRow
    name: str
    role: str
    part: str
    why: str
    right: str
    pupils: str
    others: int


@dataclass(frozen=True)
class ReviewPage:
    """A check with its lines: what is odd, and what was drawn by chance."""

    review: LogReview
    odd: list[ReviewLine]
    drawn: list[ReviewLine]


def review_for(viewer: Viewer, review_id: int) -> ReviewPage | None:
    """Return one check; None alike when missing and when it is another's to sign. Queries: five."""
    rows = LogReview.objects.filter(authority_id=viewer.authority_id, pk=review_id)
    review = rows.select_related("unit", "signed_by").first()
    if review is None:
        return None
    found = list(review.rows.order_by("pk"))
    names = dict(Actor.objects.filter(pk__in={r.actor_id for r in found}).values_list("pk", "name"))
    shown = _children_of(review.pk)
    known = {c.pk: c for c in Child.objects.filter(pk__in={n for some in shown.values() for n in some})}
    lines = [_line(row, names, shown.get(row.pk, []), known) for row in found]
    return ReviewPage(
        review, [line for line in lines if line.row.codes], [line for line in lines if not line.row.codes]
    )


def _children_of(review_id: int) -> dict[int, list[int]]:
    """Return whom each line's entry showed; the database tells only the one who signs the check."""
    with connection.cursor() as cursor:
        cursor.execute("select row_id, children from people_children_of_review(%s)", [review_id])
        return dict(cursor.fetchall())


def _line(row: LogReviewRow, names: dict[int, str], shown: list[int], known: dict[int, Child]) -> ReviewLine:
    told = [known[number] for number in shown if number in known] if len(shown) == 1 else []
    return ReviewLine(
        row=row,
        name=names.get(row.actor_id, ""),
        role=roles_in_words(row.reasons),
        part=part_of(row.page),
        why=", ".join(gettext(ODD[code]) for code in row.codes),
        right=reasons_in_words(row.reasons) if shown else "",
        pupils=", ".join(child.shown_name for child in told),
        others=len(shown) - len(told),
    )


def family_log_open(viewer: Viewer) -> bool:
    """Tell whether the viewer's authority has cleared its log for the families. Queries: one."""
    return FamilyLogClearance.objects.filter(authority_id=viewer.authority_id, open=True).exists()


def family_log_clearance_for(viewer: Viewer) -> FamilyLogClearance | None:
    """Return what the viewer's authority has decided about the families' log. Queries: one."""
    rows = FamilyLogClearance.objects.filter(authority_id=viewer.authority_id)
    return rows.select_related("decided_by").first()
