"""The cheapest way through a row of choices: dynamic programming, for chords and for voicings alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def cheapest_path(cost: NDArray[np.float64], move: NDArray[np.float64]) -> NDArray[np.int64]:
    """The choice at each place that makes the sum of all costs least; shape (n,).

    `cost` (n, S) is the price of each of S choices at each place (inf forbids one), `move` (n - 1, S, S) the price of
    going from a choice to one at the next place; of equal ways the one with the lower numbers wins. The method is
    Viterbi's (1967). Raises ValueError for no place at all.
    """
    if not len(cost):
        raise ValueError("a path needs at least one place")
    total = cost[0]
    came_from = np.zeros(cost.shape, np.int64)
    for place in range(1, len(cost)):
        ways = total[:, None] + move[place - 1]
        came_from[place] = ways.argmin(axis=0)
        total = ways.min(axis=0) + cost[place]
    path = np.empty(len(cost), np.int64)
    path[-1] = total.argmin()
    for place in range(len(cost) - 1, 0, -1):
        path[place - 1] = came_from[place, path[place]]
    return path
