"""When a track strikes, holds and rests, and with how many notes, apart from what it plays.

All lines of a track strike and change as one, and those that have no note rest. Shapes: B batch, M tracks, L lines, T
steps (FINE_STEPS a quarter).
"""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from composer.algorithms.cells import moves
from composer.algorithms.musegan.grid import Grid
from composer.algorithms.musegan.lines import CHANGE, HOLD, POSITION, REST, STRIKE, UNTOLD, LineCells, Lines
from composer.music.pianoroll import FINE_STEPS


def rhythm_of(category: Tensor, attack: Tensor, lines: Lines) -> Tensor:
    """What each line does in music, int64 (B, L, T) of REST to STRIKE, from its category and attack (B, L, T)."""
    sounds = category > 0
    begins = sounds & attack
    goes_on = sounds & ~attack & ~lines.drum[:, None]
    anything, struck, held, changed = (
        of_tracks(where, lines)[:, lines.track] for where in (sounds, begins, goes_on, moves(category) | begins)
    )
    doing = torch.where(held, torch.where(changed, CHANGE, HOLD), torch.where(struck, STRIKE, REST))
    return torch.where(torch.where(lines.drum[:, None], anything, sounds), doing, REST)


def told_rhythm(cells: LineCells, rhythm: Tensor, lines: Lines) -> LineCells:
    """`cells` whose network is told this rhythm (B, L, T) of all tracks but the first, whose tune is its own affair."""
    return replace(cells, rhythm=rhythm.masked_fill((lines.track == 0)[:, None], UNTOLD))


def playable(rhythm: Tensor, lineup: Tensor, grid: Grid, lines: Lines) -> Tensor:
    """A rhythm (B, L, T) as a lineup (B, L, N) and a grid allow it.

    Nothing begins between two places of the grid, and nothing goes on that has not begun.
    """
    rhythm = torch.where(lineup.repeat_interleave(POSITION, 2) < 0, REST, rhythm)
    held = torch.where(grid.shared(rhythm > REST) & ~lines.drum[:, None], HOLD, REST)
    rhythm = torch.where(grid.between_of(rhythm.shape[2]), held, rhythm)
    before = F.pad(rhythm, (1, 0), value=REST)[..., :-1]
    rhythm = torch.where((rhythm == HOLD) & (before == REST), CHANGE, rhythm)
    return torch.where((rhythm > REST) & (before[:, lines.first] == REST), STRIKE, rhythm)


def of_tracks(where: Tensor, lines: Lines) -> Tensor:
    """Whether a bool (B, L, ...) holds in any line of a track: (B, M, ...)."""
    counts = torch.zeros(len(where), lines.tracks, *where.shape[2:], dtype=torch.int64)
    return counts.index_add_(1, lines.track, where.long()) > 0


def steps_of(rhythm: Tensor, lines: Lines) -> Tensor:
    """At which steps of a quarter each track does something new, bool (B, M, FINE_STEPS), of rhythms that begin on one.

    That is where something begins or changes, and where what was held ends.
    """
    before = F.pad(rhythm, (1, 0), value=REST)[..., :-1]
    ends = (rhythm == REST) & ((before == HOLD) | (before == CHANGE))
    return of_tracks(torch.unflatten((rhythm >= CHANGE) | ends, 2, (-1, FINE_STEPS)).any(2), lines)
