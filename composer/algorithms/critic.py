"""The conductor: four convolutions and a dense layer that give a window of music one score, high for real music."""

from __future__ import annotations

import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from composer.algorithms.cells import CATEGORIES, PLACES

WINDOW = 32
"""Steps that are judged at once (two bars of 4/4); longer music is judged window by window."""


class Critic(nn.Module):
    """Scores windows of WINDOW steps; no norms, since the gradient penalty is a condition on each input alone."""

    def __init__(self, voices: int, width: int = 64) -> None:
        super().__init__()
        widths = (voices * (CATEGORIES + 1) + PLACES, width, width, 2 * width, 2 * width)
        self.convolutions = nn.ModuleList(
            [nn.Conv1d(before, after, 4, stride=2, padding=1) for before, after in itertools.pairwise(widths)]
        )
        self.dense = nn.Linear(widths[-1] * WINDOW // 16, 1)

    def forward(self, notes: Tensor, attack: Tensor, place: Tensor) -> Tensor:
        """notes (B, V, P, T), attack (B, V, T), place (B, PLACES, T) -> scores (B, T / WINDOW), one a window.

        T must be a multiple of WINDOW.
        """
        x = torch.cat([notes, attack.to(notes.dtype).unsqueeze(2)], 2).flatten(1, 2)
        x = torch.cat([x, place], 1)
        batch, channels, length = x.shape
        x = x.view(batch, channels, length // WINDOW, WINDOW).transpose(1, 2).flatten(0, 1)
        for convolution in self.convolutions:
            x = F.leaky_relu(convolution(x), 0.2)
        scores: Tensor = self.dense(x.flatten(1))
        return scores.view(batch, length // WINDOW)


def gradient_penalty(
    critic: nn.Module,
    real: tuple[Tensor, Tensor],
    fake: tuple[Tensor, Tensor],
    place: Tensor,
    generator: torch.Generator,
) -> Tensor:
    """Mean squared distance from 1 of the critic's slope, at random points between real and fake music.

    Gulrajani et al. 2017, "Improved Training of Wasserstein GANs", equation 3. `real` and `fake` are notes
    (B, V, P, T) and attacks (B, V, T); the slope is taken for each window on its own.
    """
    share = torch.rand(len(place), 1, 1, generator=generator)
    notes = torch.lerp(fake[0], real[0], share.unsqueeze(3)).requires_grad_()
    attack = torch.lerp(fake[1], real[1], share).requires_grad_()
    scores = critic(notes, attack, place)
    slopes = torch.autograd.grad(scores.sum(), (notes, attack), create_graph=True)
    squares = slopes[0].square().sum((1, 2)) + slopes[1].square().sum(1)  # (B, T)
    windows = squares.view(*scores.shape, -1)
    norms = (windows.sum(2) + 1e-12).sqrt()
    return torch.mean((norms - 1).square())
