"""Lines that may change at every step, for what is told of single steps."""

from __future__ import annotations

from composer.algorithms.musegan.lines import Lines
from composer.music.pianoroll import FINE_STEPS


def anywhere(lines: Lines) -> Lines:
    """`lines`, but each may change at every step of a quarter."""
    table = lines.table.clone()
    table[:, -1] = 2**FINE_STEPS - 1
    return Lines(table)
