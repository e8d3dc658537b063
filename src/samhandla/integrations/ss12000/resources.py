"""The resources of SS 12000: their paths, what a request must carry, and what can be asked for.

Source: the official OpenAPI description 2.1.0 of SS 12000 (SIS/TK 450).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


class Window(Enum):
    """Which period a request must carry."""

    NONE = "none"
    TIMES = "times"
    DATES = "dates"


@dataclass(frozen=True)
class Resource:
    """One list endpoint. `swedish` names it to people; `delta`: has meta.modified."""

    name: str
    swedish: str
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
        Resource("organisations", "organisationer"),
        Resource("persons", "personer"),
        Resource("groups", "grupper"),
        Resource("duties", "tjänstgöringar"),
        Resource("syllabuses", "ämnen och kurser"),
        Resource("activities", "aktiviteter"),
        Resource("calendarEvents", "lektioner", window=Window.TIMES, expand=("attendance",)),
        Resource("attendances", "närvaro per lektion"),
        Resource("absences", "anmäld frånvaro"),
        Resource(
            "aggregatedAttendance", "närvaro per period", window=Window.DATES, delta=False, lookup=False
        ),
        Resource("deletedEntities", "borttagna poster", delta=False, lookup=False, names=False),
        Resource("placements", "placeringar"),
        Resource("programmes", "program"),
        Resource("studyplans", "studieplaner", lookup=False),
        Resource("schoolUnitOfferings", "utbud"),
        Resource("attendanceEvents", "in- och utcheckningar"),
        Resource("attendanceSchedule", "scheman för omsorg"),
        Resource("grades", "betyg"),
        Resource("resources", "resurser"),
        Resource("rooms", "lokaler"),
        Resource("subscriptions", "prenumerationer", delta=False, lookup=False, names=False),
    )
}

# What the register and the attendance lake need, in the order in which later ones refer to earlier ones.
REGISTER = ("organisations", "persons", "groups", "duties")
ATTENDANCE = ("syllabuses", "activities", "calendarEvents", "attendances", "absences", "aggregatedAttendance")
NEEDED = (*REGISTER, *ATTENDANCE, "deletedEntities")


def period_params(resource: Resource, first: date, last: date) -> dict[str, str]:
    """Return the parameters that a resource requires for a period, both days included."""
    if resource.window is Window.DATES:
        return {"startDate": first.isoformat(), "endDate": last.isoformat()}
    if resource.window is Window.TIMES:
        begins = datetime.combine(first, time(), STOCKHOLM)
        ends = datetime.combine(last + timedelta(days=1), time(), STOCKHOLM) - timedelta(seconds=1)
        return {"startTime.onOrAfter": begins.isoformat(), "startTime.onOrBefore": ends.isoformat()}
    return {}
