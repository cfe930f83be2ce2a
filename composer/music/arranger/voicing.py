"""Where the notes of chords lie, so that the hand moves as little as it can from one chord to the next."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from composer.music.arranger.chords import Chords
from composer.music.arranger.paths import cheapest_path

_CENTRE, _ABOVE = 0.25, 1.5
"""Cost of a semitone that a chord lies off the middle of the range, or its top note above the tune."""
_UNUSED = 1e6


def voice(
    chords: Chords, notes: int, low: int, high: int, tones: str = "all", ceiling: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """MIDI pitches, ascending, of `notes` notes for each chord, within low..high; shape (n, notes).

    Of all close and open positions, the row with the least movement in semitones is taken, which keeps common tones;
    it stays near the middle of the range and below `ceiling` (n,), the lowest pitch of the tune there. `tones` is
    explained in PartStyle. The range must span an octave and a half.
    """
    choices = [_positions(_choose(chords.tones(slot), notes, tones), low, high) for slot in range(len(chords.root))]
    most = max(map(len, choices))
    pitch = np.stack([np.pad(rows, ((0, most - len(rows)), (0, 0)), mode="edge") for rows in choices])  # (n, S, notes)
    cost = _CENTRE * np.abs(pitch.mean(axis=2) - (low + high) / 2)
    cost += np.where(np.arange(most) < np.array([[len(rows)] for rows in choices]), 0.0, _UNUSED)
    if ceiling is not None:
        cost += _ABOVE * np.maximum(pitch[:, :, -1] - ceiling[:, None], 0)
    move = np.abs(pitch[:-1, :, None] - pitch[1:, None]).sum(axis=3)
    return np.asarray(pitch[np.arange(len(pitch)), cheapest_path(cost, move.astype(float))])


def _choose(classes: NDArray[np.int64], notes: int, tones: str) -> tuple[int, ...]:
    """Which pitch classes a part plays of a chord (root first): as many as it has notes, the root doubled last."""
    root, *others = classes.tolist()
    kept = [root, others[1]] if tones == "power" else others if tones == "upper" else [root, *others]
    if len(kept) > notes:
        kept = [kept[0], kept[1], *kept[3:]][:notes]  # the fifth says least
    return (*kept, root, others[1])[:notes]


@cache
def _positions(classes: tuple[int, ...], low: int, high: int) -> NDArray[np.int64]:
    """All close positions of pitch classes within low..high, and those with the second-lowest an octave up."""
    close = {tuple(_stack(classes[k:] + classes[:k], base)) for k in range(len(classes)) for base in range(12, 120, 12)}
    open_ = {tuple(sorted((*rows[:1], *rows[2:], rows[1] + 12))) for rows in close if len(rows) > 2}
    fitting = sorted(rows for rows in close | open_ if rows[0] >= low and rows[-1] <= high)
    return np.array(fitting or _fold(classes, low, high), np.int64)


def _stack(classes: Sequence[int], base: int) -> list[int]:
    """Pitches from `base` upwards with these classes in this order, each above the one before."""
    pitches = [base + classes[0]]
    for pitch_class in classes[1:]:
        pitches.append(pitches[-1] + ((pitch_class - pitches[-1] - 1) % 12 + 1))
    return pitches


def _fold(classes: Sequence[int], low: int, high: int) -> list[list[int]]:
    """Pitches that fit a range too narrow for any position."""
    return [sorted(min(low + (c - low) % 12, high) for c in classes)]
