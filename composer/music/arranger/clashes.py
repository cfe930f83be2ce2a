"""Notes that would rub against the tune for long are shortened or left out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from composer.music.arranger.bars import SCALE
from composer.music.voices import REST, Voices

LONG = 6
"""Steps (an eighth) up to which a semitone is a passing dissonance and no more."""


def clash_steps(notes: NDArray[np.int64], melody: Voices) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For rows (onset, length, pitch), shape (n, 3): steps of clash, and steps before the first of them, each (n,).

    A clash is a note of the melody a semitone above the note's pitch class (a minor second or ninth), or a semitone
    below the note itself: the intervals that no chord makes welcome. A major seventh is none.
    """
    tune = np.repeat(melody.pitch[0].astype(np.int64), SCALE)
    pitches, row = np.unique(notes[:, 2], return_inverse=True)
    interval = tune[None] - pitches[:, None]
    clash = (tune != REST) & ((interval % 12 == 1) | (interval == -1))  # (pitch, step)
    so_far = np.pad(clash.cumsum(axis=1), ((0, 0), (1, 0)))
    places = np.where(clash, np.arange(len(tune)), len(tune))
    following = np.minimum.accumulate(places[:, ::-1], axis=1)[:, ::-1]
    onset, end = notes[:, 0], np.minimum(notes[:, 0] + notes[:, 1], len(tune))
    return so_far[row, end] - so_far[row, onset], np.minimum(following[row, onset], end) - onset


def without_clashes(notes: NDArray[np.int64], melody: Voices) -> NDArray[np.int64]:
    """Rows (onset, length, pitch) without long clashes: a note ends before its first clash.

    It is left out where less than an eighth of it would remain.
    """
    clashing, before = clash_steps(notes, melody)
    bad = clashing > LONG
    shortened = notes.copy()
    shortened[bad, 1] = before[bad]
    return shortened[~bad | (before >= LONG)]
