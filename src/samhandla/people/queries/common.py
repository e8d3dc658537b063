"""Reads of the register that every room uses."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from samhandla.people.errors import Restricted
from samhandla.people.models import (
    Assignment,
    Child,
    Conflict,
    Duty,
    Enrolment,
    GradeLabel,
    GroupKind,
    Membership,
    ProcessingLimit,
    SchoolDay,
    Staff,
    Substitution,
)
from samhandla.people.rules import Label, opens_protected
from samhandla.trust.models import Access, Actor, Domain
from samhandla.trust.roles import ROLES
from samhandla.trust.viewer import DutyAt, Viewer


def today() -> date:
    """Return today's date in Stockholm."""
    return timezone.localdate()


def on_day(day: date) -> Q:
    """Return the filter of dated rows that hold on a day."""
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def in_force(day: date) -> Q:
    """Return the filter of duties, tasks and stand-ins that give rights on a day.

    What was ended by hand gives none from the minute it was ended.
    """
    return on_day(day) & (Q(ended_at__isnull=True) | Q(ended_at__date__gt=day))


# The same day as `today`, and the same filter as `in_force` on it, for SQL functions in the database.
TODAY_SQL = "(now() at time zone 'Europe/Stockholm')::date"


def in_force_sql(row: str) -> str:
    """Return the condition of a dated row that gives rights today; `row` is its alias."""
    ended = f"({row}.ended_at at time zone 'Europe/Stockholm')::date"
    return (
        f"{row}.valid_from <= {TODAY_SQL} and ({row}.valid_to is null or {row}.valid_to >= {TODAY_SQL})"
        f" and ({row}.ended_at is null or {ended} > {TODAY_SQL})"
    )


def held_on(day: date) -> Q:
    """Return the filter of duties, tasks and stand-ins that somebody had on a day or a part of it."""
    return on_day(day) & (Q(ended_at__isnull=True) | Q(ended_at__date__gte=day))


def viewer_of_account(account_id: int, actor_id: int | None = None) -> Viewer | None:
    """Return who an account is at work, with today's duties; None when it has no actor.

    Queries: four. An account with several actors gets the chosen one, else the first.
    """
    actors = Actor.objects.filter(account_id=account_id).order_by("pk")
    actor = (actors.filter(pk=actor_id).first() if actor_id else None) or actors.first()
    return None if actor is None else viewer_of_actor(actor)


def viewer_of_actor(actor: Actor) -> Viewer:
    """Return an actor as viewer, with what the register gives it today.

    A stand-in has the roles of those it stands in for, so that what it sees it can also act on.
    """
    if actor.kind != Actor.Kind.STAFF:
        return Viewer(
            actor.pk, actor.authority_id, actor.kind, actor.name, extra_roles=frozenset({actor.kind})
        )
    day = today()
    away = Substitution.objects.filter(in_force(day), stand_in__actor=actor).values("absent_id")
    mine = Q(actor=actor) | Q(pk__in=away)
    staff = list(Staff.objects.filter(mine, authority_id=actor.authority_id).values_list("pk", flat=True))
    duties = Duty.objects.filter(in_force(day), staff__in=staff).values_list("role", "unit_id")
    groups = Assignment.objects.filter(in_force(day), staff__in=staff).values_list("role", "group__unit_id")
    held = tuple(sorted({DutyAt(role, unit) for role, unit in duties.union(groups, all=True)}, key=str))
    return Viewer(actor.pk, actor.authority_id, actor.kind, actor.name, held)


def service_viewer(authority_id: int) -> Viewer:
    """Return the viewer as which the jobs of one authority run."""
    actor = Actor.objects.get(authority_id=authority_id, kind=Actor.Kind.SERVICE)
    return viewer_of_actor(actor)


def domain_of(authority_id: int, branch: str) -> Domain:
    return Domain.objects.get(authority_id=authority_id, branch=branch)


def children_for(viewer: Viewer) -> QuerySet[Child]:
    """Return the children that the viewer may see now; the database holds the same border."""
    return Child.objects.filter(authority_id=viewer.authority_id)


def staff_for(viewer: Viewer) -> QuerySet[Staff]:
    return Staff.objects.filter(authority_id=viewer.authority_id)


def list_mentors_of_group(group_id: int, *, on: date) -> list[Staff]:
    """Return who was mentor or class teacher of a group on a day, by name."""
    roles = ("mentor", "class_teacher")
    held = Assignment.objects.filter(held_on(on), group_id=group_id, role__in=roles)
    return list(Staff.objects.filter(assignments__in=held).distinct().order_by("family_name", "given_name"))


ACCESS_REASONS = dict(Access.Reason.choices)


LEADS_GROUP = ("mentor", "class_teacher")


