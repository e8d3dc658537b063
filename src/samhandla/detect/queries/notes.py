"""What waits for the viewer, counted for the start page."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import ngettext

from samhandla.detect.models import Inquiry, Notice, Signal, SignalState, StepTaken
from samhandla.detect.queries.units import PRINCIPALS, unit_ids_for
from samhandla.people.queries import children_led_by, today
from samhandla.trust.viewer import Viewer


def note_of_worklist(viewer: Viewer) -> str:
    """Say how many pupils wait for the viewer's answer; empty when none does. Queries: five."""
    children = children_led_by(viewer, on=today())
    waiting = Signal.objects.filter(child_id__in=children, state=SignalState.OPEN, good_news=False)
    count = waiting.count()
    if not count:
        return ""
    return ngettext("%(n)s elev väntar på svar.", "%(n)s elever väntar på svar.", count) % {"n": count}


def note_of_principal(viewer: Viewer) -> str:
    """Say how many things wait for the principal; empty when none does. Queries: five."""
    units = unit_ids_for(viewer, *PRINCIPALS)
    own = Q(escalated_on__isnull=False) | Q(owner_role="principal")
    count = (
        Signal.objects.filter(own, unit__in=units, state=SignalState.OPEN, good_news=False).count()
        + StepTaken.objects.filter(unit__in=units, step__is_inquiry=True, done_on=None).count()
        + Notice.objects.filter(unit__in=units, signed_on=None).count()
        + Inquiry.objects.filter(unit__in=units, state=Inquiry.State.ASKED).count()
    )
    if not count:
        return ""
    return ngettext("%(n)s sak väntar på dig.", "%(n)s saker väntar på dig.", count) % {"n": count}
