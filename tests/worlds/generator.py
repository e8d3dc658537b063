"""Random registers, written to the database and told to the reference in the same breath."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from tests.worlds.reference import Row, Span, World

from samhandla.detect.models import ParticipationMark
from samhandla.people import actions as people
from samhandla.people.models import (
    Assignment,
    Child,
    Conflict,
    Duty,
    Enrolment,
    Group,
    Guardianship,
    GuardianshipKind,
    Membership,
    NamedStaff,
    Organisation,
    Staff,
    Substitution,
)
from samhandla.people.queries import domain_of, service_viewer, today, viewer_of_actor
from samhandla.secrecy.actions.receivers import open_receiver
from samhandla.secrecy.models import LegalOpening, Transfer
from samhandla.trust.models import Actor, Domain
from samhandla.trust.viewer import VIEWER_SETTING, Viewer, acting_as, token_of

TABLES = 3  # asked about as each person
TODAY = today()
LONG_AGO = TODAY - timedelta(days=2000)
FIRSTS = (LONG_AGO, TODAY - timedelta(days=60), TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1))
ROLES_AT_UNITS = ("principal", "counsellor", "school_administrator", "school_nurse", "controller", "teacher")
TASKS = ("mentor", "class_teacher", "teacher")


@dataclass
class Stage:
    """What every world stands on: authorities, units, staff, guardians, a receiving function."""

    boards: list[int]
    units: dict[int, list[Organisation]]
    groups: dict[int, list[Group]]
    staff: dict[int, list[Staff]]
    adults: dict[int, list[tuple[int, int]]]  # guardian, actor
    family: dict[int, list[int]]  # actors of children with a login
    social: int
    workers: list[Staff]
    reception: int
    place: Organisation
    opening: dict[int, int]
    services: dict[int, Viewer]
    domains: dict[int, list[int]]
    world: World


def _authority(name: str, kind: str, branches: tuple[str, ...]) -> int:
    return people.found_authority(by=None, name=name, kind=kind, branches=branches).pk


def _units(board: int, number: int) -> list[Organisation]:
    """A school with two school units, and one unit by itself (the second authority has only that)."""
    by = service_viewer(board)
    alone = people.save_organisation(by=by, name=f"Ensamma {number}", kind="school_unit", school_forms=["GR"])
    if number:
        return [alone]
    school = people.save_organisation(by=by, name="Skolan", kind="school")
    parts = [
        people.save_organisation(
            by=by, name=f"Del {form}", kind="school_unit", school_forms=[form], parent=school
        )
        for form in ("GR", "AGR")
    ]
    return [school, *parts, alone]


def make_stage() -> Stage:
    """Register what every world stands on, by the product's own actions."""
    boards = [
        _authority("Nämnden", "board", ("school", "emi")),
        _authority("Fria AB", "independent", ("school",)),
    ]
    units = {board: _units(board, number) for number, board in enumerate(boards)}
    groups, staff, adults, family, opening = {}, {}, {}, {}, {}
    for board in boards:
        by = service_viewer(board)
        inside = [u for u in units[board] if u.kind == "school_unit"]
        groups[board] = [
            people.save_group(by=by, unit=u, kind="class", name=f"{n}", school_year=7, valid_from=LONG_AGO)
            for u in inside
            for n in range(2)
        ]
        staff[board] = [people.register_staff(by=by, given_name=f"S{n}", family_name="P") for n in range(4)]
        adults[board] = [_adult(board) for _ in range(2)]
        family[board] = [_actor(board, Actor.Kind.CHILD)]
        opening[board] = _opening(board)
    social = _authority("Socialnämnden", "board", ("social",))
    by = service_viewer(social)
    place = people.save_organisation(by=by, name="Mottagningen", kind="other")
    workers = [people.register_staff(by=by, given_name=f"W{n}", family_name="P") for n in range(2)]
    keeper = people.register_staff(by=by, given_name="K", family_name="P")
    people.give_duty(by=by, staff=keeper, unit=place, role="data_administrator", valid_from=LONG_AGO)
    reception = open_receiver(
        by=viewer_of_actor(keeper.actor), domain=domain_of(social, "social"), unit=place, name="M"
    ).pk
    made = Stage(
        boards, units, groups, staff, adults, family, social, workers, reception, place, opening,
        {number: service_viewer(number) for number in (*boards, social)},
        {n: list(Domain.objects.filter(authority_id=n).values_list("pk", flat=True)) for n in boards},
        World(TODAY),
    )  # fmt: skip
    _tell(made)
    return made


