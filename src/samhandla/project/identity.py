"""Roles and units in words, for the page header."""

from __future__ import annotations

from django.utils.translation import gettext

from samhandla.people.models import Organisation
from samhandla.people.queries import viewer_of_actor
from samhandla.trust.models import Actor
from samhandla.trust.roles import ROLES
from samhandla.trust.viewer import Viewer


def actor_in_words(actor: Actor) -> list[str]:
    """Return what an actor works as today, in words. Queries: four at most."""
    return duties_in_words(viewer_of_actor(actor))


def duties_in_words(viewer: Viewer) -> list[str]:
    """Return each duty as "role, unit", and roles without a unit by themselves. Queries: at most one."""
    units = {duty.unit_id for duty in viewer.duties}
    names = dict(Organisation.objects.filter(pk__in=units).values_list("pk", "name")) if units else {}
    # The viewer's duties come with the role of most reach first: it names the person best.
    held = [f"{gettext(ROLES[duty.role].name)}, {names[duty.unit_id]}" for duty in viewer.duties]
    return held + [gettext(ROLES[role].name) for role in sorted(viewer.extra_roles)]
