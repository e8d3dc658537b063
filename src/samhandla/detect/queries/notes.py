"""What waits for the viewer, counted for the start page."""

from __future__ import annotations

from django.utils.translation import ngettext

from samhandla.detect.models import Signal, SignalState
from samhandla.detect.queries.notices import notice_list_for
from samhandla.detect.queries.principal import count_waiting_for
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
    """Say how many things wait for the principal, as the page counts; empty when none does."""
    units = unit_ids_for(viewer, *PRINCIPALS)
    count = count_waiting_for(viewer, units, today=today())
    if not count:
        return ""
    return ngettext("%(n)s sak väntar på dig.", "%(n)s saker väntar på dig.", count) % {"n": count}


def note_of_notices(viewer: Viewer) -> str:
    """Say how many notices are to be received or handed out; empty when none is. Queries: two."""
    page = notice_list_for(viewer, today=today())
    count = len(page.new) + len(page.to_hand_out)
    if not count:
        return ""
    return ngettext("%(n)s anmälan väntar.", "%(n)s anmälningar väntar.", count) % {"n": count}
