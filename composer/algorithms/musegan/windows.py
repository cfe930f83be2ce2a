"""The windows of music that MuseGAN learns from: four bars of 4/4, the paper's phrase."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from composer.algorithms.adversarial import nearby_keys
from composer.algorithms.cells import common_key_shift
from composer.algorithms.musegan.lines import LineCells, Lines, draw_lines, pack
from composer.music.pianoroll import FINE_STEPS, Pianoroll

SPAN = 16 * FINE_STEPS
"""Steps of a window; the critic judges two bars at a time."""

Drawn = tuple[NDArray[np.int64], NDArray[np.bool_], Pianoroll]
"""A piece as lines, category and attack (L, T), and a roll that tells its length and bar lines."""


def draw(roll: Pianoroll, lines: Lines) -> Drawn:
    """A piece in the common key, as its first track has it."""
    return *draw_lines(roll.transposed(common_key_shift(roll.top_lines([0])), lines.drum_tracks), lines), roll


def cut(pieces: Sequence[Drawn], lines: Lines, random: torch.Generator) -> LineCells:
    """All pieces as windows of SPAN steps, cut at quarters drawn anew, each in the common key or near it."""
    offsets = torch.randint(SPAN // FINE_STEPS, (len(pieces),), generator=random).tolist()
    windows = [window for piece, quarters in zip(pieces, offsets, strict=True) for window in tile(piece, quarters)]
    return pack(windows, SPAN).transposed(nearby_keys(len(windows), random), lines)


def tile(piece: Drawn, quarters: int) -> list[Drawn]:
    """A piece cut into windows of SPAN steps that begin on quarters, the first of which has so many; short ends go."""
    category, attack, roll = piece
    first = roll.pickup_steps % FINE_STEPS + quarters * FINE_STEPS
    starts = np.unique(np.append(np.arange(min(first, roll.steps), roll.steps, SPAN), 0))
    ends = np.append(starts[1:], roll.steps)
    long_enough = ends - starts >= min(SPAN // 4, (ends - starts).max())
    return [
        (category[:, start:end], attack[:, start:end], _frame(roll, start, end))
        for start, end in zip(starts[long_enough].tolist(), ends[long_enough].tolist(), strict=True)
    ]


def _frame(roll: Pianoroll, start: int, end: int) -> Pianoroll:
    """Length and bar lines of a window, without its notes."""
    pickup_steps = (roll.pickup_steps - start) % roll.steps_per_bar
    return Pianoroll(np.empty((0, 4), np.int32), roll.tracks, end - start, roll.steps_per_bar, pickup_steps)
