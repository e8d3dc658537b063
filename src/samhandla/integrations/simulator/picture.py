"""Draws the simulated spread of absence beside the English one, as SVG.

Run: `python -m samhandla.integrations.simulator.picture --dfe FILE --out FILE`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

from samhandla.integrations.simulator.attendance import simulate
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.shape import (
    CHECKED_ON,
    SET_ON,
    Cell,
    PupilShare,
    Shares,
    bands_of,
    comparable,
    expected_bands,
    pupil_shares,
    read_dfe,
)
from samhandla.integrations.simulator.world import build_world

LABELS = ("0–5", "5–10", "10–15", "15–20", "20–25", "25–30", "30–35", "35–40", "40–45", "45–50", "över 50")
SIMULATED, ENGLAND = "simulerad kommun", "England före pandemin"
PANELS = ("alla", "flickor", "pojkar", "F–årskurs 5", "årskurs 6–8", "årskurs 9–gymnasiets första år")


def panels_of(pupils: list[PupilShare]) -> dict[str, list[PupilShare]]:
    """Divide the pupils into the panels of the picture: all, by sex, by age."""
    groups = {pupil.pupil: pupil.year_group or 0 for pupil in pupils}
    return dict(
        zip(
            PANELS,
            (
                pupils,
                [p for p in pupils if p.sex == "K"],
                [p for p in pupils if p.sex == "M"],
                [p for p in pupils if groups[p.pupil] <= 6],
                [p for p in pupils if 7 <= groups[p.pupil] <= 9],
                [p for p in pupils if groups[p.pupil] >= 10],
            ),
            strict=True,
        )
    )


def rows_of(pupils: list[PupilShare], dfe: dict[Cell, Shares]) -> list[dict[str, Any]]:
    """Return one row per panel, band and source, with the percentage of pupils."""
    rows = []
    for panel, members in panels_of(pupils).items():
        for source, bands in (
            (SIMULATED, bands_of(p.share for p in members)),
            (ENGLAND, expected_bands(members, dfe)),
        ):
            for place, (label, part) in enumerate(zip(LABELS, bands, strict=True)):
                if part > 0:
                    row = {"panel": panel, "place": place, "band": label, "source": source}
                    rows.append(row | {"percent": round(100 * float(part), 3)})
    return rows


def chart(rows: list[dict[str, Any]]) -> Any:
    """Return the chart: percentage of pupils per band on a logarithmic scale, so that the tail is seen."""
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(point=True)
        .encode(
            x=alt.X("band:N", sort=list(LABELS), title="frånvaro under läsåret, procent"),
            y=alt.Y(
                "percent:Q",
                scale=alt.Scale(type="log", domainMin=0.02),
                title="procent av eleverna (logaritmisk skala)",
            ),
            color=alt.Color("source:N", title=None, scale=alt.Scale(range=["#8a5a00", "#0b4f8a"])),
            strokeDash=alt.StrokeDash("source:N", title=None),
            facet=alt.Facet("panel:N", columns=3, sort=list(PANELS), title=None),
        )
        .properties(width=250, height=190)
    )


def draw(rows: list[dict[str, Any]], out: Path) -> None:
    """Write the chart as SVG."""
    out.write_text(vl_convert.vegalite_to_svg(chart(rows).to_dict()), encoding="utf-8")


def main(argv: list[str] | None = None) -> int:
    """Simulate, compare and draw."""
    parser = argparse.ArgumentParser(description="Rita den simulerade frånvaron bredvid den engelska.")
    parser.add_argument("--dfe", type=Path, required=True, help="CSV med elever per frånvaroband")
    parser.add_argument("--out", type=Path, required=True, help="SVG-fil att skriva")
    parser.add_argument("--pupils", type=int, default=24_000)
    parser.add_argument("--seed", type=int, default=20)
    args = parser.parse_args(argv)
    world = build_world(args.pupils, max(1, round(args.pupils / 335)), args.seed)
    pupils = comparable(pupil_shares(simulate(world, Settings(faults=()))))
    draw(rows_of(pupils, read_dfe(args.dfe, SET_ON + CHECKED_ON)), args.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
