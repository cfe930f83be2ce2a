"""Choosing once where a line can't change: the steps between two places of its grid are one choice."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from composer.algorithms.musegan.lines import Lines
from composer.music.pianoroll import FINE_STEPS


class Grid:
    """The grid of every line (see Lines), for tensors that begin on a quarter.

    Steps are (..., L, T); choices are (..., L, S), of each quarter as many as the line with the most of them has (the
    others' last ones are idle). Drums are hit where a choice begins and never between.
    """

    def __init__(self, lines: Lines) -> None:
        steps = torch.arange(FINE_STEPS)
        self.number = lines.grid.cumsum(1) - 1
        """(L, FINE_STEPS): which of its quarter's choices each step belongs to."""
        self.first = torch.where(lines.grid, steps, 0).cummax(1).values
        """(L, FINE_STEPS): for each step of a quarter, the step where its choice is made."""
        self.between = ~lines.grid
        """(L, FINE_STEPS): steps at which nothing can begin."""
        self.drum = lines.drum
        self.count = int(self.number.max()) + 1
        self.silent = self.between & lines.drum[:, None]
        member = F.one_hot(self.number, self.count).float() * ~self.silent[..., None]  # (L, FINE_STEPS, count)
        self.sizes = member.sum(1)
        """(L, count): how many steps each choice has; idle ones none."""
        self.mean = member / self.sizes[:, None].clamp(min=1)
        """(L, FINE_STEPS, count): what averages the steps of a choice; of a drum's, only its first one counts."""
        self.begins = torch.where(member > 0, steps[:, None], FINE_STEPS - 1).amin(1)
        """(L, count): the step of a quarter at which each choice is made."""

    def steps_of_choices(self, steps: int) -> Tensor:
        """How many steps each choice of music of so many `steps` has, (L, S); idle ones none."""
        return self.sizes.repeat(1, steps // FINE_STEPS)

    def numbers(self, steps: int) -> Tensor:
        """Of each of so many steps the number of its choice, (L, T)."""
        quarters = steps // FINE_STEPS
        return self.number.repeat(1, quarters) + self.count * torch.arange(quarters).repeat_interleave(FINE_STEPS)

    def between_of(self, steps: int) -> Tensor:
        """Of so many steps those at which nothing can begin, (L, T)."""
        return self.between.repeat(1, steps // FINE_STEPS)

    def allowed(self, logits: Tensor, again: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of what may be chosen, (B, L, P, S), and of attacks, (B, L, T)."""
        return logits, again.masked_fill(self.between_of(again.shape[-1]), -torch.inf)

    def shared(self, values: Tensor) -> Tensor:
        """`values` (..., L, T) with that of a choice's first step at all of its steps."""
        quarters = _quarters(values, FINE_STEPS)
        return quarters.gather(-1, self.first.unsqueeze(-2).expand_as(quarters)).flatten(-2)

    def chosen(self, values: Tensor) -> Tensor:
        """Of `values` (..., L, T) those at the first steps of choices, (..., L, S)."""
        quarters = _quarters(values, FINE_STEPS)
        return quarters.gather(-1, self.begins[:, None].expand(*quarters.shape[:-1], -1)).flatten(-2)

    def spread(self, values: Tensor) -> Tensor:
        """`values` (..., L, S) at all steps of their choices, (..., L, T); 0 where a drum is silent."""
        quarters = _quarters(values, self.count)
        index = self.number.unsqueeze(-2).expand(*quarters.shape[:-1], -1)
        return quarters.gather(-1, index).masked_fill(self.silent.unsqueeze(-2), 0).flatten(-2)


def _quarters(values: Tensor, size: int) -> Tensor:
    """(..., quarters * size) -> (..., quarters, size)."""
    return torch.unflatten(values, -1, (-1, size))
