"""How MuseGAN learns: an orchestra and its critics, taught in turn on windows of a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from composer.algorithms.adversarial import AdversarialSettings, AdversarialTrainer, Music
from composer.algorithms.cells import common_key_shift
from composer.algorithms.musegan.band import NOISE_SCALE, Band, BandSettings
from composer.algorithms.musegan.critic import Critics, judged_groups
from composer.algorithms.musegan.lines import LineCells, draw_lines, find_lines, lines_of, pack
from composer.algorithms.musegan.networks import NoiseEncoder, Orchestra, onehot
from composer.algorithms.musegan.noises import CHANGING, FIXED, MODES
from composer.algorithms.musegan.writing import perform, reconstruction_losses, training_mask
from composer.data.dataset import Dataset
from composer.music.pianoroll import DRUMS, FINE_STEPS, Pianoroll, pitched_lines
from composer.music.voices import Voices
from composer.settings import setting

SPAN = 16 * FINE_STEPS
"""Steps of a training window: four bars of 4/4, the paper's phrase; the critic judges two bars at a time."""

Drawn = tuple[NDArray[np.int64], NDArray[np.bool_], Pianoroll]
"""A piece as lines, category and attack (L, T), and a roll that tells its length and bar lines."""


@dataclass(frozen=True)
class MuseGANSettings(AdversarialSettings):
    """How a MuseGAN learns."""

    mode: str = setting("hybrid", "Who has the ideas", help="Where the noise goes, as in the paper.", choices=MODES)
    form: str = setting(
        "drafts",
        "Form",
        help="With drafts, the generator also learns to complete real music and can write in several passes. The "
        "textbook form learns from the critic alone; it shows how hard that is.",
        choices={"drafts": "With drafts", "textbook": "Textbook"},
        advanced=True,
    )
    batch_size: int = setting(
        16,
        "Batch size",
        help="How many four-bar windows are learned from at once.",
        minimum=2,
        maximum=256,
        step=2,
        advanced=True,
    )
    noise_size: int = setting(
        8,
        "Noise size",
        help="How many numbers each noise vector has.",
        minimum=1,
        maximum=64,
        step=1,
        advanced=True,
    )


