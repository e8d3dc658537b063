"""How early the rules find a course that begins, against the list that schools use.

Thresholds were set on the development seeds 1–5; these seeds were never used for that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.parquet as pq

from bench.detection_world import (
    Found,
    World,
    evaluate,
    found_within,
    lay_out,
    leads,
    listed_day,
    low_bound,
    peer_list,
    pooled,
    without_codes,
)
from bench.registry import Options, Result, benchmark
from bench.simulated import simulated_year
from samhandla.detect.rules.catalogue import BY_CODE
from samhandla.detect.rules.level import level_rolling
from samhandla.detect.rules.panel import Bools, window
from samhandla.detect.rules.ruleset import RuleSet
from samhandla.detect.rules.run import on_matrices

SEEDS = (101, 102, 103, 104, 105)
PUPILS = 12_000
# Limits of the rule on change at which it gives as many signals as the peer on seeds 1–5.
EQUAL_BURDEN_LIMIT = 3.2
EQUAL_BURDEN_LIMIT_WITHOUT_CODES = 2.65


@dataclass
class Comparison:
    """One list against the peer on all worlds."""

    ours: list[Found]
    peer: list[Found]
    worlds: list[World]

    def lead(self) -> np.ndarray:
        return np.concatenate([leads(o, p) for o, p in zip(self.ours, self.peer, strict=True)])

    def burden(self) -> float:
        return sum(o.signals for o in self.ours) / sum(p.signals for p in self.peer)

    def false_ratio(self) -> float:
        return sum(o.false for o in self.ours) / max(sum(p.false for p in self.peer), 1)

    def terciles(self) -> list[dict[str, float]]:
        """Return the median lead per third of the onset days; early onsets gain least."""
        onset = np.concatenate([w.onset[p.ever] for w, p in zip(self.worlds, self.peer, strict=True)])
        lead, cut = self.lead(), np.quantile(onset, [1 / 3, 2 / 3])
        thirds = (onset <= cut[0], (onset > cut[0]) & (onset <= cut[1]), onset > cut[1])
        return [
            {
                "onset_from": int(onset[third].min()) + 1,
                "onset_to": int(onset[third].max()) + 1,
                "median_lead": _median(lead[third]),
            }
            for third in thirds
        ]

    def soon(self) -> tuple[float, float]:
        """Return the share of cases found within 20 days of onset: by ours, and by the peer."""
        ours, peer = (
            float(np.mean([found_within(w, f) for w, f in zip(self.worlds, found, strict=True)]))
            for found in (self.ours, self.peer)
        )
        return ours, peer

    def found_ratio(self) -> float:
        """Return how many times as many cases as the peer finds are found within 20 days of onset.

        A peer that finds none counts as one that finds one case, so that there is a number.
        """
        ours, peer = self.soon()
        return ours / max(peer, 1 / len(pooled(self.ours).day))

    def facts(self) -> dict[str, object]:
        """Return what a reader needs beside the median: n, misses, terciles, burden, false signals."""
        ours, peer, lead = pooled(self.ours), pooled(self.peer), self.lead()
        return {
            "cases": len(ours.day),
            "cases_found_by_peer": len(lead),
            "median_lead": _median(lead),
            "found_ever": [round(float(ours.ever.mean()), 3), round(float(peer.ever.mean()), 3)],
            "found_within_20_days": [round(share, 3) for share in self.soon()],
            "later_than_peer": round(float((lead < 0).mean()), 3),
            "burden_ratio": round(self.burden(), 3),
            "false_ratio": round(self.false_ratio(), 3),
            "signals_per_mentor_week": [round(ours.per_mentor_week, 3), round(peer.per_mentor_week, 3)],
            "onset_terciles": self.terciles(),
        }


@benchmark(
    "signals.days_earlier_than_15pct",
    "signals.days_earlier_low",
    "signals.days_earlier_without_codes",
    "signals.false_alarm_ratio",
    "signals.default_burden_ratio",
    "signals.default_later_share",
    "signals.default_found_ratio",
)
def signals(options: Options) -> list[Result]:
    """Compare on the held-out seeds, with and without absence codes."""
    worlds = [_world(options, seed, codes=True) for seed in SEEDS]
    bare = [_world(options, seed, codes=False) for seed in SEEDS]
    equal = _compare(worlds, [_rising(w, EQUAL_BURDEN_LIMIT) for w in worlds])
    equal_bare = _compare(bare, [_rising(w, EQUAL_BURDEN_LIMIT_WITHOUT_CODES) for w in bare])
    default = _compare(worlds, [default_list(w) for w in worlds])
    default_bare = _compare(bare, [default_list(w) for w in bare])
    lead = equal.lead()
    facts = {
        "equal_burden": equal.facts(),
        "equal_burden_without_codes": equal_bare.facts(),
        "default": default.facts(),
        "default_without_codes": default_bare.facts(),
        "others_at_equal_burden": _others(worlds),
    }
    later = np.concatenate([_later(w) for w in [*worlds, *bare]])
    bare_lead, low = _median(equal_bare.lead()), low_bound(lead)
    false = max(equal.false_ratio(), equal_bare.false_ratio())
    burden = max(default.burden(), default_bare.burden())
    soon = min(default.found_ratio(), default_bare.found_ratio())
    days = "school days"
    return [
        Result(1, "signals.days_earlier_than_15pct", _median(lead), days, 10, "higher", facts),
        Result(1, "signals.days_earlier_low", low, days, 8, "higher", {"interval": "95 % bootstrap"}),
        Result(
            1, "signals.days_earlier_without_codes", bare_lead, days, 10, "higher",
            {"low": low_bound(equal_bare.lead())},
        ),
        Result(1, "signals.false_alarm_ratio", false, "times", 1.1, "lower"),
        Result(1, "signals.default_burden_ratio", burden, "times", 1.4, "lower"),
        Result(1, "signals.default_later_share", float(later.mean()), "share of cases", 0, "lower"),
        Result(1, "signals.default_found_ratio", soon, "times", 2, "higher"),
    ]  # fmt: skip


def default_list(world: World) -> Bools:
    """Return the pupils who stand on the product's own list, day by day, with the declared limits."""
    return np.any(list(on_matrices(world.panel, RuleSet()).values()), axis=0)  # type: ignore[no-any-return]


