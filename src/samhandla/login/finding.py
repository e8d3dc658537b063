"""Whose account it is that an identity provider tells of. The register decides; nothing is made up here."""

from __future__ import annotations

from samhandla.login.errors import LoginRefused
from samhandla.login.models import OuterName
from samhandla.login.rules import Level, Said
from samhandla.people import actions as people
from samhandla.people import queries as register
from samhandla.trust.models import Account
from samhandla.trust.viewer import Viewer


def staff(said: Said, level: Level, *, by: Viewer | None) -> Account:
    """Return the account of somebody with an EPPN: staff as the register has it today, or a pupil.

    Somebody whom the register knows and who has a duty, but who has no account yet, gets one: with the
    municipality's own login nobody hands out links.

    Raises:
        LoginRefused: the name is missing, unknown, that of several, or of somebody without a duty.
    """
    if not said.name:
        raise LoginRefused("no_name")
    people_named = register.staff_by_eppn(said.name)
    accounts = {one.actor.account for one in people_named if one.actor.account is not None}
    if not people_named:
        accounts = set(register.accounts_by_eppn(said.name))
        if not accounts:
            raise LoginRefused("unknown")
    if len(accounts) > 1:
        raise LoginRefused("shared_name")
    if accounts:
        return accounts.pop()
    if not any(register.viewer_of_actor(one.actor).duties for one in people_named):
        raise LoginRefused("no_duty")
    return people.open_account_by_name(by=by, eppn=said.name)


def guardian(said: Said, level: Level, *, by: Viewer | None) -> Account:
    """Return the account that is connected with a guardian's e-identification.

    Raises:
        LoginRefused: it is too weak, or connected with nobody.
    """
    if level < Level.E_ID_3:
        raise LoginRefused("low_level")
    found = OuterName.objects.filter(provider=said.provider, subject=said.subject).select_related("account")
    row = found.first()
    if row is None:
        raise LoginRefused("unknown_guardian")
    return row.account
