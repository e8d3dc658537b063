"""Writes of the room: demands, emergency accounts, sessions, names at other providers, what was refused."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from samhandla.login.errors import LoginRefused
from samhandla.login.models import Demand, EmergencyAccount, EmergencyUse, OuterName
from samhandla.login.queries import known, own_sessions
from samhandla.login.rules import Level
from samhandla.people.errors import NotAllowed, NotYours, Refused
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Account, Actor
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def note_refusal(*, by: Viewer | None, problem: str) -> None:
    """Record that somebody was not let in, and why; never by what name."""
    record(EventKind.SIGN_IN_REFUSED, by=by, details={"problem": problem})


@action
def note_confirmed(*, by: Viewer | None, account: Account, method: str) -> None:
    """Record that somebody proved again who it is."""
    record(EventKind.SESSION_CONFIRMED, by=by, about=account, details={"method": method})


@action
def note_second_step(*, by: Viewer | None, account: Account, kind: str, added: bool) -> None:
    """Record that an app, a key or codes were added to an account, or taken away from it."""
    event = EventKind.SECOND_STEP_ADDED if added else EventKind.SECOND_STEP_REMOVED
    record(event, by=by, about=account, details={"kind": kind})


@action
def demand_level(*, by: Viewer, what: str, level: int, reached: int) -> None:
    """Demand a level for a role or a part, in the viewer's authority, from the next request on.

    Args:
        reached: the level of the session that asks; nobody may shut out the role that one acts in.

    Raises:
        NotAllowed: the viewer does not set demands.
        NotYours: there is no such role, part or level.
        Refused: the viewer would be shut out.
    """
    if not by.may(Permission.LOGIN_EDIT):
        raise NotAllowed
    if not known(what) or level not in set(Level):
        raise NotYours
    if level > reached and (what in by.roles or what == Permission.LOGIN_EDIT):
        raise Refused("shut_out")
    Demand.objects.update_or_create(authority_id=by.authority_id, what=what, defaults={"level": level})
    record(EventKind.LOGIN_LEVEL_SET, by=by, details={"what": what, "level": level})


@action
def end_sessions(*, by: Viewer | None, account: Account, keys: set[int] | None, own_key: str) -> int:
    """End one's own sessions: the chosen ones, or all but the present one.

    Args:
        keys: numbers of the list; None for every other.

    Raises:
        NotYours: none of them is one's own.
    """
    rows = own_sessions(account.pk)
    wanted = [r for r in rows if (r.session_key != own_key if keys is None else r.pk in keys)]
    if not wanted and keys is not None:
        raise NotYours
    for row in wanted:
        row.end()
    record(EventKind.SESSION_ENDED, by=by, about=account, details={"ended": len(wanted)})
    return len(wanted)


@action
def forget_ended_sessions(*, by: None = None) -> int:
    """Forget where people were logged in, when the session itself is over; return how many rows went.

    Addresses on the net and names of browsers are kept no longer than the login they belong to.
    """
    open_now = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    gone: int = UserSession.objects.exclude(session_key__in=open_now).delete()[0]
    record(EventKind.SESSION_ENDED, by=None, details={"forgotten": gone})
    return gone


@action
def open_emergency_account(*, by: Viewer, account: Account) -> EmergencyAccount:
    """Let a local account in also when only the municipality's login is to be used.

    Raises:
        NotAllowed: a person asks; it is done on the server.
    """
    if by.kind != Actor.Kind.SERVICE:
        raise NotAllowed
    row, _made = EmergencyAccount.objects.get_or_create(account=account)
    record(EventKind.RESERVE_OPENED, by=by, about=account)
    return row


@action
def note_emergency_use(*, by: Viewer | None, account: Account, ip: str | None) -> EmergencyUse:
    """Record that an emergency account was used; it waits on the page of demands for another to see it."""
    use = EmergencyUse.objects.create(account=account, ip=ip)
    record(EventKind.RESERVE_USED, by=by, about=account)
    return use


@action
def see_emergency_use(*, by: Viewer, account: Account, use_id: int) -> None:
    """Sign that one has seen a use of an emergency account.

    Raises:
        NotAllowed: the viewer does not set demands.
        NotYours: there is no such use in the authority, or it is signed already.
        Refused: it was oneself who used it.
    """
    if not by.may(Permission.LOGIN_EDIT):
        raise NotAllowed
    uses = EmergencyUse.objects.filter(pk=use_id, seen_at=None, account__actors__authority_id=by.authority_id)
    use = uses.select_for_update(of=("self",)).first()
    if use is None:
        raise NotYours
    if use.account_id == account.pk:
        raise Refused("own_use")
    EmergencyUse.objects.filter(pk=use.pk).update(seen_at=timezone.now(), seen_by=account)
    record(EventKind.RESERVE_SEEN, by=by, about=use)


@action
def connect_guardian(*, by: Viewer, actor: Actor, provider: str, subject: str) -> OuterName:
    """Connect a guardian's e-identification with the guardian, when the school has seen who it is.

    Raises:
        NotAllowed: the actor is no guardian of the viewer's authority, or a person asks (no page does yet).
        LoginRefused: the e-identification is connected with somebody else.
    """
    mine = actor.kind == Actor.Kind.GUARDIAN and actor.authority_id == by.authority_id
    if by.kind != Actor.Kind.SERVICE or not mine:
        raise NotAllowed
    if OuterName.objects.filter(provider=provider, subject=subject).exclude(account=actor.account).exists():
        raise LoginRefused("shared_name")
    account = actor.account or _account_of(actor)
    row, _made = OuterName.objects.get_or_create(account=account, provider=provider, subject=subject)
    record(EventKind.IDENTITY_CONNECTED, by=by, about=account, details={"provider": provider})
    return row


def _account_of(actor: Actor) -> Any:
    account = Account.objects.create_user(f"guardian-{actor.pk}", None)
    Actor.objects.filter(pk=actor.pk).update(account=account)
    return account
