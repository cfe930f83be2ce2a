"""What an orchestra names: logits for the choices of a grid, and not for every step, of which most are no choice.

A head has kernels for every step, so that its weights fit any grid; a choice's logits are the average of those of its
steps (see Grid). An average of convolutions is a convolution: it is folded into the last kernels, and what would be
averaged is never computed (three takes of twelve bars of a band in 5.8 s for 7.5 s).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from composer.algorithms.layers import unfold_steps
from composer.algorithms.musegan.grid import Grid
from composer.algorithms.musegan.lines import CATEGORIES, POSITION, LineCells
from composer.algorithms.musegan.networks import PITCH_CLASSES, BarGenerator, Orchestra
from composer.music.pianoroll import FINE_STEPS

_POSITIONS = FINE_STEPS // POSITION
"""Positions of a quarter, which a folded kernel hears at once."""


class Chooser:
    """An orchestra whose players name the logits of the choices of a `grid`.

    Its kernels are folded when it is made: while the orchestra learns, each call needs another one.
    """

    def __init__(self, orchestra: Orchestra, grid: Grid) -> None:
        self.orchestra = orchestra
        players = orchestra.bar_generators
        means = torch.split(grid.mean, [player.lines for player in players])
        self.heads = [_Head(player, mean) for player, mean in zip(players, means, strict=True)]

    def __call__(self, cells: LineCells, shown: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of categories for each choice, (B, L, P, S), and of attacks for each step, (B, L, T)."""
        inner = self.orchestra(cells, shown, noise)
        logits, again = zip(*(head(x) for head, x in zip(self.heads, inner, strict=True)), strict=True)
        return torch.cat(logits, 1), torch.cat(again, 1)


class _Head:
    """The last kernel of a player, for choices. A category's logit is its own plus its pitch class's."""

    def __init__(self, player: BarGenerator, mean: Tensor) -> None:
        """`mean` is that of a Grid for the player's lines."""
        kernel, bias = player.head.parameters()
        head = torch.cat([kernel[..., 0], bias[:, None]], 1)  # the bias as one more channel
        own, classes, again = head.view(player.lines, -1, POSITION, head.shape[1]).tensor_split(
            (CATEGORIES, CATEGORIES + 12), 1
        )
        own = own + F.pad(torch.einsum("lcsw,pc->lpsw", classes, PITCH_CLASSES), (0, 0, 0, 0, 1, 0))
        by_position = torch.unflatten(mean, 1, (_POSITIONS, POSITION))  # (lines, positions, steps, count)
        folded = torch.einsum("lpsw,lhsc->lpcwh", own, by_position).flatten(0, 2)  # (lines * P * count, width + 1, 2)
        self.lines, self.count = player.lines, mean.shape[2]
        self.weight, self.bias = folded[:, :-1].contiguous(), folded[:, -1].sum(1)
        self.again = again.flatten(0, 2)

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x (B, width, N) -> (B, lines, P, S), (B, lines, T)."""
        logits = F.conv1d(x, self.weight, self.bias, stride=_POSITIONS)
        logits = torch.unflatten(logits, 1, (self.lines, CATEGORIES, self.count)).transpose(3, 4).flatten(3)
        again = F.conv1d(x, self.again[:, :-1, None], self.again[:, -1])
        return logits, unfold_steps(again, POSITION)
