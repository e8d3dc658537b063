"""Who can see one child and why, on a day; and who has read about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext

from samhandla.people.models import Assignment, Child, Conflict, Duty, Substitution
from samhandla.people.queries.common import ACCESS_REASONS, children_for
from samhandla.trust.models import Access, Actor, ReadEntry
from samhandla.trust.roles import ROLES
from samhandla.trust.viewer import Viewer
from samhandla.web.parts import part_of

TEACHING = "teaching"  # a teacher reads names of own groups without any access
MOST_LINES = 300
FAMILY = {"guardian", "child"}


@dataclass(frozen=True)
class SeesRow:
    """One reason why somebody can see a child. `why` names the group, the unit or whom it stands in for."""

    name: str
    role: str
    why: str
    valid_from: date | None
    valid_to: date | None


def who_sees_for(viewer: Viewer, child: Child, *, on: date) -> list[SeesRow]:
    """Return who in the viewer's own authority can see a child on a day, by role and name.

    An earlier day is told as the register has it today. The database answers only about a child that the
    viewer sees itself.

    Queries: six at most.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select actor_id, reason, role, valid_from, valid_to, source, source_id"
            " from people_who_sees(%s, %s)",
            [child.pk, on],
        )
        rows = cursor.fetchall()
    names = dict(Actor.objects.filter(pk__in={row[0] for row in rows}).values_list("pk", "name"))
    places = _places((source, number) for *_, source, number in rows)
    found = {
        SeesRow(
            names.get(actor, ""),
            gettext(ROLES[role].name),
            _why(reason, places.get((source, number), "")),
            first if first.year > 1900 else None,
            last,
        )
        for actor, reason, role, first, last, source, number in rows
    }
    return sorted(found, key=lambda r: (r.role, r.name, r.why, r.valid_from or date.min))


