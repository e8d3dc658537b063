"""Random streams: every part of the simulator draws from its own, so that parts do not disturb each other."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Minutes = NDArray[np.int16]


def stream(seed: int, name: str, *numbers: int) -> np.random.Generator:
    """Return the random stream that belongs to a seed, a purpose and, if any, a school.

    The purpose is hashed with CRC-32 and not with `hash`, which differs between runs of Python.
    """
    key = np.random.SeedSequence([seed, zlib.crc32(name.encode()), *numbers])
    return np.random.Generator(np.random.PCG64(key))


def spread(total: int, weights: NDArray[np.float64]) -> Ints:
    """Divide a whole number over weights so that the parts add up to it (largest remainder)."""
    exact = total * weights / weights.sum()
    parts: Ints = np.floor(exact).astype(np.int64)
    rest = int(total - parts.sum())
    parts[np.argsort(parts - exact, kind="stable")[:rest]] += 1
    return parts
