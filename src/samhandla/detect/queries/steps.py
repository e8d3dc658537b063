"""Steps of the närvarotrappa: which comes next for a pupil, whose it is, and whom it waits for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from samhandla.detect.models import LadderStep, StepTaken
from samhandla.detect.queries.lists import SignalRow
from samhandla.detect.queries.settings import list_ladder_for
from samhandla.detect.queries.units import PRINCIPALS
from samhandla.detect.rules.loop import Step, next_step
from samhandla.people.models import Duty, Enrolment, Organisation, Staff
from samhandla.people.queries import in_force, mentor_by_child, on_day
from samhandla.people.rules import is_adult
from samhandla.trust.permissions import Permission
from samhandla.trust.roles import GROUP_ROLES, ROLES
from samhandla.trust.viewer import Viewer

# Whoever reads the pupil-health list shares its steps; the principal's own stand on the principal's page.
TEAM_ROLES = tuple(
    role.code
    for role in ROLES.values()
    if Permission.TEAM_LIST in role.permissions and role.code not in PRINCIPALS
)


@dataclass(frozen=True)
class NextStep:
    """What "jag agerar" would begin for a pupil.

    Args:
        step: None when there is no närvarotrappa, or when every step has been taken.
        talk: the step is the first one, the talk with the pupil, and the viewer's to begin with one tap.
        handed: the step is another role's: the viewer hands it over.
        going: the step is open already and goes on.
        ended: every step has been taken.
        why: why it is proposed now, in words; `awaits`: what it waits for, when it is not.
    """

    step: LadderStep | None
    talk: bool = False
    handed: bool = False
    going: bool = False
    ended: bool = False
    why: str = ""
    awaits: str = ""


def takes(viewer: Viewer, role: str) -> bool:
    """Tell whether a step of a role is the viewer's to begin and to finish.

    Whoever leads a group has the mentor's steps, pupil health shares its own, and a principal may take any.
    """
    return viewer.may_any(*_peers(role), *PRINCIPALS)


def _peers(role: str) -> tuple[str, ...]:
    """Return the roles that share a role's steps."""
    for shared in (GROUP_ROLES, TEAM_ROLES):
        if role in shared:
            return shared
    return (role,)


def whom_to_ask(
    viewer: Viewer, rows: Sequence[SignalRow], following: dict[int, NextStep], *, today: date
) -> dict[int, str]:
    """Return the names of those whose the next step is, by the signal's number, where it is another's.

    Queries: four, however many rows.
    """
    handed = [(row, step) for row in rows if (step := following[row.signal.pk]).handed and step.step]
    mentors = mentor_by_child(viewer, on=today) if handed else {}
    names = {
        staff.pk: staff.full_name
        for staff in Staff.objects.filter(authority_id=viewer.authority_id, pk__in=set(mentors.values()))
    }
    there: dict[tuple[int, str], list[str]] = defaultdict(list)
    duties = Duty.objects.filter(
        in_force(today), staff__authority_id=viewer.authority_id, role__in=_asked(handed)
    )
    for duty in duties.select_related("staff").order_by("staff__family_name", "pk"):
        there[duty.unit_id, duty.role].append(duty.staff.full_name)
    found = {}
    for row, step in handed:
        role, unit = (step.step.role if step.step else ""), row.signal.unit
        if role in GROUP_ROLES:
            found[row.signal.pk] = names.get(mentors.get(row.child.pk, 0), "")
        else:
            held = there[unit.pk, role] or there[unit.parent_id or 0, role]
            found[row.signal.pk] = ", ".join(held)
    return found


def _asked(handed: Sequence[tuple[SignalRow, NextStep]]) -> set[str]:
    return {step.step.role for _row, step in handed if step.step is not None}


def next_steps_for(viewer: Viewer, rows: Sequence[SignalRow], *, today: date) -> dict[int, NextStep]:
    """Return the next step of each signal, by the signal's number. Queries: three, however many rows."""
    ladder = {step.number: step for step in list_ladder_for(viewer, on=today)}
    taken: dict[int, set[int]] = defaultdict(set)
    past = StepTaken.objects.filter(signal_id__in=[r.signal.pk for r in rows])
    for signal_id, number in past.values_list("signal_id", "step__number"):
        taken[signal_id].add(number)
    forms = _forms_of([r.child.pk for r in rows], today)
    return {
        row.signal.pk: _next(
            viewer, row, ladder, taken[row.signal.pk], forms.get(row.child.pk, ""), today
        )
        for row in rows
    }  # fmt: skip


def _forms_of(children: Sequence[int], today: date) -> dict[int, str]:
    """Return the school form of each child's main place."""
    places = Enrolment.objects.filter(on_day(today), child_id__in=children).order_by("main", "valid_from")
    return dict(places.values_list("child_id", "form"))


def _next(
    viewer: Viewer, row: SignalRow, ladder: dict[int, LadderStep], taken: set[int], form: str, today: date
) -> NextStep:
    if row.step is not None:
        step = row.step.step
        own = takes(viewer, step.role)
        return NextStep(step, own and _is_talk(step, ladder), not own, going=True)
    chosen = next_step(
        (Step(s.number, tuple(s.forms), s.with_guardian) for s in ladder.values()),
        taken,
        form=form,
        adult=is_adult(row.child.birth_date, today),
    )
    if chosen is None:
        return NextStep(None, talk=not ladder, ended=bool(ladder))
    step = ladder[chosen.number]
    own = takes(viewer, step.role)
    return NextStep(step, own and _is_talk(step, ladder), not own)


def _is_talk(step: LadderStep, ladder: dict[int, LadderStep]) -> bool:
    """Tell whether it is the nearest adult's first step, the talk with the pupil."""
    first = step.number <= min(ladder, default=step.number)
    return first and step.role in GROUP_ROLES and not (step.with_guardian or step.is_inquiry)


def list_steps_waiting_for(viewer: Viewer, unit: Organisation, roles: Sequence[str]) -> list[StepTaken]:
    """Return a unit's open steps of some roles, the nearest deadline first. Queries: one.

    A step in which the principal decides on an inquiry stands among the decisions instead.
    """
    rows = StepTaken.objects.filter(
        child__authority_id=viewer.authority_id, unit=unit, done_on=None, step__role__in=roles
    ).exclude(step__is_inquiry=True)
    return list(rows.select_related("step", "child", "signal").order_by("due_on", "pk"))


def list_waiting_places() -> list[tuple[str, int, date | None]]:
    """Return role, unit and last day of every open step that is not a mentor's, for the reminders.

    Queries: one.
    """
    rows = StepTaken.objects.filter(done_on=None).exclude(step__role__in=GROUP_ROLES)
    return list(rows.values_list("step__role", "unit_id", "due_on"))