def _places(sources: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Return what each source of access is about: the group, the unit, whom somebody stands in for."""
    by_source: dict[str, set[int]] = defaultdict(set)
    for source, number in sources:
        by_source[source].add(number)
    tasks = Assignment.objects.filter(pk__in=by_source["assignment"]).select_related("group__unit")
    duties = Duty.objects.filter(pk__in=by_source["duty"]).select_related("unit")
    away = Substitution.objects.filter(pk__in=by_source["substitution"]).select_related("absent")
    close = Conflict.objects.filter(pk__in=by_source["conflict"]).select_related("staff")
    return {
        **{("assignment", t.pk): f"{t.group.name}, {t.group.unit.name}" for t in tasks},
        **{("duty", d.pk): d.unit.name for d in duties},
        **{("substitution", s.pk): s.absent.full_name for s in away},
        **{("conflict", c.pk): c.staff.full_name for c in close},
    }


def _why(reason: str, place: str) -> str:
    words = {
        Access.Reason.GROUP: gettext("har gruppen %(place)s"),
        Access.Reason.UNIT: gettext("har uppdraget på %(place)s"),
        Access.Reason.STAND_IN: gettext("är ersättare för %(place)s"),
    }
    return words[Access.Reason(reason)] % {"place": place} if place else str(ACCESS_REASONS[reason])


@dataclass(frozen=True)
class ReadLine:
    """How often one person read one part about a child on one day, and by what right."""

    on: date
    last: datetime
    name: str
    role: str
    unit: str
    part: str
    why: str
    times: int


@dataclass(frozen=True)
class FamilyLog:
    """What has been read about one child of the viewer's, without names."""

    child: Child
    lines: list[ReadLine]


def list_reads_for(viewer: Viewer, child: Child, *, days: int) -> list[ReadLine]:
    """Return who in the viewer's own authority has read about a child, the latest first; refusals left out.

    The database answers only about a child that the viewer sees itself. At most `MOST_LINES`.

    Queries: four.
    """
    return _lines(_reads_of(child, days))


def family_logs_for(viewer: Viewer, *, days: int) -> list[FamilyLog]:
    """Return what those at work have read about the viewer's own children (or about itself), without names.

    Nobody in the family is told what another in the family has read.

    Queries: four for each child.
    """
    found = []
    for child in children_for(viewer).order_by("birth_date", "pk"):
        at_work = [row for row in _reads_of(child, days) if not FAMILY & _roles(row[3])]
        found.append(FamilyLog(child, [replace(line, name="") for line in _lines(at_work)]))
    return found


def reads_without_names(viewer: Viewer, child: Child, *, days: int) -> list[ReadLine]:
    """Return all that those at work in the viewer's authority have read about a child, without names.

    Every line, for a child's own extract; the family's readings of its own are left out. Queries: four.
    """
    at_work = [row for row in _reads_of(child, days) if not FAMILY & _roles(row[3])]
    return [replace(line, name="") for line in _lines(at_work, most=None)]


def _reads_of(child: Child, days: int) -> list[tuple[datetime, int, str, list[str]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select at, actor_id, page, reasons from people_reads_of_child(%s, %s) where outcome = %s",
            [child.pk, timezone.now() - timedelta(days=days), ReadEntry.Outcome.SHOWN],
        )
        rows: list[tuple[datetime, int, str, list[str]]] = cursor.fetchall()
    return rows


def _lines(
    rows: Iterable[tuple[datetime, int, str, list[str]]], *, most: int | None = MOST_LINES
) -> list[ReadLine]:
    grouped: dict[tuple[date, int, str, tuple[str, ...]], list[datetime]] = defaultdict(list)
    for at, actor, page, reasons in rows:
        grouped[timezone.localdate(at), actor, page, tuple(reasons)].append(at)
    actors = {actor for _, actor, _, _ in grouped}
    names = dict(Actor.objects.filter(pk__in=actors).values_list("pk", "name"))
    units = units_of_actors(actors, days={on for on, *_ in grouped})
    lines = [
        ReadLine(
            on=on,
            last=max(times),
            name=names.get(actor, ""),
            role=roles_in_words(reasons),
            unit=units.get((actor, on), ""),
            part=part_of(page),
            why=reasons_in_words(reasons),
            times=len(times),
        )
        for (on, actor, page, reasons), times in grouped.items()
    ]
    return sorted(lines, key=lambda line: line.last, reverse=True)[:most]


def _roles(reasons: Iterable[str]) -> set[str]:
    return {reason.partition(":")[2] for reason in reasons}


def units_of_actors(actors: Iterable[int], *, days: Iterable[date]) -> Mapping[tuple[int, date], str]:
    """Return where somebody worked on each day, by the register; the latest duty first. Queries: two."""
    wanted, asked = set(actors), set(days)
    columns = ("staff__actor_id", "valid_from", "valid_to", "ended_at")
    tasks = Assignment.objects.filter(staff__actor__in=wanted).order_by("valid_from", "pk")
    duties = Duty.objects.filter(staff__actor__in=wanted).order_by("valid_from", "pk")
    found: dict[tuple[int, date], str] = {}
    for actor, first, last, ended, unit in (
        *tasks.values_list(*columns, "group__unit__name"),
        *duties.values_list(*columns, "unit__name"),
    ):
        until = min(last or date.max, timezone.localdate(ended) if ended else date.max)
        found |= {(actor, day): unit for day in asked if first <= day <= until}
    return found


def roles_in_words(reasons: Iterable[str]) -> str:
    """Return the roles by which somebody read, in words."""
    roles = dict.fromkeys(reason.partition(":")[2] for reason in reasons)
    return ", ".join(gettext(ROLES[role].name) for role in roles if role in ROLES)


def reasons_in_words(reasons: Iterable[str]) -> str:
    """Return by what right somebody read, in words."""
    kinds = dict.fromkeys(reason.partition(":")[0] for reason in reasons)
    if not kinds:
        return gettext("ingen egen behörighet till just den eleven")
    known = {**{str(code): str(words) for code, words in ACCESS_REASONS.items()}}
    known[TEACHING] = gettext("undervisar i elevens grupp")
    return ", ".join(known.get(kind, kind) for kind in kinds)
