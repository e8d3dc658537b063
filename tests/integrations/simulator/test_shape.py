"""The spread of absence over pupils, beside England's bands for the years before the pandemic.

The rates were set by hand on 2016/17 and 2017/18 and on seeds 5, 20 and 31–34. Here another seed is compared
with 2018/19. England is used because no Swedish series exists, and the years before the pandemic because they
give the form; the level of later years is higher, and so is Sweden's share above 15 per cent.
"""

from __future__ import annotations

import numpy as np
import pytest

from samhandla.integrations.simulator.attendance import simulate
from samhandla.integrations.simulator.picture import PANELS, draw, panels_of, rows_of
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.shape import (
    BANDS,
    CHECKED_ON,
    SET_ON,
    bands_of,
    comparable,
    distance,
    expected_bands,
    pupil_shares,
    read_dfe,
)
from samhandla.integrations.simulator.world import build_world

pytestmark = pytest.mark.slow

TOLERANCE, TOLERANCE_IN_PART = 0.06, 0.08


@pytest.fixture(scope="module")
def dfe(shared_data):
    return read_dfe(shared_data / "attendance" / "dfe_absence_bands_4_local_authorities.csv", CHECKED_ON)


@pytest.fixture(scope="module")
def pupils():
    years = simulate(build_world(8000, 24, 101), Settings(faults=()))
    return comparable(pupil_shares(years))


def test_all_pupils(pupils, dfe) -> None:
    assert distance(bands_of(p.share for p in pupils), expected_bands(pupils, dfe)) <= TOLERANCE


@pytest.mark.parametrize("panel", PANELS[1:])
def test_each_sex_and_age(pupils, dfe, panel) -> None:
    part = panels_of(pupils)[panel]
    assert len(part) > 1000
    assert distance(bands_of(p.share for p in part), expected_bands(part, dfe)) <= TOLERANCE_IN_PART


def test_the_tail_is_neither_too_thin_nor_too_fat(pupils, dfe) -> None:
    """England had 0.75 % above half the year in 2018/19 for this mix of ages; 4.9 % above 15 %."""
    mine, english = bands_of(p.share for p in pupils), expected_bands(pupils, dfe)
    assert 0.006 < english[-1] < 0.009
    assert 0.7 * english[-1] <= mine[-1] <= 1.5 * english[-1]
    assert 0.8 * english[3:].sum() <= mine[3:].sum() <= 1.3 * english[3:].sum()


def test_absence_grows_in_adolescence(pupils) -> None:
    young = [p.share for p in pupils if p.year_group <= 6]
    old = [p.share for p in pupils if p.year_group >= 9]
    assert np.mean(old) > 1.2 * np.mean(young)


def test_the_comparison_notices_another_shape(pupils, dfe) -> None:
    """Everybody alike with the same mean is far from England: the measure can fail."""
    mean = float(np.mean([p.share for p in pupils]))
    assert distance(bands_of([mean] * 100), expected_bands(pupils, dfe)) > 0.3


def test_the_years_differ_but_little_before_the_pandemic(shared_data, pupils, dfe) -> None:
    path = shared_data / "attendance" / "dfe_absence_bands_4_local_authorities.csv"
    assert distance(expected_bands(pupils, read_dfe(path, SET_ON)), expected_bands(pupils, dfe)) < 0.03
    assert distance(expected_bands(pupils, read_dfe(path, ("202223",))), expected_bands(pupils, dfe)) > 0.1


def test_bands_add_up() -> None:
    bands = bands_of([0, 0.05, 0.0501, 0.5, 0.501, 1.0])
    assert len(bands) == len(BANDS)
    assert bands.sum() == pytest.approx(1)
    assert bands[-1] == pytest.approx(2 / 6)
    assert bands[-2] == pytest.approx(1 / 6)


def test_picture_is_drawn(pupils, dfe, tmp_path) -> None:
    out = tmp_path / "shape.svg"
    draw(rows_of(pupils, dfe), out)
    text = out.read_text()
    assert text.startswith("<svg")
    assert all(panel in text for panel in PANELS)
