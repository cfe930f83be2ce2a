"""A score to a Pianoroll with a track for each of its own: every note, on the grid of twelve steps a quarter."""

from __future__ import annotations

import numpy as np

from composer.music.pianoroll import FINE_STEPS, Pianoroll, pianoroll_from_notes
from composer.music.score import Meter, Score, Track
from composer.music.timing import find_lag

MAX_BARS = 256
"""Longer pieces are cut: a symphony's movement, or eight minutes of rock."""


def to_grid(score: Score) -> tuple[Pianoroll, bool]:
    """All notes of `score` on the grid, one track for each of its own, and whether it was cut after MAX_BARS bars.

    The file's tempo is trusted, a constant lag against the beat is taken out, and each note goes to the nearest step,
    so that sixteenths, triplets and swung eighths stay what they are. Bars are counted in the meter that holds longest.
    The roll begins at the bar line before the first note, or with that note where it lies in the second half of its
    bar (a pickup), and ends with the last bar that has a note. Raises ValueError for a score without notes.
    """
    meter, bar_line = _longest_meter(score)
    onsets = np.concatenate([track.notes["onset"] for track in score.tracks])
    lag = find_lag(onsets - bar_line)
    bar = max(round(meter.bar_quarters * FINE_STEPS), 1)
    first = np.floor((float(onsets.min()) - bar_line - lag) * FINE_STEPS + 0.5)
    before = np.floor(first / bar) * bar
    start = first if first - before >= bar / 2 else before
    pickup = int(-start % bar)
    end = max(track.end for track in score.tracks) - bar_line - lag
    needed = -(-(np.ceil(end * FINE_STEPS - 0.5) - start - pickup) // bar)
    bars = int(min(max(needed, 1), MAX_BARS))
    parts = [_moved(track, bar_line + lag + start / FINE_STEPS) for track in score.tracks]
    return pianoroll_from_notes(parts, pickup + bars * bar, bar, pickup), needed > MAX_BARS


def _moved(track: Track, origin: float) -> np.ndarray:
    notes = track.notes.copy()
    notes["onset"] -= origin
    return notes


def _longest_meter(score: Score) -> tuple[Meter, float]:
    """The meter in force for most of the piece, and one of its bar lines in quarters."""
    starts = np.array([meter.onset for meter in score.meters])
    lasting = np.diff(np.clip(np.append(starts, np.inf), 0.0, max(score.end, 1e-9)))
    longest = int(np.argmax(lasting))
    meter = score.meters[longest]
    return meter, meter.onset + (score.pickup if longest == 0 else 0.0)
