"""From the texts of patterns to events in time, cut where chords change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from composer.music.arranger.bars import METER_STEPS, Layout

SILENCE, HOLD, JOIN = ".", "-", "~"
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Events:
    """Things to play, each array of shape (e,): `onset` and `length` in steps, the pattern's `sign`, the `slot`.

    `joined` says that an event goes on from the one before where a note of it sounds already.
    """

    onset: Ints
    length: Ints
    sign: NDArray[np.str_]
    slot: Ints
    joined: NDArray[np.bool_]


@cache
def parse(pattern: str, steps: int) -> tuple[tuple[int, int, str], ...]:
    """Onset, length and sign of each event of a pattern over a bar of `steps` steps.

    Raises ValueError where the pattern's length does not divide the bar.
    """
    unit, rest = divmod(steps, len(pattern))
    if rest:
        raise ValueError(f"“{pattern}” does not divide a bar of {steps} steps")
    starts = [place for place, sign in enumerate(pattern) if sign != HOLD] + [len(pattern)]
    return tuple((a * unit, (b - a) * unit, pattern[a]) for a, b in pairwise(starts) if pattern[a] != SILENCE)


def bar_events(patterns: Sequence[dict[str, str] | None], layout: Layout) -> tuple[Ints, Ints, NDArray[np.str_]]:
    """Onset, length and sign (e,) of all bars: `patterns` has for each a pattern by meter, or None for a rest.

    Cells of half a bar play the first half of the pattern in even bars and the second in odd ones.
    """
    rows: list[tuple[int, int, str]] = []
    for number, (start, pattern) in enumerate(zip(layout.bars.tolist(), patterns, strict=True)):
        for cell in layout.cells if pattern else ():
            whole = METER_STEPS[cell.meter]
            skip = cell.length * (number % 2) if 2 * cell.length == whole else 0
            for onset, length, sign in parse(pattern[cell.meter], whole) if pattern else ():
                begin, end = max(onset, skip), min(onset + length, skip + cell.length)
                if begin < end:
                    rows.append((start + cell.offset + begin - skip, end - begin, sign))
    times = np.array([row[:2] for row in rows], np.int64).reshape(-1, 2)
    return times[:, 0], times[:, 1], np.array([row[2] for row in rows], np.str_)


def cut_at_chords(onset: Ints, length: Ints, sign: NDArray[np.str_], layout: Layout, end: int) -> Events:
    """Events cut where one slot ends and the next begins, and at `end`; the later pieces are joined to the first."""
    first, last = layout.slot_at(onset), layout.slot_at(onset + length - 1)
    event = np.repeat(np.arange(len(onset)), last - first + 1)
    slot = first[event] + np.arange(len(event)) - np.searchsorted(event, event)
    ends = layout.slots + layout.slot_steps
    begin = np.maximum(onset[event], layout.slots[slot])
    until = np.minimum(np.minimum((onset + length)[event], ends[slot]), end)
    kept = begin < until
    event, slot, begin, until = event[kept], slot[kept], begin[kept], until[kept]
    joined = (begin > onset[event]) | (sign[event] == JOIN)
    return Events(begin, until - begin, sign[event], slot, joined)


def join(notes: Ints, joined: NDArray[np.bool_]) -> Ints:
    """Rows (onset, length, pitch), shape (n, 3), with those that are `joined` to an equal pitch before made one."""
    order = np.lexsort((notes[:, 0], notes[:, 2]))
    notes, joined = notes[order], joined[order]
    end = notes[:, 0] + notes[:, 1]
    first = np.ones(len(notes), bool)
    first[1:] = ~(joined[1:] & (notes[1:, 2] == notes[:-1, 2]) & (notes[1:, 0] == end[:-1]))
    place = np.flatnonzero(first)
    whole = notes[place].copy()
    if len(place):
        whole[:, 1] = np.maximum.reduceat(end, place) - whole[:, 0]
    return whole
