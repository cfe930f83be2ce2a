"""Choosing once where a line can't change: the steps between two places of its grid are one choice."""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor

from composer.algorithms.musegan.lines import Lines
from composer.music.pianoroll import FINE_STEPS


class Grid:
    """The grid of every line (see Lines), for tensors that begin on a quarter: (..., L, T)."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        steps = torch.arange(FINE_STEPS)
        self.first = torch.where(lines.grid, steps, 0).cummax(1).values
        """(L, FINE_STEPS): for each step of a quarter, the step where its choice is made."""

    @cached_property
    def _mean(self) -> Tensor:
        """(L, FINE_STEPS, FINE_STEPS): what averages over the steps of one choice."""
        same = (self.first[:, :, None] == self.first[:, None]).float()
        return same / same.sum(1, keepdim=True)

    def shared(self, values: Tensor) -> Tensor:
        """`values` (..., L, T) with that of a choice's first step at all of its steps."""
        quarters = values.reshape(*values.shape[:-1], -1, FINE_STEPS)  # (..., L, quarters, FINE_STEPS)
        return quarters.gather(-1, self.first[:, None].expand_as(quarters)).flatten(-2)

    def chosen_once(self, logits: Tensor, again: Tensor) -> tuple[Tensor, Tensor]:
        """Finite logits (B, L, P, T) averaged over the steps of a choice, and attacks (B, L, T) only where one is made.

        A drum is never hit off its grid.
        """
        quarters = logits.view(*logits.shape[:-1], -1, FINE_STEPS)
        mean = torch.einsum("blpqs,lst->blpqt", quarters, self._mean).flatten(-2)
        off = ~self.lines.grid.repeat(1, logits.shape[-1] // FINE_STEPS)  # (L, T)
        drum = self.lines.drum[:, None]
        mean = torch.where(drum[:, None], logits, mean)
        mean[:, :, 1] = mean[:, :, 1].masked_fill(off & drum, -torch.inf)
        return mean, again.masked_fill(off, -torch.inf)
