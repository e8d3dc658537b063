"""Who has an account, and which of them the viewer keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from samhandla.people.models import Assignment, Duty, Organisation, Staff, Substitution
from samhandla.people.queries.common import in_force, today
from samhandla.people.queries.names import swedish
from samhandla.people.queries.units import organisations_for
from samhandla.people.rules import may_keep_account
from samhandla.trust.models import Account, Actor
from samhandla.trust.permissions import Permission
from samhandla.trust.roles import ROLES, WHOLE_AUTHORITY_ROLES
from samhandla.trust.viewer import Viewer

NO_UNIT = 0


@dataclass(frozen=True)
class AccountRow:
    """One person with the roles that count now or later, and the state of the account.

    Args:
        state: `none`, `waiting` (the link is not used), `expired` (it never was), `open`, `closed`.
        ends: when a waiting link ends.
        shared: the account also works for another authority.
        problem: why the viewer does not keep this account, as a code; empty when it does.
    """

    staff: Staff
    roles: tuple[str, ...]
    places: frozenset[int]
    account: Account | None
    state: str
    ends: datetime | None
    shared: bool
    problem: str

    @property
    def role_names(self) -> list[str]:
        return sorted({gettext(ROLES[role].name) for role in self.roles})


def link_ends(made: datetime) -> datetime:
    """Return when a one-time link that was made at a time ends."""
    return made + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


def account_rows_for(viewer: Viewer) -> list[AccountRow]:
    """Return everybody at work now or later where the viewer keeps accounts, by name.

    Whoever keeps the whole authority also gets those without any duty. Queries: six at most.
    """
    reached = {o.pk for o in organisations_for(viewer, Permission.ACCOUNT_EDIT)}
    everywhere = viewer.kind == Actor.Kind.SERVICE or viewer.may_any("data_administrator")
    held = _held(viewer.authority_id, today())
    at_work = [pk for pk, rows in held.items() if any(unit in reached for _, unit in rows)]
    people = Staff.objects.filter(authority_id=viewer.authority_id).select_related("actor__account")
    if not everywhere:
        people = people.filter(pk__in=at_work)
    shared = _shared(viewer.authority_id)
    rows = [_row(viewer, staff, held[staff.pk], shared) for staff in people]
    return sorted(rows, key=lambda r: (swedish(r.staff.family_name), swedish(r.staff.given_name), r.staff.pk))


def list_accounts_for(viewer: Viewer, place: Organisation) -> list[AccountRow]:
    """Return those of the viewer's people who work at one unit, by name. Queries: as above."""
    return [row for row in account_rows_for(viewer) if place.pk in row.places]


def count_to_open(rows: Collection[AccountRow]) -> int:
    """Return for how many of some rows the viewer may open an account."""
    return sum(1 for row in rows if row.state in ("none", "closed") and not row.problem)


def _held(authority_id: int, day: date) -> dict[int, set[tuple[str, int]]]:
    """Return the roles and units of each person, now or later. Queries: three.

    The roles of somebody whom a person stands in for count too, without a unit.
    """
    counts = in_force(day) | Q(ended_at=None, valid_from__gt=day)
    duties = Duty.objects.filter(counts, staff__authority_id=authority_id)
    tasks = Assignment.objects.filter(counts, staff__authority_id=authority_id)
    found: dict[int, set[tuple[str, int]]] = defaultdict(set)
    for staff, role, unit in duties.values_list("staff_id", "role", "unit_id"):
        found[staff].add((role, unit))
    for staff, role, unit in tasks.values_list("staff_id", "role", "group__unit_id"):
        found[staff].add((role, unit))
    pairs = Substitution.objects.filter(counts, absent__authority_id=authority_id)
    lent = [(there, found[away]) for away, there in pairs.values_list("absent_id", "stand_in_id")]
    for there, roles in lent:
        found[there] = found[there] | {(role, NO_UNIT) for role, _ in roles}
    return found


def _shared(authority_id: int) -> set[int]:
    """Return the accounts that somebody else's actor uses too. Queries: one."""
    mine = Actor.objects.filter(authority_id=authority_id, account__isnull=False).values("account_id")
    others = Actor.objects.exclude(authority_id=authority_id).filter(account_id__in=mine)
    return set(others.values_list("account_id", flat=True))


def _row(viewer: Viewer, staff: Staff, held: set[tuple[str, int]], shared: set[int]) -> AccountRow:
    account = staff.actor.account
    roles = tuple(sorted({role for role, _ in held}))
    state, ends = _state(account)
    return AccountRow(
        staff=staff,
        roles=roles,
        places=frozenset(unit for _, unit in held),
        account=account,
        state=state,
        ends=ends,
        shared=account is not None and account.pk in shared,
        problem=_problem(viewer, staff, roles),
    )


def _problem(viewer: Viewer, staff: Staff, roles: tuple[str, ...]) -> str:
    if viewer.kind == Actor.Kind.SERVICE:
        return ""
    if staff.actor_id == viewer.actor_id:
        return "own_account"
    return "" if may_keep_account(viewer.roles, roles) else "account_above"


def account_state(account: Account | None) -> str:
    """Return the state of an account, as a code of `AccountRow.state`."""
    return _state(account)[0]


def _state(account: Account | None) -> tuple[str, datetime | None]:
    if account is None:
        return "none", None
    if not account.is_active:
        return "closed", None
    if account.has_usable_password() or account.invited_at is None:
        return "open", None
    ends = link_ends(account.invited_at)
    return ("waiting" if ends > timezone.now() else "expired"), ends


def staff_by_eppn(eppn: str) -> list[Staff]:
    """Return everybody at work, in any authority, whom the register knows by a login name. Queries: one.

    Capital letters do not count, as in the standard of the name.
    """
    return list(Staff.objects.filter(eppn__iexact=eppn).select_related("actor__account").order_by("pk"))


def accounts_by_eppn(eppn: str) -> list[Account]:
    """Return the accounts that have a login name which the register of staff does not: those of pupils.

    An account whose owner the register knows by another name is left out: the register decides.
    """
    renamed = Staff.objects.exclude(eppn="").filter(actor__account__isnull=False).values("actor__account_id")
    return list(Account.objects.filter(eppn__iexact=eppn).exclude(pk__in=renamed).order_by("pk"))


def addresses_of_keepers(authority_ids: Iterable[int]) -> set[str]:
    """Return the e-mail addresses of those who keep the accounts of whole authorities today."""
    held = Duty.objects.filter(
        in_force(today()), role__in=WHOLE_AUTHORITY_ROLES, staff__authority_id__in=list(authority_ids)
    )
    return set(held.exclude(staff__email="").values_list("staff__email", flat=True))
