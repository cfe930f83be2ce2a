"""Choosing once for all that is held: where a rhythm is told, what lies between two of its changes is one choice."""

from __future__ import annotations

import torch
from torch import Tensor

from composer.algorithms.cells import moves
from composer.algorithms.musegan.grid import Grid
from composer.algorithms.musegan.lines import CHANGE, HOLD, REST, STRIKE, UNTOLD


class Spans:
    """Choices as those of a Grid, united where a rhythm tells that all goes on. B pieces, L lines, T steps, S choices.

    Where no `rhythm` (B, L, T) is told each choice of the grid is its own; one also ends where what is `free`, bool
    (B, L, T), does.
    """

    def __init__(self, grid: Grid, rhythm: Tensor, free: Tensor) -> None:
        self.grid = grid
        told = (rhythm >= CHANGE) | (rhythm == UNTOLD) | moves((rhythm == REST).int())
        step, between = torch.arange(rhythm.shape[2]), grid.between_of(rhythm.shape[2])
        begins = (told | moves(free.int()) | grid.drum[:, None]) & ~between | (step == 0)
        self.first = torch.where(begins, step, 0).cummax(-1).values
        """(B, L, T): for each step the one where its choice is made."""
        self.held, self.struck = ~begins, rhythm == STRIKE
        sizes = self.steps_of_choices(rhythm.shape[2])
        self.number = (grid.chosen(begins) & (sizes > 0)).long().cumsum(2)
        """(B, L, S): which span each choice of the grid belongs to."""
        self.count = int(self.number.max()) + 1
        total = torch.zeros(*self.number.shape[:2], self.count)
        total.scatter_add_(2, self.number, sizes.expand(self.number.shape))
        self.weight = sizes / total.gather(2, self.number).clamp(min=1)
        """(B, L, S): the part of its span that each choice of the grid is."""
        self.sounds = ~grid.drum[:, None] & (grid.chosen(self.shared(rhythm)) >= HOLD)
        """(B, L, S): where silence can't be chosen."""

    def steps_of_choices(self, steps: int) -> Tensor:
        """How many steps each choice of the grid has; see Grid."""
        return self.grid.steps_of_choices(steps)

    def shared(self, values: Tensor) -> Tensor:
        """`values` (..., B, L, T) with that of a choice's first step at all of its steps."""
        return values.gather(-1, self.first.expand_as(values))

    def chosen(self, values: Tensor) -> Tensor:
        """Of `values` (..., B, L, T) those at the first steps of choices, (..., B, L, S)."""
        return self.grid.chosen(self.shared(values))

    def spread(self, values: Tensor) -> Tensor:
        """`values` (..., B, L, S) at all steps of their choices, (..., B, L, T)."""
        return self.grid.spread(values)

    def allowed(self, logits: Tensor, again: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of what may be chosen: the means of united choices, (B, L, P, S), and of attacks, (B, L, T)."""
        number = self.number.unsqueeze(2).expand_as(logits)
        spans = torch.zeros(*logits.shape[:3], self.count)
        means = spans.scatter_add(3, number, logits * self.weight.unsqueeze(2)).gather(3, number)
        silence = self.sounds.unsqueeze(2) & (torch.arange(logits.shape[2]) == 0)[:, None]
        again = again.masked_fill(self.struck, torch.inf).masked_fill(self.held, -torch.inf)
        return means.masked_fill(silence, -torch.inf), again
