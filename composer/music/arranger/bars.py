"""How a tune is laid out in bars, what each bar is made of, and the slots in which one chord sounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.music.pianoroll import FINE_STEPS
from composer.music.voices import STEPS_PER_QUARTER, Voices

SCALE = FINE_STEPS // STEPS_PER_QUARTER
"""Steps of a Pianoroll for each step of Voices."""
COMMON, WALTZ, COMPOUND = "4/4", "3/4", "6/8"
"""The meters that styles have patterns for; every other meter is put together from parts of these."""
METER_STEPS = {COMMON: 48, WALTZ: 36, COMPOUND: 36}
BEAT_STEPS = {COMMON: 12, WALTZ: 12, COMPOUND: 18}
_THREE = (54, 60, 72)
"""Bars (9/8, 5/4, 6/4 and 12/8) that begin with a group of three beats rather than with four quarters."""


@dataclass(frozen=True)
class Cell:
    """A stretch of a bar, `length` steps from `offset`, that is played like the beginning of a bar of `meter`."""

    offset: int
    length: int
    meter: str


@dataclass(frozen=True)
class Layout:
    """Where bars and chords lie, in steps of a Pianoroll.

    `bars` (b,) are the starts of the bars, each of `bar_steps` steps and divided into `cells`. A chord sounds in each
    slot: `slots` (n,) are their starts, `slot_steps` (n,) their lengths, `slot_bar` (n,) the bars they lie in, and
    `first` (n,) says which begin a bar. The last slot may reach beyond `steps`, the end of the tune.
    """

    steps: int
    bar_steps: int
    bars: NDArray[np.int64]
    cells: tuple[Cell, ...]
    slots: NDArray[np.int64]
    slot_steps: NDArray[np.int64]
    slot_bar: NDArray[np.int64]
    first: NDArray[np.bool_]

    @property
    def beat(self) -> int:
        """Steps of a beat: a quarter, in compound time a dotted quarter."""
        return BEAT_STEPS[self.cells[0].meter]

    def slot_at(self, step: NDArray[np.int64]) -> NDArray[np.int64]:
        """The slot that sounds at each step, any shape; before the first it is the first."""
        return np.clip(np.searchsorted(self.slots, step, side="right") - 1, 0, None)


def lay_out(melody: Voices) -> Layout:
    """The bars of a melody, shape (1, steps). A pickup belongs to no bar, but a tune without a full bar is one bar."""
    bar, steps, pickup = (SCALE * n for n in (melody.steps_per_bar, melody.steps, melody.pickup_steps))
    if pickup >= steps:
        pickup = 0
    bars = np.arange(pickup, max(steps, 1), bar)
    cells = divide(bar, is_compound(melody))
    pieces = [(cell.offset + k, size) for cell in cells for k, size in _slots(cell)]
    offset, size = (np.array(column, np.int64) for column in zip(*pieces, strict=True))
    slots, number = (bars[:, None] + offset).ravel(), np.repeat(np.arange(len(bars)), len(offset))
    size, first = np.tile(size, len(bars)), np.tile(offset == 0, len(bars))
    kept = slots < max(steps, 1)
    return Layout(steps, bar, bars, cells, slots[kept], size[kept], number[kept], first[kept])


def divide(bar_steps: int, compound: bool) -> tuple[Cell, ...]:
    """A bar of any length as cells of known meters: 5/4 is 3/4 and half of 4/4, 9/8 is 6/8 and half of it.

    `compound` tells 6/8 from 3/4 where the length leaves it open; what is left over is the beginning of a bar of 4/4.
    """
    three = COMPOUND if compound or bar_steps % 36 == 18 else WALTZ
    cells, offset = [], 0
    while offset < bar_steps:
        left = bar_steps - offset
        fitting = [36] if left in _THREE else [size for size in (48, 36, 24, 18) if size <= left]
        length = max(fitting, default=left)
        cells.append(Cell(offset, length, {36: three, 18: COMPOUND}.get(length, COMMON)))
        offset += length
    return tuple(cells)


def is_compound(melody: Voices) -> bool:
    """Whether a melody in bars of twelve sixteenths (or 18, 24 of 12/8 ...) moves in two beats, as in 6/8.

    A bar with no note on the second dotted beat speaks for three quarters, one with none on the second or third
    quarter for two dotted beats; running eighths, which fit both, count as 6/8, where they are commoner.
    """
    if melody.steps_per_bar % 12:
        return melody.steps_per_bar % 6 == 0
    place = melody.bar_position() % 12
    attacks = np.bincount(place, melody.attack[0], minlength=12)
    return bool(attacks[6] >= (attacks[4] + attacks[8]) / 2)


def _slots(cell: Cell) -> list[tuple[int, int]]:
    """Start and length of the slots of a cell: half bars in 4/4 and 6/8, whole bars in 3/4."""
    size = {COMMON: 24, WALTZ: 36, COMPOUND: 18}[cell.meter]
    return [(start, min(size, cell.length - start)) for start in range(0, cell.length, size)]
