"""The cells of lines that a region of a roll leaves free to be written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from composer.algorithms.musegan.lines import Lines, of_rank
from composer.music.pianoroll import Pianoroll
from composer.music.region import Region, open_notes


def free_cells(roll: Pianoroll, where: Region, lines: Lines) -> NDArray[np.bool_]:
    """Which cells (L, steps) of a roll drawn as lines belong to a region: its notes from end to end, silence inside.

    A note that stays keeps the cells where it lies in the whole roll, so that above and below it there is room for as
    many as its track can have.
    """
    sounding, _ = roll.planes()
    stays, _ = replace(roll, notes=roll.notes[~open_notes(roll, where)]).planes()
    inside = (where.start <= np.arange(roll.steps)) & (np.arange(roll.steps) < where.end)
    free = np.zeros((len(lines.table), roll.steps), bool)
    for line, (track, drum, *_) in enumerate(lines.table.tolist()):
        if track not in where.parts:
            continue
        if drum >= 0 or not sounding[track].any():
            free[line] = inside
            continue
        here = of_rank(sounding[track], line - lines.of(track)[0])
        taken = (here & stays[track]).any(axis=1)
        free[line] = ~taken & (inside | here.any(axis=1))
    return free
