"""Who in a child's family has a login, and who may get one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from samhandla.people.models import Child, Guardianship
from samhandla.people.queries.accounts import account_state
from samhandla.people.rules import OWN_RIGHT_IN_SCHOOL_AGE, age_on, guardian_standing
from samhandla.trust.models import Account, Actor
from samhandla.trust.viewer import Viewer


@dataclass(frozen=True)
class FamilyRow:
    """One adult of a child: its right today as a code, and the state of its login."""

    tie: Guardianship
    standing: str
    account: Account | None
    state: str

    @property
    def may_open(self) -> bool:
        return self.standing == "right"


@dataclass(frozen=True)
class FamilyLogins:
    """The logins around one child; `pupil` is the child's own."""

    adults: list[FamilyRow]
    pupil: Account | None
    pupil_state: str
    old_enough: bool


def family_logins_for(viewer: Viewer, child: Child, *, on: date) -> FamilyLogins:
    """Return who around a child has a login, or may get one. Queries: two."""
    ties = Guardianship.objects.filter(child=child).select_related("guardian__actor__account")
    adults = []
    for tie in ties.order_by("valid_from", "pk"):
        account = tie.guardian.actor.account if tie.guardian.actor else None
        standing = guardian_standing(tie.kind, child.birth_date, tie.valid_from, tie.valid_to, on)
        adults.append(FamilyRow(tie, standing, account, account_state(account)))
    actor = Actor.objects.filter(pk=child.actor_id or 0).select_related("account").first()
    own = actor.account if actor else None
    old_enough = child.birth_date is not None and age_on(child.birth_date, on) >= OWN_RIGHT_IN_SCHOOL_AGE
    return FamilyLogins(adults, own, account_state(own), old_enough)
