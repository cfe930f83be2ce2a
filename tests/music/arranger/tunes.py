"""Tunes for the arranger, written as (pitch or None for a rest, sixteenths)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer.music.voices import REST, Voices


def tune(notes: Sequence[tuple[int | None, int]], steps_per_bar: int = 16, pickup: int = 0) -> Voices:
    """A melody of shape (1, steps) from its notes in order."""
    lengths = [length for _, length in notes]
    pitch = np.repeat([REST if note is None else note for note, _ in notes], lengths)
    attack = np.zeros(len(pitch), bool)
    attack[np.cumsum([0, *lengths[:-1]])] = True
    return Voices(pitch[None], attack[None], steps_per_bar, pickup)


TWINKLE = tune(
    [
        (pitch, 8 if place % 7 == 6 else 4)
        for line in ("0077997", "5544220", "7755442", "7755442", "0077997", "5544220")
        for place, pitch in enumerate(72 - 12 + int(digit) for digit in line)
    ]
)
"""Twelve bars of C major."""
JIG = tune([(67, 2), (71, 2), (74, 2), (74, 2), (71, 2), (67, 2), (69, 4), (72, 2), (69, 4), (66, 2)] * 4, 12)
SLOW_WALTZ = tune([(67, 4), (71, 4), (74, 4), (74, 8), (71, 4), (72, 4), (69, 4), (66, 4), (67, 12)] * 2, 12)