class MuseGANTrainer(AdversarialTrainer[LineCells]):
    """Orchestra and critics, trained in turn on windows of a dataset (see MuseGAN)."""

    settings: MuseGANSettings

    def __init__(
        self, dataset: Dataset, settings: MuseGANSettings, seed: int, start: Mapping[str, Tensor] | None = None
    ) -> None:
        self.names = dataset.part_names
        rolls = dataset.rolls("train")
        self.lines = find_lines(rolls, dataset.part_names) if start is None else lines_of(start, len(self.names))
        self.pieces = [self._draw(roll) for roll in rolls]
        self.generator = Orchestra(self.lines, settings.noise_size, settings.mode, settings.dropout)
        self.noise_encoder = NoiseEncoder(self.lines, settings.noise_size)
        critics = Critics(judged_groups(self.lines, settings.mode))
        networks = self.generator, self.noise_encoder, critics
        random = torch.Generator().manual_seed(seed)
        super().__init__(networks, settings, random, {"lines": self.lines.table, NOISE_SCALE: torch.ones(())}, start)

    def sample(self, melodies: Sequence[Voices], seed: int) -> list[Voices]:
        """See Trainer.sample; default settings, the top line of each track but the drums."""
        return [pitched_lines(take, self.names) for take in self._arrange(melodies, seed)]

    def play(self, melody: Voices, seed: int) -> Pianoroll:
        """See Trainer.play."""
        return self._arrange([melody], seed)[0]

    def _arrange(self, melodies: Sequence[Voices], seed: int) -> list[Pianoroll]:
        band = Band.from_weights(self.settings.mode, self.settings.noise_size, self.lines.tracks, self.weights())
        settings = BandSettings(passes=1) if self.settings.form == "textbook" else BandSettings()
        return band.arrange(melodies, settings, seed)

    def _draw(self, roll: Pianoroll) -> Drawn:
        """A piece in the common key, as its first track has it."""
        drums = [track for track, name in enumerate(self.names) if name == DRUMS]
        return *draw_lines(roll.transposed(common_key_shift(roll.top_lines([0])), drums), self.lines), roll

    def _windows(self) -> LineCells:
        offsets = torch.randint(SPAN // FINE_STEPS, (len(self.pieces),), generator=self.random).tolist()
        cut = [window for piece, quarters in zip(self.pieces, offsets, strict=True) for window in tile(piece, quarters)]
        return pack(cut, SPAN).transposed(self._nearby_keys(len(cut)), self.lines)

    def _onehot(self, cells: LineCells) -> Tensor:
        return onehot(cells)

    def _hide(self, cells: LineCells) -> Tensor:
        """In the textbook form all but the first track, half the time that, too."""
        hidden = training_mask(cells, self.lines, self.random)
        if self.settings.form != "textbook":
            return hidden
        melody = torch.rand(len(cells.inside), 1, 1, generator=self.random) < 0.5
        return cells.inside[:, None] & ~(melody & (self.lines.track == 0)[:, None])

    def _gaussian(self, cells: LineCells) -> Tensor:
        """(B, 1 + M, 2, Z, bars), the fixed kind alike in all bars."""
        shape = (len(cells.inside), 1 + self.lines.tracks, 2, self.settings.noise_size, cells.bars)
        noise = torch.randn(shape, generator=self.random)
        return torch.stack([noise[:, :, FIXED, :, :1].expand_as(noise[:, :, FIXED]), noise[:, :, CHANGING]], 2)

    def _name_noise(self, cells: LineCells, notes: Tensor) -> tuple[Tensor, Tensor]:
        named: tuple[Tensor, Tensor] = self.noise_encoder(cells, notes)
        return named

    def _divergence(self, cells: LineCells, nats: Tensor) -> Tensor:
        """A sixteenth and track; what is fixed counts once."""
        used = (torch.arange(cells.bars) <= cells.bar.amax(1, keepdim=True))[:, None, None]  # (B, 1, 1, bars)
        total = nats[:, :, FIXED, :, 0].sum() + (nats[:, :, CHANGING] * used).sum()
        return total / (cells.inside.sum() * self.lines.tracks / 3)

    def _propose(self, cells: LineCells, notes: Tensor, hidden: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        logits: tuple[Tensor, Tensor] = self.generator(cells, notes, cells.inside[:, None] & ~hidden, noise)
        return logits

    def _perform(self, cells: LineCells, notes: Tensor, hidden: Tensor, logits: Tensor, again: Tensor) -> Music:
        return perform(cells, notes, hidden, logits, again, self.lines, self.random)

    def _losses(self, cells: LineCells, hidden: Tensor, logits: Tensor, again: Tensor) -> dict[str, Tensor]:
        return reconstruction_losses(cells, self.lines, hidden, logits, again)

    def _generator_losses(self, cells: LineCells) -> dict[str, Tensor]:
        """In the textbook form only the critic is to be pleased."""
        if self.settings.form != "textbook":
            return super()._generator_losses(cells)
        notes, hidden = onehot(cells), self._hide(cells)
        fake = self._perform(cells, notes, hidden, *self._propose(cells, notes, hidden, self._gaussian(cells)))
        return {"generator": -self.judge(*fake, cells.place).mean()}


def tile(piece: Drawn, quarters: int) -> list[Drawn]:
    """A piece cut into windows of SPAN steps that begin on quarters, the first of which has so many; short ends go."""
    category, attack, roll = piece
    first = roll.pickup_steps % FINE_STEPS + quarters * FINE_STEPS
    starts = np.unique(np.append(np.arange(min(first, roll.steps), roll.steps, SPAN), 0))
    ends = np.append(starts[1:], roll.steps)
    long_enough = ends - starts >= min(SPAN // 4, (ends - starts).max())
    return [
        (category[:, start:end], attack[:, start:end], _frame(roll, start, end))
        for start, end in zip(starts[long_enough].tolist(), ends[long_enough].tolist(), strict=True)
    ]


def _frame(roll: Pianoroll, start: int, end: int) -> Pianoroll:
    """Length and bar lines of a window, without its notes."""
    pickup_steps = (roll.pickup_steps - start) % roll.steps_per_bar
    return Pianoroll(np.empty((0, 4), np.int32), roll.tracks, end - start, roll.steps_per_bar, pickup_steps)
