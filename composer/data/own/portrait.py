"""What a dataset looks like in numbers: how much there is, in which keys, and how high each part plays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.data.dataset import Piece
from composer.music.pianoroll import DRUMS, PITCH, TRACK, Pianoroll, pianoroll_from_voices
from composer.music.theory import find_key

WINDOW_BARS = 4
"""Bars that a model is shown at once."""


@dataclass(frozen=True)
class Portrait:
    """Counts of pieces (`splits`: of each split), bars, windows of WINDOW_BARS bars and notes.

    `keys` counts pieces by the name of their key, the commonest first; `pitches`, (parts, 128), counts notes.
    """

    splits: dict[str, int]
    bars: int
    windows: int
    notes: int
    keys: dict[str, int]
    pitches: NDArray[np.int64]

    @property
    def pieces(self) -> int:
        """How many pieces there are."""
        return sum(self.splits.values())


def portrait(pieces: Sequence[Piece], part_names: Sequence[str]) -> Portrait:
    """The Portrait of pieces whose parts have these names; drums have no key."""
    rolls = [p.music if isinstance(p.music, Pianoroll) else pianoroll_from_voices(p.music) for p in pieces]
    bars = np.array([(roll.steps - roll.pickup_steps) // roll.steps_per_bar for roll in rolls], int)
    pitched = [number for number, name in enumerate(part_names) if name != DRUMS]
    keys = Counter(_key(roll.select(pitched)) for roll in rolls)
    pitches = np.zeros((len(part_names), 128), np.int64)
    for roll in rolls:
        np.add.at(pitches, (roll.notes[:, TRACK], roll.notes[:, PITCH]), 1)
    return Portrait(
        splits=dict(Counter(piece.split for piece in pieces)),
        bars=int(bars.sum()),
        windows=int((bars // WINDOW_BARS).sum()),
        notes=int(pitches.sum()),
        keys=dict(keys.most_common()),
        pitches=pitches,
    )


def _key(roll: Pianoroll) -> str:
    return str(find_key(np.concatenate([roll.part(track) for track in range(roll.tracks)])))
