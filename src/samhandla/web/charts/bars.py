"""Shares as bars in a table, and a share over time as a line. Hidden and uncertain figures look so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

LINE_WIDTH = 640
LINE_HEIGHT = 220
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 16, 30
INSET = 30  # the first point stands clear of the scale
STEPS = (0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)
TICK_STEPS = (1, 2, 5, 10, 20, 25)  # per cent; one of them divides every end that scale_top gives
TICKS = 6


@dataclass(frozen=True)
class Bar:
    """One group's share.

    Args:
        share: 0–1; None when it is not shown.
        hidden: the figure is not shown; `hidden_text` says why, "too few to be shown" when it is empty.
        reporting_rate: share of lessons that are registered, 0–1.
        uncertain: the reporting rate is too low; the bar is drawn pale and striped.
    """

    label: str
    share: float | None
    n: int | None = None
    missing: int | None = None
    hidden: bool = False
    reporting_rate: float | None = None
    uncertain: bool = False
    width: float = 0
    hidden_text: str = ""


@dataclass(frozen=True)
class Bars:
    rows: list[Bar]
    top: float
    target: float | None
    target_x: float | None


def bars(rows: Sequence[Bar], *, target: float | None = None) -> Bars:
    """Give each bar its width in per cent of a common, even scale from 0.

    Args:
        target: a target value to be drawn as a line across all bars, 0–1.
    """
    shown = [row.share for row in rows if row.share is not None and not row.hidden]
    top = scale_top([*shown, target or 0])
    drawn = [_with_width(row, top) for row in rows]
    return Bars(drawn, top, target, None if target is None else round(100 * target / top, 2))


def scale_top(shares: Sequence[float]) -> float:
    """Return the end of the scale: an even step of at least the largest share, never 0."""
    largest = max(shares, default=0)
    for step in STEPS:
        for times in (1, 2, 3, 4):
            if step * times >= largest and largest > 0:
                return min(1.0, round(step * times, 4))
    return 1.0


def _with_width(row: Bar, top: float) -> Bar:
    share = None if row.hidden else row.share
    width = 0.0 if share is None else round(100 * share / top, 2)
    return replace(row, share=share, width=width)


@dataclass(frozen=True)
class Point:
    """One term or month; `share` None leaves a gap in the line."""

    label: str
    share: float | None
    n: int | None = None
    x: float = 0
    y: float = 0


@dataclass(frozen=True)
class Tick:
    y: float
    share: float


@dataclass(frozen=True)
class Line:
    points: list[Point]
    paths: list[str]
    ticks: list[Tick]
    target: float | None
    target_y: float | None
    width: int = LINE_WIDTH
    height: int = LINE_HEIGHT
    left: int = LEFT
    right: int = LINE_WIDTH - RIGHT
    label_y: int = LINE_HEIGHT - 8


def line(points: Sequence[Point], *, target: float | None = None) -> Line:
    """Place points along a common scale from 0 and join neighbours; a missing figure is a gap.

    Args:
        points: in the order of time.
        target: a target value to be drawn as a dashed line, 0–1.
    """
    top = scale_top([*(p.share for p in points if p.share is not None), target or 0])
    step = (LINE_WIDTH - LEFT - RIGHT - 2 * INSET) / max(1, len(points) - 1)
    placed = [
        Point(p.label, p.share, p.n, round(LEFT + INSET + i * step, 1), _height(p.share or 0, top))
        for i, p in enumerate(points)
    ]
    ticks = [Tick(_height(share, top), share) for share in _tick_shares(top)]
    return Line(placed, _paths(placed), ticks, target, None if target is None else _height(target, top))


def _tick_shares(top: float) -> list[float]:
    """Return even steps in whole per cent from 0 to the end of a scale, six at most."""
    whole = round(top * 100)
    step = next(size for size in TICK_STEPS if whole % size == 0 and whole // size <= TICKS)
    return [share / 100 for share in range(0, whole + 1, step)]


def _height(share: float, top: float) -> float:
    return round(LINE_HEIGHT - BOTTOM - share / top * (LINE_HEIGHT - TOP - BOTTOM), 1)


def _paths(points: Sequence[Point]) -> list[str]:
    runs: list[list[str]] = [[]]
    for point in points:
        if point.share is None:
            runs.append([])
        else:
            runs[-1].append(f"{point.x},{point.y}")
    return [" ".join(run) for run in runs if len(run) > 1]
