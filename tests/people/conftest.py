"""Families and numbers for the register's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from samhandla.people import actions
from samhandla.people.models import Child
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

DATA = Path(__file__).resolve().parents[3] / "shared/data/testpersonnummer/testpersonnummer.txt"


@pytest.fixture(scope="session")
def numbers() -> list[str]:
    """Published test numbers of children."""
    return [line for line in DATA.read_text().split() if line.startswith("201")][:50]


@pytest.fixture
def guardian_of(cast):
    """`guardian_of("alma", protection="marked")`: an adult tied to one or more children."""

    def make(*names, kind="vardnadshavare", protection="none", **dates):
        by = cast.service()
        adult = actions.register_guardian(by=by, given_name="Eva", family_name="Prov", protection=protection)
        with acting_as(by):
            for name in names:
                actions.open_guardianship(
                    by=by,
                    child=cast.child[name],
                    guardian=adult,
                    kind=kind,
                    **{"valid_from": today(), **dates},
                )
        return adult

    return make


@pytest.fixture
def stored(cast):
    """`stored("alma")`: a child as the database has it now."""

    def read(name, authority="board"):
        with acting_as(cast.service(authority)):
            return Child.objects.get(pk=cast.child[name].pk)

    return read