def mentor_by_child(viewer: Viewer, *, on: date, children: Any = None) -> dict[int, int]:
    """Return the mentor (staff number) of each child that the viewer may see, the lowest when there are more.

    A mentor who is withheld from a child (not named for one with protected identity, or too close to it) is
    none; the stand-in of such a mentor then is, and without one the principal owns what the child's mentor
    would.

    Args:
        children: numbers, or a query of them; every child when None.
    Queries: two, and two more while a mentor is withheld from a child.
    """
    held = Assignment.objects.filter(
        in_force(on), role__in=LEADS_GROUP, staff__authority_id=viewer.authority_id
    )
    places = Membership.objects.filter(on_day(on), group__assignments__in=held)
    if children is not None:
        places = places.filter(child_id__in=children)
    found = dict(places.values_list("child_id").annotate(mentor=Min("group__assignments__staff_id")))
    withheld = withheld_leaders()
    narrowed = {child for child, _ in withheld} & set(found)
    if not narrowed:
        return found
    columns = ("child_id", "group__assignments__staff_id", "group__assignments__staff__actor_id")
    mentors = list(places.filter(child_id__in=narrowed).values_list(*columns))
    return {
        **{child: mentor for child, mentor in found.items() if child not in narrowed},
        **_mentors_left(mentors, _stand_ins_of(mentors, on), withheld),
    }


def withheld_leaders() -> set[tuple[int, int]]:
    """Return child and actor of everybody who leads a child's group and is withheld from the child.

    Only of children whom the viewer reaches. Queries: one.
    """
    with connection.cursor() as cursor:
        cursor.execute("select child_id, actor_id from people_withheld_leaders()")
        return set(cursor.fetchall())


def _stand_ins_of(mentors: Iterable[tuple[int, int, int]], on: date) -> list[tuple[int, int, int]]:
    """Return child, staff and actor of those who stand in for some mentors, for all children or for one."""
    rows = list(mentors)
    columns = ("absent_id", "stand_in_id", "stand_in__actor_id")
    away = Substitution.objects.filter(in_force(on), absent_id__in={staff for _, staff, _ in rows})
    close = Conflict.objects.filter(in_force(on), child_id__in={child for child, _, _ in rows})
    there: dict[int, list[tuple[int, int]]] = {}
    for absent, staff, actor in away.values_list(*columns):
        there.setdefault(absent, []).append((staff, actor))
    general = [(child, *one) for child, staff, _ in rows for one in there.get(staff, ())]
    own = close.filter(stand_in__isnull=False).values_list("child_id", "stand_in_id", "stand_in__actor_id")
    return [*general, *own]


def _mentors_left(
    mentors: Iterable[tuple[int, int, int]],
    stand_ins: Iterable[tuple[int, int, int]],
    withheld: Collection[tuple[int, int]],
) -> dict[int, int]:
    """Return the mentor of each child among those who are not withheld from it, else a stand-in."""
    found: dict[int, int] = {}
    for rows in (sorted(mentors), sorted(stand_ins)):
        first = {child: staff for child, staff, actor in reversed(rows) if (child, actor) not in withheld}
        found = {**first, **found}
    return found


def leads_pupils(viewer: Viewer) -> bool:
    """Tell whether the viewer leads a group, or stands in for somebody who does. Queries: none."""
    return viewer.may_any(*LEADS_GROUP)


def groups_led_by(viewer: Viewer, *, on: date) -> list[int]:
    """Return the groups whose list the viewer answers for: own ones, and those of whom it stands in for."""
    staff = list(Staff.objects.filter(actor_id=viewer.actor_id).values_list("pk", flat=True))
    away = Substitution.objects.filter(in_force(on), stand_in_id__in=staff).values_list(
        "absent_id", flat=True
    )
    held = Assignment.objects.filter(in_force(on), role__in=LEADS_GROUP, staff_id__in=[*staff, *away])
    return sorted(set(held.values_list("group_id", flat=True)))


def children_led_by(viewer: Viewer, *, on: date) -> list[int]:
    """Return the children in the groups whose list the viewer answers for.

    And each single child for whom it stands in, where a mentor is too close to it (jäv).
    """
    groups = groups_led_by(viewer, on=on)
    places = Membership.objects.filter(on_day(on), group_id__in=groups)
    instead = Conflict.objects.filter(in_force(on), stand_in__actor_id=viewer.actor_id)
    led = Membership.objects.filter(
        on_day(on), group__assignments__role__in=LEADS_GROUP, child_id__in=instead.values("child_id"),
        group__assignments__staff_id__in=instead.values("staff_id"),
    )  # fmt: skip
    return sorted({*places.values_list("child_id", flat=True), *led.values_list("child_id", flat=True)})


def class_names(viewer: Viewer, child_ids: Iterable[int], *, on: date) -> dict[int, str]:
    """Return the class name of each child, as it is called on a day."""
    places = Membership.objects.filter(on_day(on), child_id__in=list(child_ids), group__kind=GroupKind.CLASS)
    return dict(places.values_list("child_id", "group__name"))


def form_of_child(viewer: Viewer, child_id: int, *, on: date) -> str:
    """Return the school form of a child's main place on a day, empty when it has none."""
    places = Enrolment.objects.filter(on_day(on), child_id=child_id, child__authority_id=viewer.authority_id)
    return places.order_by("-main", "-valid_from").values_list("form", flat=True).first() or ""


