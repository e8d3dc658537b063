"""Authorities, actors, accounts, and the access that follows from the register."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from samhandla.people.actions.guard import is_service
from samhandla.people.errors import NotAllowed
from samhandla.people.purging import purge_everywhere
from samhandla.people.queries import service_viewer
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Account, Actor, Authority, Domain
from samhandla.trust.viewer import Viewer, acting_as, current_viewer


@action
def found_authority(
    *, by: Viewer | None, name: str, kind: str, branches: Iterable[str], municipality_code: str = ""
) -> Authority:
    """Make an authority with its secrecy domains and the service that runs its jobs.

    `by` is None when an installation is set up from the command line.
    """
    authority = Authority.objects.create(name=name, kind=kind, municipality_code=municipality_code)
    Domain.objects.bulk_create([Domain(authority=authority, branch=branch) for branch in branches])
    Actor.objects.create(kind=Actor.Kind.SERVICE, authority=authority, name="Samhandla")
    record(EventKind.REGISTER_CHANGED, by=by, about=authority)
    return authority


@action
def open_actor(*, by: Viewer | None, authority_id: int, kind: str, name: str) -> Actor:
    """Make somebody who can act in an authority; `name` is what colleagues see."""
    actor = Actor.objects.create(kind=kind, authority_id=authority_id, name=name)
    record(EventKind.REGISTER_CHANGED, by=by, about=actor)
    return actor


@action
def open_account(
    *, by: Viewer | None, actors: Iterable[Actor], username: str, password: str | None, email: str = ""
) -> Account:
    """Make a login when an installation is set up; without password it opens only through the municipal IdP.

    People open accounts for others with `open_accounts`, which holds who may do it for whom.

    Raises:
        NotAllowed: a person asks.
    """
    if by is not None and not is_service(by):
        raise NotAllowed
    account = Account.objects.create_user(username, password, email=email)
    Actor.objects.filter(pk__in=[a.pk for a in actors]).update(account=account)
    record(EventKind.ACCOUNT_OPENED, by=by, about=account)
    return account


def derive_protection(authority_id: int) -> int:
    """Lay the strictest marking of each family over its children, in the running transaction.

    The database does it as `maint`, since a sibling may go to a school that the viewer cannot see.

    Returns: how many children changed.
    """
    with connection.cursor() as cursor:
        cursor.execute("select people_derive_protection(%s)", [authority_id])
        row = cursor.fetchone()
    changed = int(row[0]) if row else 0
    _purge_protected(authority_id, everywhere=changed > 0)
    return changed


def _purge_protected(authority_id: int, *, everywhere: bool) -> None:
    """Throw away what may not be kept of those with protected identity, with an event that says how much.

    Args:
        everywhere: a marking has come or gone: also what other rooms keep.
    """
    by = current_viewer()
    if by is None or by.authority_id != authority_id:
        return  # the jobs that read past nobody: an installation that is being made
    with connection.cursor() as cursor:
        cursor.execute(
            "select areas, contacts, names, earlier, children from people_purge_protected(%s)", [authority_id]
        )
        areas, contacts, names, earlier, children = cursor.fetchone() or (0, 0, 0, 0, [])
    counts = {"areas": areas, "contacts": contacts, "names": names, "earlier": earlier}
    if everywhere and children:
        jobs = service_viewer(authority_id)  # a sibling may go to a school that `by` cannot see
        with acting_as(jobs):
            counts |= purge_everywhere(jobs, children)
    if any(counts.values()):
        record(EventKind.PROTECTED_PURGED, by=by, details=counts)


def derive_access(authority_id: int, *, families: bool = True) -> int:
    """Derive who may see whom in an authority from the register, in the running transaction.

    The database does it as `maint`; the running role has no right on `Access`. To be called last
    in every action that changes duties, groups, guardianships, units or actors.

    Args:
        families: also derive whose name is hidden; False where no child or guardian has changed.
    Returns: how many rows came or went.
    """
    if families:
        derive_protection(authority_id)
    with connection.cursor() as cursor:
        cursor.execute("select people_derive_access(%s)", [authority_id])
        row = cursor.fetchone()
    return int(row[0]) if row else 0
