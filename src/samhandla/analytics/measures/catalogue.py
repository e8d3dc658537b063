"""Every declared measure."""

from __future__ import annotations

from samhandla.analytics.measures import days, lessons, level
from samhandla.analytics.measures.declare import Measure

MEASURES: tuple[Measure, ...] = (*level.MEASURES, *days.MEASURES, *lessons.MEASURES)

BY_NAME: dict[str, Measure] = {measure.name: measure for measure in MEASURES}
