"""A take as a tiny drawing of its notes alone, to be known again at a glance."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from composer.music.pianoroll import Pianoroll
from composer.plots.theme import part_colour, theme

WIDTH, HEIGHT = 132, 44
"""Pixels of the drawing."""
_EDGE, _DRUMS = 4, 8
"""Pixels left free above and below the notes, and of the strip below the pitches in which drums are struck."""


def thumbnail_svg(
    roll: Pianoroll, dark: bool = False, drums: Collection[int] = (), changed: tuple[int, int] = (0, 0)
) -> str:
    """An SVG of WIDTH x HEIGHT pixels: each note a stroke in its part's colour.

    The tracks `drums` are ticks in a strip below. The steps `changed` (from, to) lie on a ground of their own.
    """
    colours = theme(dark)
    start, end = (round(step * WIDTH / max(roll.steps, 1)) for step in changed)
    shapes = [f'<rect width="{WIDTH}" height="{HEIGHT}" rx="6" fill="{colours.stripe}"/>']
    if changed[1] > changed[0]:
        place = f'x="{start}" width="{max(end - start, 2)}" height="{HEIGHT}"'
        shapes.append(f'<rect {place} fill="{colours.accent}" fill-opacity="0.18"/>')
    strokes = _strokes(roll, drums)
    for track in reversed(range(roll.tracks)):  # the melody lies on top
        path = "".join(f"M{x} {y}h{length}" for x, length, y in strokes[strokes[:, 0] == track, 1:].tolist())
        shapes += [f'<path d="{path}" stroke="{part_colour(track, dark)}" stroke-width="2"/>'] * bool(path)
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(shapes)}</svg>'


def _strokes(roll: Pianoroll, drums: Collection[int]) -> NDArray[np.int64]:
    """A row a stroke: track, x, length and y in whole pixels, each once; so long music gives no longer drawing."""
    track, onset, length, pitch = roll.notes.T.astype(np.int64)
    is_drum = np.isin(track, list(drums))
    sung = pitch[~is_drum]
    low, high = (int(sung.min()), int(sung.max())) if len(sung) else (60, 60)
    room = HEIGHT - 2 * _EDGE - (_DRUMS if is_drum.any() else 0)
    a_step = WIDTH / max(roll.steps, 1)
    y = np.where(is_drum, HEIGHT - 6 + 3 * (pitch % 2), np.round(_EDGE + (high - pitch) * room / max(high - low, 12)))
    across = np.where(is_drum, 1, np.maximum(np.round(length * a_step) - 1, 1))
    rows = np.stack([track, np.round(onset * a_step), across, y], axis=1)
    return np.unique(rows.astype(np.int64), axis=0)