def _later(world: World) -> np.ndarray:
    ours, peer = listed_day(world, default_list(world)), listed_day(world, peer_list(world.panel))
    found = peer >= 0
    return (ours[found] < 0) | (ours[found] > peer[found])  # type: ignore[no-any-return]


def _rising(world: World, limit: float) -> Bools:
    rule = BY_CODE["rising"]
    on = rule.test(world.panel, {**rule.defaults(), "limit": limit}).on
    return on & ~world.panel.adapted[:, None]


def _compare(worlds: list[World], lists: list[Bools]) -> Comparison:
    peers = [evaluate(world, peer_list(world.panel)) for world in worlds]
    return Comparison([evaluate(w, on) for w, on in zip(worlds, lists, strict=True)], peers, worlds)


def _others(worlds: list[World]) -> dict[str, object]:
    """Compare two rules of thumb at the peer's burden: each with its own limit raised until it fits."""
    rolling = [
        _compare(worlds, [level_rolling(w.panel, {"days": 20, "threshold": limit}).on for w in worlds])
        for limit in (0.3, 0.35, 0.4, 0.45, 0.5)
    ]
    absences = [
        _compare(worlds, [window(w.panel.away, 32) >= least for w in worlds]) for least in (7, 8, 9, 10, 11)
    ]
    return {
        "rolling_20_days": _nearest(rolling).facts(),
        "absences_in_45_calendar_days": _nearest(absences).facts(),
    }


def _nearest(tried: list[Comparison]) -> Comparison:
    return min(tried, key=lambda comparison: abs(comparison.burden() - 1))


def _median(lead: np.ndarray) -> float:
    return float(np.median(lead)) if len(lead) else 0.0


def _world(options: Options, seed: int, *, codes: bool) -> World:
    folder = simulated_year(options, seed, int(PUPILS * options.size), "signals")
    days = pq.read_table(folder / "days.parquet")
    names = ("pupils", "calendar", "truth", "standing")
    others = [pq.read_table(folder / f"{name}.parquet") for name in names]
    return lay_out(days if codes else without_codes(days), *others)