def _actor(board: int, kind: str) -> int:
    by = service_viewer(board)
    return people.open_actor(by=by, authority_id=board, kind=kind, name="x").pk


def _adult(board: int) -> tuple[int, int]:
    by = service_viewer(board)
    actor = people.open_actor(by=by, authority_id=board, kind=Actor.Kind.GUARDIAN, name="x")
    adult = people.register_guardian(by=by, given_name="V", family_name="P", protection="none", actor=actor)
    return adult.pk, actor.pk


def _opening(board: int) -> int:
    with acting_as(service_viewer(board)):
        return LegalOpening.objects.create(
            authority_id=board, code="any", paragraph="x", title="x", starts=["any"], ends=["any"], test="x",
            decides="staff", needs="support", mark="V", source="x", approved_on=TODAY,
            approved_by_id=service_viewer(board).actor_id,
        ).pk  # fmt: skip


def _tell(stage: Stage) -> None:
    """Tell the reference what stands still."""
    world = stage.world
    for board in stage.boards:
        world.school_domain[board] = domain_of(board, "school").pk
        emi = Domain.objects.filter(authority_id=board, branch="emi").first()
        world.emi_domain |= {board: emi.pk} if emi else {}
        for unit in stage.units[board]:
            world.parent[unit.pk], world.authority[unit.pk] = unit.parent_id, board
            world.schools |= {unit.pk} if unit.kind == "school" else set()
        world.staff |= {one.pk: (one.actor_id, board) for one in stage.staff[board]}
        world.groups |= {group.pk: group.unit_id for group in stage.groups[board]}
    world.staff |= {one.pk: (one.actor_id, stage.social) for one in stage.workers}
    world.school_domain[stage.social] = -1
    world.parent[stage.place.pk], world.authority[stage.place.pk] = None, stage.social
    world.receivers[stage.reception] = stage.place.pk


# One random world


def _span(rng: Random, *, ends: bool = False) -> tuple[Span, dict[str, object]]:
    """Return a span, and the columns that say the same."""
    first = rng.choice(FIRSTS)
    last = rng.choice((None, None, first, max(first, TODAY - timedelta(days=1)), max(first, TODAY)))
    ended = rng.choice((None, None, None, TODAY - timedelta(days=3), TODAY)) if ends else None
    columns: dict[str, object] = {"valid_from": first, "valid_to": last}
    if ends:
        at = None if ended is None else datetime.combine(ended, time(0, 30), timezone.get_current_timezone())
        columns["ended_at"] = at
    return Span(first, last, ended), columns


def make_world(stage: Stage, rng: Random) -> World:
    """Write a random register and return the same to the reference."""
    world = World(TODAY, *(getattr(stage.world, name) for name in ("parent", "schools", "authority")))
    for name in ("school_domain", "emi_domain", "staff", "groups", "receivers"):
        setattr(world, name, getattr(stage.world, name))
    for board in stage.boards:
        with acting_as(stage.services[board]):
            _children(stage, world, board, rng)
            _work(stage, world, board, rng)
            _families(stage, world, board, rng)
            _withheld(stage, world, board, rng)
            people.derive_access(board)
            _rows(stage, world, board, rng)
    with acting_as(stage.services[stage.social]):
        _social(stage, world, rng)
    return world


def _children(stage: Stage, world: World, board: int, rng: Random) -> None:
    units = [u for u in stage.units[board] if u.kind == "school_unit"]
    domain, fresh = world.school_domain[board], []
    born = (None, date(TODAY.year - 13, 5, 2), _years_ago(18), _years_ago(18) + timedelta(days=1))
    for number in range(3):
        actor = stage.family[board][0] if number == 0 and rng.random() < 0.5 else None
        fresh.append(
            Child(
                authority_id=board,
                unit=rng.choice(units),
                given_name="x",
                family_name="y",
                birth_date=rng.choice(born),
                protection=rng.choice(("none", "unknown", "none", "marked", "protected")),
                actor_id=actor,
            )
        )
    for child in Child.objects.bulk_create(fresh):
        world.marked |= {child.pk} if child.protection in ("marked", "protected") else set()
        world.children[child.pk] = (board, child.unit_id, child.birth_date, child.actor_id)
    enrolments, places = [], []
    for child in fresh:
        for _ in range(rng.randint(0, 3)):
            unit, (span, columns) = rng.choice(units), _span(rng)
            world.enrolments.append((child.pk, unit.pk, span))
            enrolments.append(
                Enrolment(child=child, unit=unit, domain_id=domain, form="GR", school_year=7, **columns)
            )
        for _ in range(rng.randint(0, 2)):
            group, (span, columns) = rng.choice(stage.groups[board]), _span(rng)
            world.memberships.append((child.pk, group.pk, span))
            places.append(
                Membership(child=child, unit_id=group.unit_id, domain_id=domain, group=group, **columns)
            )
    Enrolment.objects.bulk_create(enrolments)
    Membership.objects.bulk_create(places)


