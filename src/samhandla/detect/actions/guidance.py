"""Närvarohandledning."""

from __future__ import annotations

from datetime import date
from typing import Any

from samhandla.detect.errors import NotYours
from samhandla.detect.models import Guidance
from samhandla.detect.queries.guidance import may_lead
from samhandla.people.models import Group, Staff
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer

TEXTS = ("works", "wonder", "need", "we_do")


@action
def hold_guidance(
    *, by: Viewer, group: Group, mentor: Staff, figures: dict[str, Any], today: date, **fields: Any
) -> Guidance:
    """Record a meeting about a group: figures as they were, three answers, what we do, next date.

    Raises:
        NotYours: the viewer does not lead attendance work at the group's unit.
    """
    if not may_lead(by, group):
        raise NotYours
    row = Guidance.objects.create(
        unit_id=group.unit_id,
        group=group,
        mentor=mentor,
        led_by_id=by.actor_id,
        held_on=today,
        figures=figures,
        next_on=fields.get("next_on"),
        **{name: fields.get(name, "") for name in TEXTS},
    )
    record(EventKind.GUIDANCE_HELD, by=by, unit_id=group.unit_id, about=row)
    return row
