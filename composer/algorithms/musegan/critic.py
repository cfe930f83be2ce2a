"""The conductor of MuseGAN: four convolutions and a dense layer that score windows of all tracks (or of one)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from composer.algorithms.cells import PLACES
from composer.algorithms.layers import fold_steps
from composer.algorithms.musegan.lines import CATEGORIES, POSITION, Lines

JUDGED = 16
"""Positions judged at once (two bars of 4/4); longer music is judged window by window."""
SEEN = 8


class TrackCritic(nn.Module):
    """Scores windows of JUDGED positions; no norms, since the gradient penalty is a condition on each input alone."""

    def __init__(self, lines: Sequence[int], width: int = 96) -> None:
        super().__init__()
        self.lines = list(lines)
        count = len(self.lines)
        self.tables = nn.Conv1d(count * (CATEGORIES + 1), count * SEEN, 1, groups=count, bias=False)
        widths = (count * SEEN * POSITION + PLACES, width, width, width, 2 * width)
        kernels = ((3, 1), (4, 2), (4, 2), (4, 2))
        self.convolutions = nn.ModuleList(
            [
                nn.Conv1d(before, after, size, stride=stride, padding=1)
                for (before, after), (size, stride) in zip(itertools.pairwise(widths), kernels, strict=True)
            ]
        )
        self.dense = nn.Linear(widths[-1] * JUDGED // 8, 1)

    def forward(self, notes: Tensor, attack: Tensor, place: Tensor) -> Tensor:
        """notes (B, L, P, T), attack (B, L, T), place (B, PLACES, N) -> scores (B, N / JUDGED).

        N must be a multiple of JUDGED.
        """
        cells = torch.cat([notes[:, self.lines], attack[:, self.lines].to(notes.dtype).unsqueeze(2)], 2)
        x = torch.cat([fold_steps(self.tables(cells.flatten(1, 2)), POSITION), place], 1)
        batch, channels, length = x.shape
        x = x.view(batch, channels, length // JUDGED, JUDGED).transpose(1, 2).flatten(0, 1)
        for convolution in self.convolutions:
            x = F.leaky_relu(convolution(x), 0.2)
        scores: Tensor = self.dense(x.flatten(1))
        return scores.view(batch, length // JUDGED)


class Critics(nn.Module):
    """One critic over all tracks, or (for jamming) one for each track, whose scores are averaged."""

    def __init__(self, groups: Sequence[Sequence[int]]) -> None:
        super().__init__()
        self.critics = nn.ModuleList([TrackCritic(lines) for lines in groups])

    def forward(self, notes: Tensor, attack: Tensor, place: Tensor) -> Tensor:
        """Scores (B, N / JUDGED); see TrackCritic."""
        return torch.stack([critic(notes, attack, place) for critic in self.critics]).mean(0)


def judged_groups(lines: Lines, mode: str) -> list[list[int]]:
    """The lines that each critic hears: those of a track each where players jam, else one critic hears them all."""
    if mode == "jamming":
        return [lines.of(track) for track in range(lines.tracks)]
    return [list(range(len(lines.table)))]