def _years_ago(years: int) -> date:
    try:
        return TODAY.replace(year=TODAY.year - years)
    except ValueError:
        return TODAY.replace(year=TODAY.year - years, day=28)


def _work(stage: Stage, world: World, board: int, rng: Random) -> None:
    staff, tasks, duties, away = stage.staff[board], [], [], []
    for _ in range(rng.randint(0, 4)):
        one, group, role = rng.choice(staff), rng.choice(stage.groups[board]), rng.choice(TASKS)
        span, columns = _span(rng, ends=True)
        world.tasks.append((one.pk, group.pk, role, span))
        tasks.append(Assignment(staff=one, group=group, role=role, **columns))
    for _ in range(rng.randint(0, 3)):
        one, unit, role = rng.choice(staff), rng.choice(stage.units[board]), rng.choice(ROLES_AT_UNITS)
        span, columns = _span(rng, ends=True)
        world.duties.append((one.pk, unit.pk, role, span))
        duties.append(Duty(staff=one, unit=unit, role=role, **columns))
    for _ in range(rng.randint(0, 2)):
        absent, there = rng.sample(staff, 2)
        span, columns = _span(rng, ends=True)
        world.stand_ins.append((absent.pk, there.pk, span))
        away.append(Substitution(absent=absent, stand_in=there, **columns))
    Assignment.objects.bulk_create(tasks)
    Duty.objects.bulk_create(duties)
    Substitution.objects.bulk_create(away)


def _families(stage: Stage, world: World, board: int, rng: Random) -> None:
    mine = [number for number, (whose, *_) in world.children.items() if whose == board]
    domain, ties = world.school_domain[board], []
    for adult, actor in stage.adults[board]:
        for number in rng.sample(mine, rng.randint(0, 2)):
            kind, (span, columns) = rng.choice(GuardianshipKind.values), _span(rng)
            world.guardians.append((actor, number, kind, domain, span))
            ties.append(
                Guardianship(
                    child_id=number,
                    guardian_id=adult,
                    kind=kind,
                    domain_id=domain,
                    unit_id=world.children[number][1],
                    **columns,
                )
            )
    Guardianship.objects.bulk_create(ties)


def _withheld(stage: Stage, world: World, board: int, rng: Random) -> None:
    """Who is named for a child with protected identity, and who is too close to one."""
    mine = [number for number, (whose, *_) in world.children.items() if whose == board]
    by, now, named, close = stage.services[board], timezone.now(), [], []
    for _ in range(rng.randint(0, 4)):
        one, number, (span, columns) = rng.choice(stage.staff[board]), rng.choice(mine), _span(rng, ends=True)
        world.named.append((one.pk, number, span))
        about = {"child_id": number, "unit_id": world.children[number][1], **columns}
        named.append(
            NamedStaff(
                **about,
                domain_id=world.school_domain[board],
                staff=one,
                named_by_id=by.actor_id,
                named_at=now,
            )
        )
    for _ in range(rng.randint(0, 2)):
        one, there = rng.sample(stage.staff[board], 2)
        number, (span, columns) = rng.choice(mine), _span(rng, ends=True)
        stand_in = rng.choice((None, there))
        world.close.append((one.pk, number, stand_in and stand_in.pk, span))
        about = {"child_id": number, "unit_id": world.children[number][1], **columns}
        close.append(
            Conflict(
                **about, domain_id=world.school_domain[board], staff=one, actor_id=one.actor_id, kind="own",
                stand_in=stand_in, noted_by_id=by.actor_id, noted_at=now,
            )
        )  # fmt: skip
    NamedStaff.objects.bulk_create(named)
    Conflict.objects.bulk_create(close)


