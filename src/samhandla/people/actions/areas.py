"""Areas of the municipality: made by name, chosen for units."""

from __future__ import annotations

from collections.abc import Iterable

from samhandla.people.actions.guard import is_service, require_reach
from samhandla.people.errors import NotAllowed
from samhandla.people.models import Area, Organisation
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def make_areas(*, by: Viewer, names: Iterable[str]) -> list[Area]:
    """Make the areas that are not there yet; a name means the same area for everybody.

    Returns: those that were made, by name.
    Raises:
        NotAllowed: the viewer does not run the imports, whose settings name the areas.
    """
    if not is_service(by) and not by.may(Permission.IMPORT_RUN):
        raise NotAllowed
    wanted = {name.strip() for name in names} - {""}
    missing = sorted(wanted - set(Area.objects.filter(name__in=wanted).values_list("name", flat=True)))
    made = Area.objects.bulk_create(Area(name=name) for name in missing)
    record(EventKind.AREA_SET, by=by, details={"made": missing})
    return made


@action
def set_unit_area(*, by: Viewer, unit: Organisation, area: Area | None) -> Organisation:
    """Choose in which area a unit lies; its pupils follow with the next import.

    Raises:
        NotYours: the unit is out of the viewer's reach.
    """
    if not is_service(by):
        require_reach(by, unit.pk, Permission.AREA_SET)
    Organisation.objects.filter(pk=unit.pk).update(area=area)
    unit.area = area
    record(EventKind.AREA_SET, by=by, about=unit, details={"area": area.name if area else ""})
    return unit
