"""U-Net GAN: an orchestra (the generator) learns to accompany a melody while a conductor (the critic) judges it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from composer.algorithms.accompanist import Accompanist, AccompanySettings
from composer.algorithms.adversarial import AdversarialSettings, AdversarialTrainer, Music, nearby_keys
from composer.algorithms.base import Algorithm, Judge, Model, ModelInfo, Trainer
from composer.algorithms.cells import Cells, common_key_shift, encode
from composer.algorithms.critic import WINDOW, Critic
from composer.algorithms.critic_view import ChoirCritic
from composer.algorithms.drafting import training_mask
from composer.algorithms.performing import perform, reconstruction_losses
from composer.algorithms.unet import STRIDE, NoiseEncoder, UNet, onehot
from composer.data.dataset import Dataset
from composer.data.windows import tile
from composer.errors import BadInput
from composer.music.voices import REST, Voices
from composer.settings import Settings

SPAN = 2 * WINDOW
"""Steps of a training window: four bars of 4/4, judged by the critic two bars at a time."""


@dataclass(frozen=True)
class UNetGANSettings(AdversarialSettings):
    """How a U-Net GAN learns."""


class UNetGANTrainer(AdversarialTrainer[Cells]):
    """Generator and critic, trained in turn on windows of a dataset (see UNetGAN)."""

    def __init__(
        self, dataset: Dataset, settings: UNetGANSettings, seed: int, start: Mapping[str, Tensor] | None = None
    ) -> None:
        self.pieces = [piece.transposed(common_key_shift(piece)) for piece in dataset.split("train")]
        voices = len(dataset.voice_names)
        self.generator = UNet(voices, settings.noise_size, settings.dropout)
        self.noise_encoder = NoiseEncoder(voices, settings.noise_size)
        networks = self.generator, self.noise_encoder, Critic(voices)
        random = torch.Generator().manual_seed(seed)
        super().__init__(networks, settings, random, {"ranges": _ranges(dataset.split("train"))}, start)

    def sample(self, melodies: Sequence[Voices], seed: int) -> list[Voices]:
        """See Trainer.sample; default settings, no repair."""
        model = Accompanist.from_weights(self.generator.free + 1, self.settings.noise_size, self.weights())
        return model.arrange(melodies, AccompanySettings(repair=False), seed)

    def _windows(self) -> Cells:
        offsets = torch.randint(SPAN, (len(self.pieces),), generator=self.random).tolist()
        windows = encode(tile(self.pieces, SPAN, offsets), SPAN)
        return windows.transposed(nearby_keys(len(windows.inside), self.random))

    def _onehot(self, cells: Cells) -> Tensor:
        return onehot(cells)

    def _hide(self, cells: Cells) -> Tensor:
        mask = training_mask(len(cells.inside), self.generator.free, SPAN, self.random)
        return mask & cells.inside[:, None]

    def _gaussian(self, cells: Cells) -> Tensor:
        shape = len(cells.inside), self.settings.noise_size, SPAN // STRIDE
        return torch.randn(shape, generator=self.random)

    def _name_noise(self, cells: Cells, notes: Tensor) -> tuple[Tensor, Tensor]:
        named: tuple[Tensor, Tensor] = self.noise_encoder(notes, cells.attack, cells.place)
        return named

    def _divergence(self, cells: Cells, nats: Tensor) -> Tensor:
        return nats.sum() / (cells.inside.sum() * self.generator.free)

    def _propose(self, cells: Cells, notes: Tensor, hidden: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        logits: tuple[Tensor, Tensor] = self.generator(notes, cells.attack, cells.shown(hidden), cells.place, noise)
        return logits

    def _perform(self, cells: Cells, notes: Tensor, hidden: Tensor, logits: Tensor, again: Tensor) -> Music:
        return perform(notes, cells.attack, hidden, logits, again, self.random)

    def _losses(self, cells: Cells, hidden: Tensor, logits: Tensor, again: Tensor) -> dict[str, Tensor]:
        return reconstruction_losses(cells, hidden, logits, again)


class UNetGAN(Algorithm):
    """A conditional GAN with a U-Net generator (Isola et al. 2017) and a Wasserstein critic (Gulrajani et al. 2017).

    Two things are added to the textbook form, since they decide how good the music is. The generator is also shown its
    own draft with some cells hidden, so that it can write in several passes (see drafting). And an encoder of real
    arrangements gives the noise a meaning (see NoiseEncoder). A cell is one category, so pitches never blur.
    """

    name = "unet-gan"
    version = 1
    title = "U-Net GAN"
    summary = "Three singers join your melody and move with it, as in a choir."
    task = "accompany"
    TrainSettings = UNetGANSettings
    GenerateSettings = AccompanySettings

    def trainer(
        self, dataset: Dataset, settings: Settings, seed: int, start: Mapping[str, Tensor] | None = None
    ) -> Trainer:
        """See Algorithm.trainer; raises BadInput where the dataset has fewer than two parts or no training music."""
        assert isinstance(settings, UNetGANSettings)
        if len(dataset.voice_names) < 2 or not dataset.split("train"):
            raise BadInput(f"“{dataset.name}” needs a melody and at least one more part to learn accompanying from.")
        return UNetGANTrainer(dataset, settings, seed, start)

    def model(self, info: ModelInfo, weights: Mapping[str, Tensor]) -> Model:
        """See Algorithm.model."""
        settings = UNetGANSettings.from_dict(info.settings)
        return Accompanist.from_weights(len(info.part_names), settings.noise_size, weights)

    def judge(self, info: ModelInfo, critic: Mapping[str, Tensor], model: Mapping[str, Tensor]) -> Judge:
        """See Algorithm.judge."""
        return ChoirCritic.from_weights(len(info.part_names), critic, model)


def _ranges(pieces: Sequence[Voices]) -> Tensor:
    """Lowest and highest MIDI pitch of each voice, int64 (V, 2)."""
    pitch = np.concatenate([piece.pitch for piece in pieces], axis=1)
    lowest = np.where(pitch == REST, 127, pitch).min(axis=1)
    return torch.tensor(np.stack([lowest, pitch.max(axis=1)], 1), dtype=torch.int64)
