"""Legal scenarios as data: consents to efforts and SIP, and nödåtkomst, each with its source."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from samhandla.people.queries import today
from samhandla.secrecy.actions.emergency import Sought, open_emergency, set_emergency
from samhandla.secrecy.errors import NotAllowed, Refused
from samhandla.secrecy.models import Consent
from samhandla.secrecy.rules.consents import Effort, state_of
from samhandla.secrecy.rules.efforts import Kind
from samhandla.secrecy.rules.emergency import OPENERS, REVIEWERS
from samhandla.secrecy.rules.waivers import Said
from samhandla.trust.permissions import Permission
from samhandla.trust.roles import ROLES

HERE, DAY = Path(__file__).parent, date(2026, 3, 2)


def told(name):
    data = tomllib.loads((HERE / name).read_text("utf-8"))
    return [{**data["defaults"], **row} for row in data["scenario"]]


YESES, EMERGENCIES = told("yeses.toml"), told("emergencies.toml")


@pytest.mark.parametrize("told", YESES, ids=lambda row: row["what"][:60])
def test_what_the_voices_amount_to(told):
    voices = [Said(said == "yes", str(n)) for n, said in enumerate(told["guardians"]) if said]
    voices += [Said(told["child"] == "yes")] if told["child"] else []
    # The birthday is tomorrow, so that everybody is as old as an age can be.
    born = None if told["age"] < 0 else date(DAY.year - told["age"] - 1, DAY.month, DAY.day + 1)
    effort = Effort(
        kind=Kind(told["kind"]), asked_on=date(2026, 1, 1), valid_to=date(2026, 6, 1), withdrawn=False,
        suitable=told["suitable"], birth_date=born, voices=tuple(voices),
        guardians=frozenset(str(n) for n in range(len(told["guardians"]))),
    )  # fmt: skip
    assert state_of(effort, DAY) == told["state"]


def test_every_kind_and_state_has_a_scenario():
    assert {row["kind"] for row in YESES} == set(Consent.Kind.values) == {kind.value for kind in Kind}
    assert {row["state"] for row in YESES} == {"given", "missing", "refused"}
    assert all(row["source"] for row in (*YESES, *EMERGENCIES))


@pytest.mark.django_db
@pytest.mark.parametrize("told", EMERGENCIES, ids=lambda row: row["what"][:60])
def test_whom_the_database_opens(cast, told):
    for authority, unit in (("board", "berga"), ("independent", "fria")):
        cast._duty(authority, f"lawyer_{unit}", "lawyer", unit)
        lawyer = f"lawyer_{unit}"
        set_emergency(by=cast.viewer(lawyer), hours=3, reviewer=cast.staff[lawyer], on=today())
    cast._duty(told["authority"], "asker", told["who"], told["unit"])
    sought = Sought(cast.unit[told["at"]].pk, told["pupil"], "Prov")
    try:
        open_emergency(by=cast.viewer("asker"), sought=sought, reason="bråttom", hours=1)
        answer = "opened"
    except NotAllowed:
        answer = "role"
    except Refused as refused:
        (answer,) = refused.problems
    assert answer == told["answer"]


def test_the_roles_and_the_rules_name_the_same_people():
    def held(permission):
        return {role.code for role in ROLES.values() if permission in role.permissions}

    assert held(Permission.EMERGENCY_OPEN) == set(OPENERS)
    assert held(Permission.EMERGENCY_REVIEW) == set(REVIEWERS)
