"""The orchestra of MuseGAN: it reads the draft of all tracks, and a bar generator a track writes what is hidden.

Shapes: B batch, L lines, P categories, T steps, N = T / POSITION positions, M tracks, Z numbers of a noise vector.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from composer.algorithms.cells import PLACES
from composer.algorithms.layers import ChannelNorm, Residual, fold_steps, one_hot
from composer.algorithms.musegan.lines import (
    CATEGORIES,
    LOWEST,
    POSITION,
    REST,
    SIXTEENTH,
    STRIKE,
    LineCells,
    Lines,
)
from composer.algorithms.musegan.noises import CHANGING, FIXED, TemporalGenerator, latents_of, spread

PITCH_CLASSES = F.one_hot((torch.arange(1, CATEGORIES) + LOWEST - 1) % 12, 12).float()
"""(P - 1, 12): the pitch class of every category but silence."""
SEEN = 12
"""Numbers that stand for a cell where it is read."""
LOUDNESS = 4.0
"""What the numbers of a cell are multiplied by, or the few that are not 0 would be drowned by the places in the bar."""
DILATIONS = (1, 2, 4, 8, 1, 2, 4)
"""Distances in positions at which the trunk's convolutions listen: in all, four bars to either side."""


class Reader(nn.Module):
    """What is known of all cells as channels of each position.

    Every line has its own table of SEEN numbers, and of every track it is told which pitch classes sound in each
    sixteenth, so that octaves share what is learned of harmony; of every line, whether the lineup has it play; and of a
    band, when all but the first track strike, hold and rest.
    """

    def __init__(self, lines: Lines, width: int, seen: int = SEEN) -> None:
        super().__init__()
        count = len(lines.table)
        self.tables = nn.Conv1d(count * (CATEGORIES + 2), count * seen, 1, groups=count, bias=False)
        channels = count * seen * POSITION + lines.tracks * 12 * (POSITION // SIXTEENTH) + PLACES + count
        self.rhythmic = [] if lines.sung else torch.nonzero(lines.rhythmic & (lines.track > 0)).flatten().tolist()
        channels += len(self.rhythmic) * STRIKE * POSITION
        self.entrance = nn.Conv1d(channels, width, 3, padding=1)
        self.of_track = F.one_hot(lines.track, lines.tracks).float() * ~lines.drum[:, None]  # (L, M)

    def forward(self, cells: LineCells, shown: Tensor) -> Tensor:
        """`cells` of which those are read that are `shown` (B, L, T) -> (B, width, N)."""
        told = [LOUDNESS * self._numbers(cells, shown), self._chroma(cells, shown), cells.place, cells.lineup]
        if self.rhythmic:
            told.append(self._rhythm(cells))
        x: Tensor = self.entrance(torch.cat(told, 1))
        return x

    def _numbers(self, cells: LineCells, shown: Tensor) -> Tensor:
        """Those that stand for each cell, (B, L * seen * POSITION, N); zeros for one that isn't shown.

        The convolution of one-hot categories, with rows for an attack and for being shown, looked up from a table of
        all that a cell can be: the same sums, in a quarter of the time.
        """
        rows = self.tables.weight.view(len(self.of_track), -1, CATEGORIES + 2).transpose(1, 2)  # (L, P + 2, seen)
        held = rows[:, :CATEGORIES] + rows[:, -1:]
        kinds = torch.stack([held, held + rows[:, -2:-1]], 2).flatten(1, 2)  # (L, 2 P, seen)
        kind = torch.where(shown, 2 * cells.category + cells.attack, kinds.shape[1])
        line = torch.arange(len(kinds))[:, None] * (kinds.shape[1] + 1)
        numbers = F.embedding(kind + line, F.pad(kinds, (0, 0, 0, 1)).flatten(0, 1))  # (B, L, T, seen)
        return torch.unflatten(numbers, 2, (-1, POSITION)).permute(0, 1, 4, 3, 2).flatten(1, 3)

    def _rhythm(self, cells: LineCells) -> Tensor:
        """What each line does at each step, if that is told, all drums of a kit being one: (B, lines * 4 * 6, N)."""
        doing = F.one_hot(cells.rhythm[:, self.rhythmic], STRIKE + 1)[..., REST:]  # (B, lines, T, 4)
        return fold_steps(doing.float().transpose(2, 3).flatten(1, 2), POSITION)

    def _chroma(self, cells: LineCells, shown: Tensor) -> Tensor:
        """Pitch classes of each track in each sixteenth, (B, M * 12 * 2, N)."""
        sixteenths = torch.where(shown, cells.category, 0)[..., ::SIXTEENTH]
        sounding = F.embedding(sixteenths, F.pad(PITCH_CLASSES, (0, 0, 1, 0)))  # (B, L, sixteenths, 12)
        chroma = torch.einsum("blsc,lm->bmcs", sounding, self.of_track).clamp(max=1)
        return fold_steps(chroma.flatten(1, 2), POSITION // SIXTEENTH)


class BarGenerator(nn.Module):
    """Writes the cells of some lines (of one track; of all, for one composer) from the trunk and its latent vectors."""

    def __init__(self, lines: int, heard: int, latent: int, width: int, dropout: float) -> None:
        """`heard` and `latent` channels come in. What its `head` means, a Chooser says."""
        super().__init__()
        self.lines = lines
        self.entrance = nn.Conv1d(heard + latent, width, 1)
        self.blocks = nn.ModuleList([Residual(width, dropout, dilation) for dilation in (1, 2)])
        self.norm = ChannelNorm(width)
        self.head = nn.Conv1d(width, lines * (CATEGORIES + 12 + 1) * POSITION, 1)

    def inner(self, heard: Tensor, latent: Tensor) -> Tensor:
        """heard (B, C, N), latent (B, D, N) -> what the head reads, (B, width, N)."""
        x = self.entrance(torch.cat([heard, latent], 1))
        for block in self.blocks:
            x = block(x)
        return F.silu(self.norm(x))


class Orchestra(nn.Module):
    """The generator: reader and trunk, temporal generators, and bar generators as `mode` says (see noises).

    The trunk has `width` channels, a bar generator half as many, or as many as the trunk if it writes all tracks. What
    it names of each cell is left to a Chooser.
    """

    def __init__(self, lines: Lines, noise_size: int, mode: str, width: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.mode, self.groups = mode, [lines.of(track) for track in range(lines.tracks)]
        self.reader = Reader(lines, width)
        self.trunk = nn.ModuleList([Residual(width, dropout, dilation) for dilation in DILATIONS])
        self.temporal = TemporalGenerator(lines.tracks, noise_size)
        written = [len(lines.table)] if mode == "composer" else [len(group) for group in self.groups]
        own = width if mode == "composer" else width // 2
        self.players = nn.ModuleList([BarGenerator(count, width, 4 * noise_size, own, dropout) for count in written])

    @property
    def bar_generators(self) -> list[BarGenerator]:
        """One for each track, or a single one for all."""
        return [player for player in self.players if isinstance(player, BarGenerator)]

    def forward(self, cells: LineCells, shown: Tensor, noise: Tensor) -> list[Tensor]:
        """What each player's head reads, (B, width, N) each, of what is `shown` (B, L, T)."""
        heard = self.reader(cells, shown)
        for block in self.trunk:
            heard = block(heard)
        latent = self.temporal(noise)
        return [
            player.inner(heard, spread(latents_of(latent, track, self.mode), cells.bar))
            for track, player in enumerate(self.bar_generators)
        ]


def width_of(weights: Mapping[str, Tensor]) -> int:
    """Channels of the trunk of an Orchestra with these weights; 1 where they are no such network's."""
    return weights.get("reader.entrance.bias", torch.zeros(1)).numel()


class NoiseEncoder(nn.Module):
    """Hears real music and names the noise that should lead to it: mean and log-variance of every number.

    Used in training only; it is what gives the noises a meaning (variational autoencoder, Kingma and Welling 2014).
    """

    def __init__(self, lines: Lines, noise_size: int, width: int = 128) -> None:
        super().__init__()
        self.shape = (1 + lines.tracks, 2, noise_size)
        self.reader = Reader(lines, width, seen=6)
        self.block = Residual(width, dilation=2)
        self.exit = nn.Conv1d(width, 2 * (1 + lines.tracks) * 2 * noise_size, 1)

    def forward(self, cells: LineCells) -> tuple[Tensor, Tensor]:
        """Mean and log-variance, (B, 1 + M, 2, Z, bars) each; what is fixed is the mean over all bars."""
        x = self.block(self.reader(cells, cells.inside[:, None].expand_as(cells.attack)))
        bars = F.one_hot(cells.bar, cells.bars).float()  # (B, N, bars)
        pooled = torch.einsum("bcn,bnk->bck", x, bars) / bars.sum(1).clamp(min=1)[:, None]
        values = self.exit(F.silu(pooled)).unflatten(1, (2, *self.shape))
        fixed = values[:, :, :, FIXED].mean(-1, keepdim=True).expand(*values.shape[:3], *values.shape[4:])
        mean, log_variance = torch.stack([fixed, values[:, :, :, CHANGING]], 3).unbind(1)
        return mean, log_variance.clamp(-8, 4)


def onehot(cells: LineCells) -> Tensor:
    """(B, L, P, T) floats from the categories of `cells`."""
    return one_hot(cells.category, CATEGORIES)
