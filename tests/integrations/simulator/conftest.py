"""One small invented municipality and its year, made once for all tests of the simulator."""

from __future__ import annotations

from pathlib import Path

import pytest

from samhandla.integrations.simulator.attendance import SchoolYear, whole_year
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.world import World, build_world

SHARED_DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    return SHARED_DATA


@pytest.fixture(scope="session")
def numbers_file() -> Path:
    return SHARED_DATA / "testpersonnummer" / "testpersonnummer.txt"


@pytest.fixture(scope="session")
def world(numbers_file) -> World:
    """Every kind of school (the first eight of the pattern), about 1,500 pupils."""
    return build_world(pupils=1500, schools=8, seed=7, personnummer=numbers_file)


@pytest.fixture(scope="session")
def clean_year(world) -> SchoolYear:
    return whole_year(world, Settings(faults=()))


@pytest.fixture(scope="session")
def faulty_year(world) -> SchoolYear:
    return whole_year(world)
