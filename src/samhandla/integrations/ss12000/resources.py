"""The resources of SS 12000: their paths, what a request must carry, and what can be asked for.

Source: the official OpenAPI description 2.1.0 of SS 12000 (SIS/TK 450).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from samhandla.lib.i18n import N_, Said, say

STOCKHOLM = ZoneInfo("Europe/Stockholm")


class Window(Enum):
    """Which period a request carries. That of times and dates must be there."""

    NONE = "none"
    TIMES = "times"
    DATES = "dates"
    TOUCHING = "touching"  # what has begun when the period ends and not ended when it begins


@dataclass(frozen=True)
class Resource:
    """One list endpoint. `swedish` names it to people; `delta`: has meta.modified."""

    name: str
    swedish: Said
    window: Window = Window.NONE
    delta: bool = True
    lookup: bool = True
    expand: tuple[str, ...] = ()
    names: bool = True  # takes expandReferenceNames

    @property
    def path(self) -> str:
        return f"/{self.name}"


RESOURCES = {
    resource.name: resource
    for resource in (
        Resource("organisations", say(N_("organisationer"))),
        Resource("persons", say(N_("personer"))),
        Resource("groups", say(N_("grupper"))),
        Resource("duties", say(N_("tjänstgöringar"))),
        Resource("syllabuses", say(N_("ämnen och kurser"))),
        Resource("activities", say(N_("aktiviteter"))),
        Resource("calendarEvents", say(N_("lektioner")), window=Window.TIMES, expand=("attendance",)),
        Resource("attendances", say(N_("närvaro per lektion"))),
        Resource("absences", say(N_("anmäld frånvaro")), window=Window.TOUCHING),
        Resource(
            "aggregatedAttendance",
            say(N_("närvaro per period")),
            window=Window.DATES,
            delta=False,
            lookup=False,
        ),
        Resource("deletedEntities", say(N_("borttagna poster")), delta=False, lookup=False, names=False),
        Resource("placements", say(N_("placeringar"))),
        Resource("programmes", say(N_("program"))),
        Resource("studyplans", say(N_("studieplaner")), lookup=False),
        Resource("schoolUnitOfferings", say(N_("utbud"))),
        Resource("attendanceEvents", say(N_("in- och utcheckningar"))),
        Resource("attendanceSchedule", say(N_("scheman för omsorg"))),
        Resource("grades", say(N_("betyg"))),
        Resource("resources", say(N_("resurser"))),
        Resource("rooms", say(N_("lokaler"))),
        Resource("subscriptions", say(N_("prenumerationer")), delta=False, lookup=False, names=False),
    )
}

# What the register and the attendance lake need in the order in which later ones refer to earlier ones.
REGISTER = ("organisations", "persons", "groups", "duties")
ATTENDANCE = ("syllabuses", "activities", "calendarEvents", "attendances", "absences", "aggregatedAttendance")
NEEDED = (*REGISTER, *ATTENDANCE, "deletedEntities")


def period_params(resource: Resource, first: date, last: date) -> dict[str, str]:
    """Return the parameters by which a resource is asked for a period, both days included."""
    if resource.window is Window.DATES:
        return {"startDate": first.isoformat(), "endDate": last.isoformat()}
    begins = datetime.combine(first, time(), STOCKHOLM).isoformat()
    ends = (datetime.combine(last + timedelta(days=1), time(), STOCKHOLM) - timedelta(seconds=1)).isoformat()
    if resource.window is Window.TIMES:
        return {"startTime.onOrAfter": begins, "startTime.onOrBefore": ends}
    if resource.window is Window.TOUCHING:
        return {"endTime.onOrAfter": begins, "startTime.onOrBefore": ends}
    return {}
