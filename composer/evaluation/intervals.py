"""Figures with an honest idea of how far chance moves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 1000
_SMALL = 0.05
"""Below this a fourth place is written."""


@dataclass(frozen=True)
class Figure:
    """A figure and its 95 % interval, `low` to `high`; both None where none was taken."""

    value: float
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        places = 3 if abs(self.value) >= _SMALL else 4
        if self.low is None or self.high is None:
            return f"{self.value:.{places}f}"
        return f"{self.value:.{places}f} ({self.low:.{places}f}–{self.high:.{places}f})"


def resample(count: int, seed: int) -> NDArray[np.int64]:
    """DRAWS ways of drawing `count` of `count` things with replacement, as numbers (DRAWS, count) (Efron 1979)."""
    return np.random.default_rng(seed).integers(count, size=(DRAWS, count))


def mean_figure(values: Sequence[float], seed: int = 0) -> Figure:
    """The mean of one value a piece, NaN left out, with its bootstrap interval over pieces."""
    return ratio_figure(values, np.ones(len(values)), seed)


def ratio_figure(above: Sequence[float], below: Sequence[float] | NDArray[np.float64], seed: int = 0) -> Figure:
    """sum(above) / sum(below) of a pair a piece, pairs with a NaN left out, with its bootstrap interval over pieces."""
    pairs = np.array([above, below], float)
    pairs = pairs[:, np.isfinite(pairs).all(axis=0)]
    drawn = pairs[:, resample(pairs.shape[1], seed)].sum(axis=-1)
    low, high = np.quantile(drawn[0] / drawn[1], [0.025, 0.975])
    return Figure(float(pairs[0].sum() / pairs[1].sum()), float(low), float(high))


def seeds_figure(values: Sequence[float]) -> Figure:
    """The mean over a few seeds with a 95 % interval from Student's t; without an interval for a single value.

    Raises ValueError for more than six values, which the table of t here doesn't reach.
    """
    if len(values) == 1:
        return Figure(float(values[0]))
    quantile = dict(zip(range(2, 7), (12.706, 4.303, 3.182, 2.776, 2.571), strict=True)).get(len(values))
    if quantile is None:
        raise ValueError(f"{len(values)} seeds: the table holds 2 to 6")
    mean = float(np.mean(values))
    half = quantile * float(np.std(values, ddof=1)) / len(values) ** 0.5
    return Figure(mean, mean - half, mean + half)
