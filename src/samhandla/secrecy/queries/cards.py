"""What the register knows of a child that would tell who it is, and the viewer's own cards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, QuerySet

from samhandla.people.models import Assignment, Child, Guardian, Guardianship, Membership, Organisation
from samhandla.people.queries import children_for, in_force, on_day
from samhandla.people.rules import MASKED
from samhandla.secrecy.models import ConsultationCard, Receiver
from samhandla.secrecy.rules.cards import SMALL, Known
from samhandla.trust.roles import GROUP_ROLES
from samhandla.trust.viewer import Viewer


def known_of_child(viewer: Viewer, child: Child, *, today: date) -> Known:
    """Return the words of the register that must not stand in a card about a child.

    Names of adults and siblings with protected identity are left out: that a guessed word is refused would
    confirm it. Queries: nine.
    """
    guardians = Guardianship.objects.filter(child=child).values("guardian_id")
    adults = Guardian.objects.filter(pk__in=guardians).exclude(protection__in=MASKED)
    siblings = Guardianship.objects.filter(guardian_id__in=guardians).values("child_id")
    family = children_for(viewer).filter(pk__in=siblings).exclude(protection__in=MASKED)
    family = family.exclude(lifted_protection__in=MASKED)
    groups = Membership.objects.filter(on_day(today), child=child).values_list("group_id", flat=True)
    held = Assignment.objects.filter(in_force(today), group_id__in=list(groups), role__in=GROUP_ROLES)
    mentors = held.values_list("staff__given_name", "staff__family_name")
    names = [(child.given_name, child.family_name), *mentors]
    names += adults.values_list("given_name", "family_name")
    names += family.values_list("given_name", "family_name")
    return Known(
        persons=_words(name for pair in names for name in pair),
        places=_places(viewer, child, list(groups)),
        small=_small(list(groups), today),
    )


def _words(names: Iterable[str]) -> frozenset[str]:
    """Return each name and each part of a double one."""
    whole = [name.strip() for name in names]
    return frozenset(
        part for name in whole for part in (name, *name.replace("-", " ").split()) if part.strip()
    )


def _places(viewer: Viewer, child: Child, groups: list[int]) -> frozenset[str]:
    parents = {o.pk: o for o in Organisation.objects.filter(authority_id=viewer.authority_id)}
    unit, found = parents.get(child.unit_id), set()
    while unit is not None:
        found.add(unit.name)
        unit = parents.get(unit.parent_id) if unit.parent_id else None
    classes = Membership.objects.filter(child=child, group_id__in=groups).values_list(
        "group__name", flat=True
    )
    areas = [area.name for area in (child.lives_in, child.school_in) if area]
    return frozenset({*found, *classes, *areas})


def _small(groups: list[int], today: date) -> int | None:
    """Return the size of the child's smallest group when it is small."""
    rows = Membership.objects.filter(on_day(today), group_id__in=groups, group__kind="class")
    sizes = rows.values("group_id").annotate(count=Count("child_id", distinct=True))
    smallest = min((row["count"] for row in sizes), default=SMALL)
    return smallest if smallest < SMALL else None


def list_cards_for(viewer: Viewer) -> list[ConsultationCard]:
    """Return the viewer's own cards, newest first. Queries: one."""
    rows = ConsultationCard.objects.filter(authority_id=viewer.authority_id, made_by_id=viewer.actor_id)
    return list(rows.order_by("-made_on", "-pk"))


def get_card_for(viewer: Viewer, card_id: int) -> ConsultationCard | None:
    """Return one of the viewer's own cards; None alike for missing and somebody else's. Queries: one."""
    rows = ConsultationCard.objects.filter(authority_id=viewer.authority_id, made_by_id=viewer.actor_id)
    return rows.filter(pk=card_id).select_related("receiver").first()


def asked_of(viewer: Viewer) -> list[ConsultationCard]:
    """Return the cards that have come to the functions that the viewer works in, unanswered first.

    Whose authority asks is told, never which school or who. Queries: one.
    """
    rows = ConsultationCard.objects.filter(receiver__domain__authority_id=viewer.authority_id)
    found = rows.select_related("authority", "receiver").order_by("-sent_on", "-pk")
    return sorted(found, key=lambda row: row.answered_on is not None)


def receivers_of_cards(viewer: Viewer) -> QuerySet[Receiver]:
    """Return the functions that a card can be sent to: those of other authorities that take something."""
    rows = Receiver.objects.filter(active=True).exclude(domain__authority_id=viewer.authority_id)
    return rows.order_by("name", "pk")