def school_days_of(unit_id: int, *, first: date, last: date) -> list[date]:
    """Return a unit's school days in order, both ends included."""
    days = SchoolDay.objects.filter(unit_id=unit_id, date__range=(first, last))
    return list(days.order_by("date").values_list("date", flat=True))


def school_days_of_units(unit_ids: Iterable[int], *, first: date, last: date) -> dict[int, list[date]]:
    """Return the school days of several units, each in order, in one query."""
    days: dict[int, list[date]] = {unit: [] for unit in unit_ids}
    rows = SchoolDay.objects.filter(unit_id__in=days, date__range=(first, last)).order_by("date")
    for unit, day in rows.values_list("unit_id", "date"):
        days[unit].append(day)
    return days


def limited(kind: str) -> QuerySet[ProcessingLimit]:
    """Return the limits of a kind that hold now, of the children that the viewer may see."""
    return ProcessingLimit.objects.filter(kind=kind, ended_at=None)


def restricted_children() -> QuerySet[Any, Any]:
    """Return the numbers of the children whose data is kept and not used (article 18), for a subquery."""
    return limited(ProcessingLimit.Kind.RESTRICTION).values("child_id")


def children_without_rules() -> set[int]:
    """Return the children on whom the rules are not used: an objection holds (article 21). Queries: one."""
    return set(limited(ProcessingLimit.Kind.OBJECTION).values_list("child_id", flat=True))


def limits_of_child(child_id: int) -> list[ProcessingLimit]:
    """Return what holds for a child now, the earliest first. Queries: one."""
    return list(ProcessingLimit.objects.filter(child_id=child_id, ended_at=None).order_by("valid_from", "pk"))


def get_child_for(viewer: Viewer, ref: UUID) -> Child | None:
    """Return a child by its reference; None alike when it is missing and when it is forbidden.

    Raises:
        Restricted: the child is the viewer's to see, and nothing about it is shown while a restriction lasts.
    """
    holds = limited(ProcessingLimit.Kind.RESTRICTION).filter(child_id=OuterRef("pk"))
    rows = children_for(viewer).filter(ref=ref).annotate(restricted=Exists(holds))
    child = rows.select_related("unit", "lives_in", "school_in").first()
    if child is not None and child.restricted:
        raise Restricted
    return child


@dataclass(frozen=True)
class AccessRow:
    """One reason why somebody can see a child, in words a reader can check against the register."""

    name: str
    role: str
    reason: str
    valid_from: date
    valid_to: date | None

    @property
    def text(self) -> str:
        """Role, reason and time in the reader's language."""
        words = f"{gettext(ROLES[self.role].name)} – {ACCESS_REASONS[self.reason]}"
        if self.valid_to is not None:
            return gettext("%(words)s, till och med %(day)s") % {
                "words": words,
                "day": date_format(self.valid_to, "j F Y"),
            }
        return words


def list_access_of_child_for(viewer: Viewer, child_id: int, *, on: date) -> list[AccessRow]:
    """Return who in the viewer's own authority can see a child, and why; services are left out.

    The database answers only for a child that the viewer may see itself.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.actor_id, a.reason, a.role, a.valid_from, a.valid_to"
            " from people_access_of_child(%s, %s) a",
            [child_id, on],
        )
        rows = [row for row in cursor.fetchall() if row[1] != Access.Reason.SERVICE]
    names = dict(Actor.objects.filter(pk__in={row[0] for row in rows}).values_list("pk", "name"))
    seen = {AccessRow(names[a], r, reason, first, last) for a, reason, r, first, last in rows}
    return sorted(seen, key=lambda row: (row.role, row.name, row.reason))


def name_on_page(viewer: Viewer, child: Child) -> str:
    """Return the name as the child's own page shows it.

    A protected child's name is read by mentor, principal and pupil-health team with a way of their own
    to the child (or as their stand-in); everybody else reads the words of the lists.

    Queries: one for a protected child, else none.
    """
    return child.full_name if may_read_name(viewer, child) else child.shown_name


def may_read_name(viewer: Viewer, child: Child) -> bool:
    """Tell whether the viewer may read a child's name. Queries: one for a protected child, else none."""
    if not child.is_masked:
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.reason, a.role from people_access_of_child(%s, %s) a where a.actor_id = %s",
            [child.pk, today(), viewer.actor_id],
        )
        return opens_protected(cursor.fetchall())


def label_rows(authority_id: int) -> list[GradeLabel]:
    """Return an authority's names of the school years: of each day its own, else the law's. Queries: one."""
    rows = GradeLabel.objects.filter(Q(authority_id=authority_id) | Q(authority=None))
    # The law's come first, so that the authority's own of the same day take their place.
    ordered = rows.order_by(F("authority").asc(nulls_first=True), "valid_from", "form", "school_year")
    found = {(row.valid_from, row.form, row.school_year): row for row in ordered}
    return [found[key] for key in sorted(found)]


def grade_labels(authority_id: int) -> list[Label]:
    """Return what an authority calls the school years, from which days on, and who has approved it.

    Queries: one.
    """
    columns = ("valid_from", "form", "school_year", "label", "source", "approved_by")
    return [Label(*(getattr(row, name) for name in columns)) for row in label_rows(authority_id)]
