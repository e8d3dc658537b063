"""Reads of the register."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from samhandla.people.models import Assignment, Child, Duty, Staff
from samhandla.trust.models import Access, Actor, Domain
from samhandla.trust.viewer import DutyAt, Viewer


def today() -> date:
    """Return today's date in Stockholm."""
    return timezone.localdate()


def on_day(day: date) -> Q:
    """Return the filter of dated rows that hold on a day."""
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def viewer_of_account(account_id: int, actor_id: int | None = None) -> Viewer | None:
    """Return who an account is at work, with today's duties; None when it has no actor.

    Queries: three. An account with several actors gets the chosen one, else the first.
    """
    actors = Actor.objects.filter(account_id=account_id).order_by("pk")
    actor = (actors.filter(pk=actor_id).first() if actor_id else None) or actors.first()
    return None if actor is None else viewer_of_actor(actor)


def viewer_of_actor(actor: Actor) -> Viewer:
    """Return an actor as viewer, with what the register gives it today."""
    if actor.kind != Actor.Kind.STAFF:
        return Viewer(
            actor.pk, actor.authority_id, actor.kind, actor.name, extra_roles=frozenset({actor.kind})
        )
    day = today()
    duties = Duty.objects.filter(on_day(day), staff__actor=actor).values_list("role", "unit_id")
    groups = Assignment.objects.filter(on_day(day), staff__actor=actor).values_list("role", "group__unit_id")
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
    held = Assignment.objects.filter(on_day(on), group_id=group_id, role__in=roles)
    return list(Staff.objects.filter(assignments__in=held).distinct().order_by("family_name", "given_name"))


ACCESS_REASONS = dict(Access.Reason.choices)
