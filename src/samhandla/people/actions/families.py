"""Logins of guardians and pupils: opened by the school for those whom the register gives a right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from samhandla.people.actions.accounts import link_parts
from samhandla.people.actions.authorities import derive_access
from samhandla.people.actions.guard import is_service
from samhandla.people.errors import NotAllowed, NotYours, Refused
from samhandla.people.models import Child, Guardian, Guardianship, Staff
from samhandla.people.queries import domain_of, get_child_for, reaches_unit, today
from samhandla.people.rules import OWN_RIGHT_IN_SCHOOL_AGE, age_on, guardian_standing
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Account, Actor, Branch
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@dataclass(frozen=True)
class FamilyLink:
    """What somebody in a family needs to choose a password. It is kept nowhere: shown once.

    Args:
        uid, key: the two parts of the link's address.
    """

    name: str
    username: str
    uid: str
    key: str
    ends: datetime


@action
def open_guardian_account(*, by: Viewer, ref: UUID, guardianship_id: int) -> FamilyLink:
    """Give an adult of a child a login, or a new link; an earlier link, password and session end at once.

    What the login shows follows from the guardianships, and ends on each child's 18th birthday.

    Raises:
        NotYours: the child is not at a unit whose families the viewer keeps, or has no such adult.
        Refused: the register gives the adult no right today.
    """
    child = _child(by, ref)
    tie = Guardianship.objects.filter(child=child, pk=guardianship_id).select_related("guardian").first()
    if tie is None:
        raise NotYours
    if guardian_standing(tie.kind, child.birth_date, tie.valid_from, tie.valid_to, today()) != "right":
        raise Refused("no_right")
    adult = Guardian.objects.select_for_update(of=("self",)).get(pk=tie.guardian_id)
    account = _account(by, adult, Actor.Kind.GUARDIAN, f"vh{tie.pk}")
    return _linked(by, child, account, adult.shown_name)


@action
def open_pupil_account(*, by: Viewer, ref: UUID) -> FamilyLink:
    """Give a pupil who speaks for itself a login of its own, by a link.

    Raises:
        NotYours: the child is not at a unit whose families the viewer keeps.
        Refused: the pupil is younger than 16, or the register does not know how old.
    Source: skollagen (2010:800) 29 kap. 12 §.
    """
    child = _old_enough(by, ref)
    account = _account(by, child, Actor.Kind.CHILD, f"elev{child.pk}")
    return _linked(by, child, account, child.shown_name)


@action
def connect_school_account(*, by: Viewer, ref: UUID, eppn: str) -> Account:
    """Let a pupil who speaks for itself come in with its school account, by the name it has there (EPPN).

    Raises:
        NotYours, Refused: as above; and when somebody else has the name, or it is none.
    """
    child = _old_enough(by, ref)
    name = eppn.strip()
    if name.count("@") != 1 or not all(name.split("@")) or " " in name:
        raise Refused("no_eppn")
    account = _account(by, child, Actor.Kind.CHILD, f"elev{child.pk}")
    others = Account.objects.filter(eppn__iexact=name).exclude(pk=account.pk)
    if others.exists() or Staff.objects.filter(eppn__iexact=name).exists():
        raise Refused("eppn_taken")
    Account.objects.filter(pk=account.pk).update(eppn=name, is_active=True)
    _record(EventKind.ACCOUNT_OPENED, by, child, account)
    return account


@action
def give_family_actor(*, by: Viewer, person: Child | Guardian) -> Actor:
    """Let the jobs give a guardian or a pupil somebody to act as, when an installation is made.

    Raises:
        NotAllowed: a person asks; people open logins with the actions above.
    """
    if not is_service(by):
        raise NotAllowed
    kind = Actor.Kind.CHILD if isinstance(person, Child) else Actor.Kind.GUARDIAN
    actor = _actor(by, person, kind)
    record(EventKind.REGISTER_CHANGED, by=by, about=actor)
    return actor


@action
def close_family_account(*, by: Viewer, ref: UUID, guardianship_id: int | None) -> Account:
    """Close the login of an adult of a child, or of the child itself; its sessions end at once.

    Raises:
        NotYours: as above, or there is no login.
    """
    child = _child(by, ref)
    actor_id = child.actor_id
    if guardianship_id is not None:
        ties = Guardianship.objects.filter(child=child, pk=guardianship_id)
        actor_id = ties.values_list("guardian__actor_id", flat=True).first()
    account = Account.objects.filter(actors=actor_id, is_active=True).first() if actor_id else None
    if account is None or account.actors.filter(kind=Actor.Kind.STAFF).exists():
        raise NotYours
    account.is_active, account.invited_at = False, None
    account.set_unusable_password()
    account.save(update_fields=["is_active", "invited_at", "password"])
    _record(EventKind.ACCOUNT_CLOSED, by, child, account)
    return account


def _child(by: Viewer, ref: UUID) -> Child:
    child = get_child_for(by, ref)
    if child is None or not reaches_unit(by, child.unit_id, Permission.FAMILY_ACCOUNT):
        raise NotYours
    return child


def _old_enough(by: Viewer, ref: UUID) -> Child:
    child = _child(by, ref)
    if child.birth_date is None or age_on(child.birth_date, today()) < OWN_RIGHT_IN_SCHOOL_AGE:
        raise Refused("too_young")
    return child


def _account(by: Viewer, person: Child | Guardian, kind: str, username: str) -> Account:
    """Return somebody's account, with an actor to act as; made when there is none.

    The user name tells nothing: it is read aloud at a counter.
    """
    actor = _actor(by, person, kind)
    if actor.account is None:
        taken = Account.objects.filter(username=username).exists()
        actor.account = Account.objects.create_user(f"{username}-{actor.pk}" if taken else username, None)
        Actor.objects.filter(pk=actor.pk).update(account=actor.account)
    return actor.account


def _actor(by: Viewer, person: Child | Guardian, kind: str) -> Actor:
    if person.actor is None:
        actor = Actor.objects.create(kind=kind, authority_id=by.authority_id, name=person.shown_name)
        if isinstance(person, Child):
            Child.objects.filter(pk=person.pk).update(actor=actor)
        else:
            Guardian.objects.filter(pk=person.pk).update(actor=actor)
        person.actor = actor
        derive_access(by.authority_id, families=False)
    return person.actor


def _linked(by: Viewer, child: Child, account: Account, name: str) -> FamilyLink:
    uid, key, ends = link_parts(account)
    _record(EventKind.ACCOUNT_OPENED, by, child, account)
    return FamilyLink(name, account.username, uid, key, ends)


def _record(event: EventKind, by: Viewer, child: Child, account: Account) -> None:
    record(
        event,
        by=by,
        child_id=child.pk,
        unit_id=child.unit_id,
        domain_id=domain_of(by.authority_id, Branch.SCHOOL).pk,
        about=account,
    )
