"""Cutting pieces into the windows that a training epoch shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer.music.voices import STEPS_PER_QUARTER, Voices


def tile(pieces: Sequence[Voices], length: int, offsets: Sequence[int]) -> list[Voices]:
    """All pieces cut into windows of `length` steps without overlap, a shorter one at each end.

    `offsets` (less than `length`) gives for each piece the length in steps of its first window, rounded down to a whole
    quarter note counted from the bar line, so that every window but the first begins on a beat. Ends shorter than a
    quarter of `length` are left out, unless a piece has nothing else.
    """
    windows = []
    for piece, offset in zip(pieces, offsets, strict=True):
        first = piece.pickup_steps % STEPS_PER_QUARTER + offset // STEPS_PER_QUARTER * STEPS_PER_QUARTER
        starts = np.unique(np.append(np.arange(min(first, piece.steps), piece.steps, length), 0))
        ends = np.append(starts[1:], piece.steps)
        sizes = ends - starts
        long_enough = sizes >= min(length // 4, sizes.max())
        windows += [
            piece.window(int(a), int(b - a)) for a, b in zip(starts[long_enough], ends[long_enough], strict=True)
        ]
    return windows


def even_windows(pieces: Sequence[Voices], length: int, count: int) -> list[Voices]:
    """`count` whole windows of `length` steps that start on bar lines, spread evenly over all there are."""
    windows = [
        piece.window(start, length)
        for piece in pieces
        for start in range(piece.pickup_steps, piece.steps - length + 1, piece.steps_per_bar * 2)
    ]
    chosen = np.linspace(0, len(windows) - 1, min(count, len(windows))).round().astype(int)
    return [windows[i] for i in chosen]