def _rows(stage: Stage, world: World, board: int, rng: Random) -> None:
    """Marks made here and there, in the school's domain or the medical one; and facts handed over."""
    by = stage.services[board]
    domains = stage.domains[board]
    units = [u for u in stage.units[board] if u.kind == "school_unit"]
    mine = [number for number, (whose, *_) in world.children.items() if whose == board]
    marks = [
        ParticipationMark(
            child_id=rng.choice(mine),
            unit=rng.choice(units),
            domain_id=rng.choice(domains),
            on=TODAY - timedelta(days=number),
            by_id=by.actor_id,
        )
        for number in range(5)
    ]
    for row in ParticipationMark.objects.bulk_create(marks):
        world.marks.append(Row(row.pk, row.child_id, row.unit_id, row.domain_id))
    sent = [
        Transfer(
            child_id=rng.choice(mine),
            unit=rng.choice(units),
            domain_id=world.school_domain[board],
            receiver_id=stage.reception,
            opening_id=stage.opening[board],
            ground="x",
            child_as="x",
            text="x",
            reason="x",
            weighing="x",
            sent_by_id=by.actor_id,
            sent_name="x",
            sent_at=timezone.now(),
        )
        for _ in range(rng.randint(0, 2))
    ]
    for row in Transfer.objects.bulk_create(sent):
        told = Row(row.pk, row.child_id, row.unit_id, row.domain_id)
        world.transfers.append((told, stage.reception))


def _social(stage: Stage, world: World, rng: Random) -> None:
    """Who works in the reception, and who only did or will."""
    duties, away = [], []
    for one in stage.workers:
        role, (span, columns) = rng.choice(("social_worker", "controller")), _span(rng, ends=True)
        world.duties.append((one.pk, stage.place.pk, role, span))
        duties.append(Duty(staff=one, unit=stage.place, role=role, **columns))
    if rng.random() < 0.5:
        absent, there = rng.sample(stage.workers, 2)
        span, columns = _span(rng, ends=True)
        world.stand_ins.append((absent.pk, there.pk, span))
        away.append(Substitution(absent=absent, stand_in=there, **columns))
    Duty.objects.bulk_create(duties)
    Substitution.objects.bulk_create(away)
    people.derive_access(stage.social)


def _people(stage: Stage, world: World) -> list[int]:
    """Return everybody who can ask: staff, guardians, children with a login."""
    return [
        *(actor for actor, _ in world.staff.values()),
        *(actor for some in stage.adults.values() for _, actor in some),
        *(actor for some in stage.family.values() for actor in some),
    ]


ASKS = """
    select 'people_child', id from people_child
    union all select 'detect_participationmark', id from detect_participationmark
    union all select 'secrecy_transfer', id from secrecy_transfer
"""


def differences_of(stage: Stage, world: World, rng: Random) -> list[tuple[str, int, set[int]]]:
    """Ask the database as each person, and let one of them try to remove everything.

    Two statements a person: who asks, and everything that is seen.

    Returns: table, person and the rows that are in only one of the two, where they differ.
    """
    actors, found = _people(stage, world), []
    known = Actor.objects.in_bulk(actors)
    for actor in actors:
        with _asking(known[actor]) as cursor:
            cursor.execute(ASKS)
            seen: dict[str, set[int]] = {}
            for table, number in cursor.fetchall():
                seen.setdefault(table, set()).add(number)
        for table, expected in (
            ("people_child", world.sees_child(actor)),
            ("detect_participationmark", world.sees_marks(actor)),
            ("secrecy_transfer", world.sees_transfers(actor)),
        ):
            found.append((table, actor, seen.get(table, set()) ^ expected))
    removes = rng.choice(actors)
    with _asking(known[removes]) as cursor:
        cursor.execute("delete from detect_participationmark returning id")
        gone = {number for (number,) in cursor.fetchall()}
    found.append(("removed marks", removes, gone ^ world.sees_marks(removes)))
    return [row for row in found if row[2]]


@contextmanager
def _asking(actor: Actor) -> Iterator[Any]:
    """Ask as somebody, inside another's block: the token is all that the database knows."""
    viewer = Viewer(actor.pk, actor.authority_id, actor.kind)
    with connection.cursor() as cursor:
        cursor.execute("select set_config(%s, %s, true)", [VIEWER_SETTING, token_of(viewer)])
        yield cursor


def differences_in_world(stage: Stage, rng: Random) -> list[tuple[str, int, set[int]]]:
    """Make one world, ask about it, and take it back."""
    with acting_as(stage.services[stage.social]):
        found = differences_of(stage, make_world(stage, rng), rng)
        transaction.set_rollback(True)
    return found


def questions_of(stage: Stage) -> int:
    """Return how many answers of the database are compared in one world."""
    return TABLES * len(_people(stage, stage.world)) + 1
