"""The orchestra: a U-Net over time that hears a melody, a noise and its own unfinished draft, and proposes every cell.

Shapes: B batch, V voices, T steps (a multiple of STRIDE), P categories, Z noise channels.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from composer.algorithms.cells import BEAT, CATEGORIES, LOWEST, PLACES, Cells
from composer.algorithms.layers import (
    ChannelNorm,
    Doubling,
    Residual,
    TimeConvolution,
    fold_steps,
    one_hot,
    unfold_steps,
)

PATCH = 2
"""Sixteenths seen as one step by the convolutions: at half the cost nothing is lost, since heads tell them apart."""
WIDTHS = (128, 192, 256, 256)
"""Channels at each depth; each depth halves time, the last one is the latent space."""
STRIDE = PATCH * 2 ** (len(WIDTHS) - 1)
"""Steps for each place of the latent space (and for each noise vector): a bar of 4/4."""
CELL = CATEGORIES + 12 + 2
"""Channels of a cell: category, pitch class, being shown at all, attack."""
PITCH_CLASSES = F.pad(F.one_hot((torch.arange(1, CATEGORIES) + LOWEST - 1) % 12, 12), (0, 0, 1, 0)).float()
"""(P, 12): the pitch class of every category; the rest has none."""
_CELLS = torch.cat([torch.eye(CATEGORIES), PITCH_CLASSES, torch.ones(CATEGORIES, 1)], 1)
STATES = F.pad(torch.cat([F.pad(_CELLS, (0, 1)), F.pad(_CELLS, (0, 1), value=1.0)]), (0, 0, 1, 0))
"""(1 + 2 P, CELL): the channels of a cell in each of its states: hidden, each category, each category attacked."""


class CellEmbedding(nn.Module):
    """What is known of each cell, as channels: category, pitch class, being shown at all, attack; and the place."""

    def __init__(self, voices: int) -> None:
        super().__init__()
        self.channels = voices * CELL + PLACES

    def forward(self, onehot: Tensor, attack: Tensor, shown: Tensor, place: Tensor) -> Tensor:
        """onehot (B, V, P, T), attack and shown (B, V, T), place (B, PLACES, T) -> (B, channels, T), 0 where hidden."""
        seen = shown.to(onehot.dtype).unsqueeze(2)
        onehot = onehot * seen
        cells = torch.cat([onehot, PITCH_CLASSES.T @ onehot, seen, attack.to(onehot.dtype).unsqueeze(2) * seen], 2)
        return torch.cat([cells.flatten(1, 2), place], 1)


def onehot(cells: Cells) -> Tensor:
    """(B, V, P, T) floats from the categories of `cells`."""
    return one_hot(cells.category, CATEGORIES)


class UNet(nn.Module):
    """Encoder -> latent space (joined by the noise) -> decoder with skip connections (Ronneberger et al. 2015).

    It proposes the voices after the first `given`, all at once; cells that are shown tell it what is already there.
    """

    def __init__(
        self, voices: int, noise_size: int, dropout: float = 0.0, given: int = 1, widths: Sequence[int] = WIDTHS
    ) -> None:
        super().__init__()
        self.free = voices - given
        self.embedding = CellEmbedding(voices)
        self.entrance = nn.Conv1d(self.embedding.channels * PATCH, widths[0], 3, padding=1)
        depths = list(itertools.pairwise(widths))
        self.encoders = nn.ModuleList([Residual(upper, dropout) for upper, _ in depths])
        self.downs = nn.ModuleList([TimeConvolution(upper, lower, 2, stride=2) for upper, lower in depths])
        self.noise = nn.Conv1d(noise_size, widths[-1], 1)
        self.latent = Residual(widths[-1], dropout)
        self.ups = nn.ModuleList([Doubling(lower, upper) for upper, lower in depths])
        self.skips = nn.ModuleList([nn.Conv1d(2 * upper, upper, 1) for upper, _ in depths])
        self.decoders = nn.ModuleList([Residual(upper, dropout) for upper, _ in depths])
        self.norm = ChannelNorm(widths[0])
        self.head = nn.Conv1d(widths[0], self.free * (CATEGORIES + 12 + 1) * PATCH, 1)

    def forward(
        self, notes: Tensor, attack: Tensor, shown: Tensor, place: Tensor, noise: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Logits of all free cells: categories (B, free, P, T) and, where a pitch goes on, attacks (B, free, T).

        notes (B, V, P, T) one-hot, attack and shown (B, V, T), place (B, PLACES, T), noise (B, Z, T / STRIDE).
        """
        return self.think(self.entrance(fold_steps(self.embedding(notes, attack, shown, place), PATCH)), noise)

    def cell_table(self) -> Tensor:
        """What a cell adds to a step of the entrance, (voices * steps heard * states, out), for `hearing`."""
        weight = self.entrance.weight[:, : -PLACES * PATCH]
        cells = weight.reshape(len(weight), -1, CELL, PATCH, weight.shape[2])  # (out, voices, CELL, PATCH, reach)
        return torch.einsum("ovcsk,nc->vksno", cells, STATES).flatten(0, 3)

    def hearing(self, place: Tensor, table: Tensor) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
        """The entrance for calls with one `place` (B, PLACES, T): from category, attack and shown, (B, V, T) each.

        A cell is in one of few states, so what it adds is looked up in the `cell_table`, not multiplied out: the same
        result, but for rounding, in a fraction of the time.
        """
        steps_heard = PATCH * self.entrance.kernel_size[0]
        first = torch.arange(0, len(table), len(STATES)).view(-1, 1, steps_heard)
        of_place = self.entrance.weight[:, -PLACES * PATCH :]
        heard = F.conv1d(fold_steps(place, PATCH), of_place, self.entrance.bias, padding=1)

        def hear(category: Tensor, attack: Tensor, shown: Tensor) -> Tensor:
            state = F.pad((1 + category + CATEGORIES * attack) * shown, (PATCH, PATCH))
            rows = state.unfold(2, steps_heard, PATCH) + first  # (B, V, T / PATCH, steps heard)
            steps = F.embedding_bag(rows.transpose(1, 2).flatten(2).flatten(0, 1), table, mode="sum")
            return heard + steps.view(len(rows), -1, table.shape[1]).transpose(1, 2)

        return hear

    def think(self, x: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Logits as in `forward`, from what came in at the entrance, (B, widths[0], T / PATCH), and the noise."""
        passed = []
        for encoder, down in zip(self.encoders, self.downs, strict=True):
            passed.append(encoder(x))
            x = down(passed[-1])
        x = self.latent(x + self.noise(noise))
        for up, skip, decoder in list(zip(self.ups, self.skips, self.decoders, strict=True))[::-1]:
            x = decoder(skip(torch.cat([up(x), passed.pop()], 1)))
        cells = unfold_steps(self.head(F.silu(self.norm(x))), PATCH)
        return self._logits(cells.view(len(cells), self.free, -1, cells.shape[2]))

    def _logits(self, cells: Tensor) -> tuple[Tensor, Tensor]:
        """A category's logit is its own plus its pitch class's, so that octaves share what they learn."""
        classes = PITCH_CLASSES @ cells[:, :, CATEGORIES:-1]
        return cells[:, :, :CATEGORIES] + classes, cells[:, :, -1]


class NoiseEncoder(nn.Module):
    """Hears a real arrangement and names the noise that should lead to it: a Gaussian a bar, mean and log-variance.

    Used in training only; it is what gives the noise a meaning (conditional variational autoencoder, Sohn et al. 2015).
    """

    def __init__(self, voices: int, noise_size: int, width: int = 128) -> None:
        super().__init__()
        self.embedding = CellEmbedding(voices)
        self.entrance = nn.Conv1d(self.embedding.channels * BEAT, width, 1)
        self.bar = nn.Conv1d(width, width, STRIDE // BEAT, stride=STRIDE // BEAT)
        self.exit = nn.Conv1d(width, 2 * noise_size, 1)

    def forward(self, notes: Tensor, attack: Tensor, place: Tensor) -> tuple[Tensor, Tensor]:
        """notes (B, V, P, T), attack (B, V, T), place (B, PLACES, T) -> mean and log-variance (B, Z, T / STRIDE)."""
        everything = torch.ones_like(attack)
        x = self.entrance(fold_steps(self.embedding(notes, attack, everything, place), BEAT))
        mean, log_variance = self.exit(F.silu(self.bar(F.silu(x)))).chunk(2, 1)
        return mean, log_variance.clamp(-8, 4)
