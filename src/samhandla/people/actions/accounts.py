"""Accounts of staff: opened with a one-time link, renewed, closed. The owner chooses the password."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.utils import timezone

from samhandla.people.errors import NotYours, Refused
from samhandla.people.models import Staff
from samhandla.people.queries.accounts import AccountRow, account_rows_for, link_ends, staff_by_eppn
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Account, Actor
from samhandla.trust.viewer import Viewer


@dataclass(frozen=True)
class OneTimeLink:
    """What the owner of an account needs to choose a password. It is kept nowhere: shown once.

    Args:
        uid, key: the two parts of the link's address.
    """

    staff: Staff
    username: str
    uid: str
    key: str
    ends: datetime


@action
def open_accounts(*, by: Viewer, staff_ids: Collection[int]) -> list[OneTimeLink]:
    """Open an account for each of some people, all or none, and return their one-time links.

    A closed account is opened again under its earlier name.

    Raises:
        NotYours: somebody is out of the viewer's reach, or nobody was named.
        Refused: an account is the viewer's own, not the viewer's to keep, or open already.
    """
    return [_open(by, row) for row in _kept_by(by, staff_ids)]


@action
def open_account_by_name(*, by: Viewer | None, eppn: str) -> Account:
    """Open an account for somebody whom the municipality's own login has just recognised.

    It has no password: it opens through that login alone. One account serves the person's every authority.

    Raises:
        NotYours: the register knows nobody by that name, or an account is open already.
    """
    known = staff_by_eppn(eppn)
    list(Staff.objects.select_for_update().filter(pk__in=[one.pk for one in known]).order_by("pk"))
    if not known or Actor.objects.filter(staff__in=known, account__isnull=False).exists():
        raise NotYours
    account = Account.objects.create_user(
        _free_username(known[0]), None, email=known[0].email, eppn=_free_eppn(known[0].eppn)
    )
    Actor.objects.filter(staff__in=known).update(account=account)
    record(EventKind.ACCOUNT_OPENED, by=by, about=account, details={"staff": known[0].pk})
    return account


@action
def renew_link(*, by: Viewer, staff_id: int) -> OneTimeLink:
    """Make a new one-time link. The earlier link, password, second steps and every open session end at once.

    Raises:
        NotYours: the person is out of the viewer's reach.
        Refused: the account is not the viewer's to keep, is closed or used elsewhere too, or there is none.
    """
    (row,) = _kept_by(by, [staff_id])
    if row.account is None or row.state == "closed":
        raise Refused("no_account")
    if row.shared:
        raise Refused("account_elsewhere")
    link = _link(row.account, row.staff)
    record(EventKind.ACCOUNT_RENEWED, by=by, about=row.account, details={"staff": row.staff.pk})
    return link


@action
def close_account(*, by: Viewer, staff_id: int) -> Staff:
    """Close somebody's account: its password, links and sessions end at once, its history stays.

    An account that also works for another authority only loses what it had in this one.

    Raises:
        NotYours: the person is out of the viewer's reach.
        Refused: the account is not the viewer's to keep, or is not open.
    """
    (row,) = _kept_by(by, [staff_id])
    account = row.account
    if account is None or row.state == "closed":
        raise Refused("no_account")
    if row.shared:
        Actor.objects.filter(pk=row.staff.actor_id).update(account=None)
    else:
        account.is_active = False
        account.invited_at = None
        account.set_unusable_password()
        account.save(update_fields=["is_active", "invited_at", "password"])
    record(EventKind.ACCOUNT_CLOSED, by=by, about=account, details={"staff": row.staff.pk})
    return row.staff


def _kept_by(by: Viewer, staff_ids: Collection[int]) -> list[AccountRow]:
    """Return people whose accounts the viewer may keep; two who act at once wait on the people's rows."""
    wanted = set(staff_ids)
    list(Staff.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    rows = [row for row in account_rows_for(by) if row.staff.pk in wanted]
    if not wanted or len(rows) != len(wanted):
        raise NotYours
    for row in rows:
        if row.problem:
            raise Refused(row.problem)
    return rows


def _open(by: Viewer, row: AccountRow) -> OneTimeLink:
    account = row.account
    if account is not None and account.is_active:
        raise Refused("already_open")
    if account is None:
        staff = row.staff
        account = Account.objects.create_user(
            _free_username(staff), None, email=staff.email, eppn=_free_eppn(staff.eppn)
        )
        Actor.objects.filter(pk=staff.actor_id).update(account=account)
    link = _link(account, row.staff)
    record(EventKind.ACCOUNT_OPENED, by=by, about=account, details={"staff": row.staff.pk})
    return link


def _link(account: Account, staff: Staff) -> OneTimeLink:
    return OneTimeLink(staff, account.username, *link_parts(account))


def link_parts(account: Account) -> tuple[str, str, datetime]:
    """Make a one-time link anew and return the two parts of its address, and when it ends."""
    _end_second_steps(account)
    # The link is signed over the password's stored form: a new unusable one ends every earlier link.
    account.set_unusable_password()
    account.is_active = True
    account.invited_at = timezone.now()
    account.save(update_fields=["password", "is_active", "invited_at"])
    key = default_token_generator.make_token(account)
    return user_pk_to_url_str(account), key, link_ends(account.invited_at)


def _end_second_steps(account: Account) -> None:
    """Whoever needs a link may have lost the phone too: the second steps end with the password."""
    Authenticator.objects.filter(user=account).delete()


def _free_username(staff: Staff) -> str:
    """Return given.family, with a number where it is taken: addresses and numbers are hard to type."""
    plain = unicodedata.normalize("NFKD", f"{staff.given_name} {staff.family_name}".lower())
    words = "".join(c if c.isalnum() else " " for c in plain.encode("ascii", "ignore").decode()).split()
    stem = ".".join(words)[:120] or "konto"
    taken = set(Account.objects.filter(username__startswith=stem).values_list("username", flat=True))
    numbered = (f"{stem}{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (stem, *numbered) if name not in taken)


def _free_eppn(eppn: str) -> str | None:
    """Return what the municipality's own login knows the person by, unless an account has it already."""
    taken = not eppn or Account.objects.filter(eppn=eppn).exists()
    return None if taken else eppn
