"""Random registers: what the database gives each person is what the reference in plain Python says.

As many worlds as `SAMHANDLA_WORLDS` says: a few in every run of the tests. `make bench` runs ten thousand
(`trust.random_world_differences`). A world that differs is told by its blob, not made smaller.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.worlds import reference
from tests.worlds.generator import Stage, differences_in_world, make_stage

from samhandla.trust.roles import ROLES

pytestmark = pytest.mark.django_db
WORLDS = int(os.environ.get("SAMHANDLA_WORLDS", "120"))


@pytest.fixture
def stage(db) -> Stage:
    return make_stage()


@settings(
    max_examples=WORLDS,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
@given(rng=st.randoms(use_true_random=False))
def test_the_database_gives_what_the_rules_say(stage, rng):
    assert differences_in_world(stage, rng) == []


def test_the_reference_knows_the_same_roles():
    """The reference has its own lists, so that a role moved by mistake shows; they must be whole."""
    assert {code for code, role in ROLES.items() if role.reach == "unit"} == reference.AT_UNIT
    assert {code for code, role in ROLES.items() if role.reach == "group"} == reference.MENTORS
    assert {code for code, role in ROLES.items() if role.reach == "emi"} == reference.IN_EMI
