"""From played or notated time to steps of a sixteenth: lag, swing and the nearest free step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from composer.music.voices import STEPS_PER_QUARTER

Floats = NDArray[np.float64]

_SWING_QUARTERS = np.array([0, 2 / 3, 1])
_SWING_STEPS = np.array([0, 2, 4])
_NEAR = 0.06
"""How far, in quarters, a swung note may be from two thirds of the beat and still count as one."""
_FARTHEST = 0.75
"""How far, in steps, a note is moved to keep it apart from its neighbour."""


@dataclass(frozen=True)
class Clock:
    """Where steps stand in the score: step 0 is `start` steps after the bar line at `bar_line` quarters.

    With `swing` the second half of each beat begins two thirds into it.
    """

    bar_line: float
    start: int = 0
    swing: bool = False

    def steps(self, quarters: ArrayLike) -> Floats:
        """Positions in steps, not rounded, of positions in quarters; any shape."""
        since = np.asarray(quarters, float) - self.bar_line
        if not self.swing:
            return np.asarray(since * STEPS_PER_QUARTER - self.start)
        beat = np.floor(since)
        within = np.interp(since - beat, _SWING_QUARTERS, _SWING_STEPS)
        return np.asarray(beat * STEPS_PER_QUARTER + within - self.start)

    def quarters(self, steps: ArrayLike) -> Floats:
        """Positions in quarters of positions in steps; any shape. The inverse of `steps`."""
        since = np.asarray(steps, float) + self.start
        if not self.swing:
            return np.asarray(since / STEPS_PER_QUARTER + self.bar_line)
        beat = np.floor(since / STEPS_PER_QUARTER)
        within = np.interp(since - beat * STEPS_PER_QUARTER, _SWING_STEPS, _SWING_QUARTERS)
        return np.asarray(beat + within + self.bar_line)


def find_lag(onsets: Floats) -> float:
    """The constant delay in quarters, -0.5..0.5, of onsets in quarters, shape (n,), against the beat; 0 for none found.

    The delay is the circular mean of the onsets modulo a note value (quarter, then eighth, then, for at least eight
    notes, the better of sixteenth and triplet), for the first value on which they agree. Music on the grid has none,
    and neither has a tune of off-beats that lies on sixteenths or triplets.
    """
    if np.abs(onsets * 12 - np.round(onsets * 12)).max(initial=0.0) < 0.05:
        return 0.0
    agreement = {period: np.exp(2j * np.pi * onsets / period).mean() for period in (1.0, 1 / 2, 1 / 3, 1 / 4)}
    clear = [period for period in (1.0, 1 / 2) if abs(agreement[period]) > 0.9]
    period = clear[0] if clear else max((1 / 4, 1 / 3), key=lambda p: abs(agreement[p]))
    if not clear and (len(onsets) < 8 or abs(agreement[period]) < 0.6):
        return 0.0
    lag = float(np.angle(agreement[period]) / (2 * np.pi) * period)
    grid = round(lag * STEPS_PER_QUARTER) / STEPS_PER_QUARTER
    return lag if abs(lag - grid) > 0.01 else 0.0


def is_swung(onsets: Floats) -> bool:
    """Whether onsets in quarters from a beat, shape (n,), hold swung eighths.

    They do where at least three fall at two thirds of a beat, at most a third as many on its straight second half
    or sixteenths, and at most a quarter as many at one third (those would be triplets).
    """
    phase = onsets % 1
    swung, straight, triplet = (
        np.sum(np.abs(phase[:, None] - np.array(places)) < _NEAR) for places in ([2 / 3], [0.25, 0.5, 0.78], [1 / 3])
    )
    return bool(swung >= 3 and straight * 3 <= swung and triplet * 4 <= swung)


def nearest_free_steps(positions: Floats) -> NDArray[np.int64]:
    """A step for each position in steps, shape (n,), in rising order: the nearest, in the same order.

    Where two share a step, the later one takes the next, or the earlier one the previous, if that is free and at most
    three quarters of a step away. Notes may still share a step after that.
    """
    steps = np.ceil(positions - 0.5).astype(np.int64)  # halves go down: the first of two thirty-seconds keeps its step
    shared = np.append(steps[1:] == steps[:-1], False)
    later = np.insert(shared[:-1], 0, False)
    room_above = np.append(steps[1:] > steps[:-1] + 1, True)
    steps = steps + (later & room_above & (steps + 1 - positions <= _FARTHEST))
    shared = np.append(steps[1:] == steps[:-1], False)
    room_below = np.insert(steps[:-1] < steps[1:] - 1, 0, True) & (steps > 0)
    return np.asarray(steps - (shared & room_below & (positions - (steps - 1) <= _FARTHEST)))


def step_times(clock: Clock, steps: NDArray[np.int64], onsets: Floats, count: int) -> Floats:
    """Where steps 0..count begin, in quarters, shape (count + 1,), never falling: at `onsets` for the given `steps`.

    `steps` and `onsets`, shape (n,), both rise. Between two of them the clock's own times are stretched evenly;
    outside, they are moved by as much as the nearest of them.
    """
    regular = clock.quarters(np.arange(count + 1))
    known = clock.quarters(steps)
    ends = np.array([regular[0] - 1, regular[-1] + 1])
    moved = ends + (onsets[[0, -1]] - known[[0, -1]])
    times = np.interp(regular, np.r_[ends[0], known, ends[1]], np.r_[moved[0], onsets, moved[1]])
    return np.maximum(times, 0.0)
