"""U-Net GAN: an orchestra (the generator) learns to accompany a melody while a conductor (the critic) judges it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from composer.algorithms.accompanist import Accompanist, AccompanySettings
from composer.algorithms.base import Algorithm, Model, ModelInfo, Trainer
from composer.algorithms.cells import Cells, common_key_shift, encode
from composer.algorithms.critic import WINDOW, Critic, gradient_penalty
from composer.algorithms.drafting import training_mask
from composer.algorithms.layers import ChannelDropout, begin_from, initialise
from composer.algorithms.performing import perform, reconstruction_losses
from composer.algorithms.state import Average, gather, scatter
from composer.algorithms.unet import STRIDE, NoiseEncoder, UNet, onehot
from composer.data.dataset import Dataset
from composer.data.windows import tile
from composer.errors import BadInput
from composer.music.voices import REST, Voices
from composer.settings import Settings, setting

SPAN = 2 * WINDOW
"""Steps of a training window: four bars of 4/4, judged by the critic two bars at a time."""
NEARBY_KEYS = torch.tensor([0, 5, -5, 7, -7, 2, -2, 3, -3, 1, -1, 6])
NEARBY_SHARES = torch.tensor([60.0, 6, 6, 5, 5, 3, 3, 3, 3, 2, 2, 2])
"""Most windows are shown in the common key and some in others, the nearer the more: a misjudged key then does little
harm, and the music is harder to learn by heart."""
ATTACK_WEIGHT = 0.3
CRITIC_PART = 4
"""The critic learns from batches this many times smaller than the generator's."""
TOLD = 0.5
"""Share of windows whose noise tells of the real music; for the others it is 0, which so means "no wishes"."""
WARM_UP = 100
"""Updates over which the learning rate rises from 0: without it large steps at the start can stop all learning."""


@dataclass(frozen=True)
class UNetGANSettings(Settings):
    """How a U-Net GAN learns."""

    epochs: int = setting(
        30,
        "Epochs",
        help="How many times the model hears all the training music.",
        minimum=1,
        maximum=2000,
        scale="log",
        format="%d",
    )
    learning_rate: float = setting(
        2e-3,
        "Learning rate",
        help="How big a step the model takes after each batch. Too small learns slowly, too big never settles.",
        minimum=1e-5,
        maximum=1e-2,
        scale="log",
        format="%.5f",
    )
    update_ratio: int = setting(
        1,
        "Update ratio",
        help="How often the critic (the conductor) learns for each time the generator (the orchestra) learns. "
        "0 leaves the critic out.",
        minimum=0,
        maximum=10,
        step=1,
    )
    batch_size: int = setting(
        32,
        "Batch size",
        help="How many four-bar windows are learned from at once.",
        minimum=2,
        maximum=256,
        step=2,
        advanced=True,
    )
    noise_size: int = setting(
        16,
        "Noise size",
        help="How many numbers a bar the noise vector has.",
        minimum=1,
        maximum=128,
        step=1,
        advanced=True,
    )
    noise_weight: float = setting(
        0.1,
        "Noise weight",
        help="How strongly the noise is kept Gaussian (the KL term). Less gives the noise more to say.",
        minimum=0.001,
        maximum=10.0,
        scale="log",
        format="%.3f",
        advanced=True,
    )
    reconstruction_weight: float = setting(
        20.0,
        "Reconstruction weight",
        help="How much the generator tries to copy real music, beside pleasing the critic.",
        minimum=0.1,
        maximum=1000.0,
        scale="log",
        format="%.1f",
        advanced=True,
    )
    dropout: float = setting(
        0.05,
        "Dropout",
        help="Share of the generator's channels that are silenced by chance while it learns, so that it can't learn "
        "the music by heart.",
        minimum=0.0,
        maximum=0.9,
        step=0.05,
        advanced=True,
    )
    penalty: float = setting(
        10.0,
        "Gradient penalty",
        help="How strongly the critic's slope is kept at 1, which keeps its advice useful.",
        minimum=0.1,
        maximum=100.0,
        scale="log",
        format="%.1f",
        advanced=True,
    )


class UNetGANTrainer(Trainer):
    """Generator and critic, trained in turn on windows of a dataset (see UNetGAN)."""

    def __init__(
        self, dataset: Dataset, settings: UNetGANSettings, seed: int, start: Mapping[str, Tensor] | None = None
    ) -> None:
        self.settings = settings
        self.random = torch.Generator().manual_seed(seed)
        self.pieces = [piece.transposed(common_key_shift(piece)) for piece in dataset.split("train")]
        self.ranges = _ranges(dataset.split("train"))
        voices = len(dataset.voice_names)
        self.generator = UNet(voices, settings.noise_size, settings.dropout)
        self.noise_encoder = NoiseEncoder(voices, settings.noise_size)
        self.critic = Critic(voices)
        self.networks = {"generator": self.generator, "noise_encoder": self.noise_encoder, "critic": self.critic}
        for network in self.networks.values():
            initialise(network, self.random)
        if start is not None:
            begin_from(self.generator, {name: value for name, value in start.items() if name != "ranges"})
        for module in self.generator.modules():
            if isinstance(module, ChannelDropout):
                module.random = self.random
        learners = [*self.generator.parameters(), *self.noise_encoder.parameters()]
        rate = settings.learning_rate
        self.optimisers: dict[str, torch.optim.Optimizer] = {
            "generator": torch.optim.AdamW(learners, rate, betas=(0.9, 0.99), weight_decay=0.05, fused=True),
            "critic": torch.optim.Adam(self.critic.parameters(), rate / 4, betas=(0.5, 0.9), fused=True),
        }
        self.average = Average(self.generator)

    def epoch(self) -> dict[str, float]:
        """See Trainer.epoch; `reconstruction`, `attack` and `noise` (the KL term) are parts of `generator`."""
        windows = self._windows()
        rows = [self._update(windows, batch) for batch in self._batches(len(windows.inside))]
        return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}

    def sample(self, melodies: Sequence[Voices], seed: int) -> list[Voices]:
        """See Trainer.sample; default settings, no repair."""
        model = Accompanist.from_weights(self.generator.free + 1, self.settings.noise_size, self.weights())
        return model.arrange(melodies, AccompanySettings(repair=False), seed)

    def weights(self) -> dict[str, Tensor]:
        """See Trainer.weights: the averaged generator and the ranges of the voices."""
        return self.average.weights | {"ranges": self.ranges}

    def state(self) -> dict[str, Tensor]:
        """See Trainer.state."""
        return gather(self.networks, self.optimisers, {"generator": self.average}, self.random)

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """See Trainer.restore."""
        scatter(state, self.networks, self.optimisers, {"generator": self.average}, self.random)

    def _windows(self) -> Cells:
        """This epoch's windows: cut at new places, in the common key or near it."""
        offsets = torch.randint(SPAN, (len(self.pieces),), generator=self.random).tolist()
        windows = encode(tile(self.pieces, SPAN, offsets), SPAN)
        drawn = torch.multinomial(NEARBY_SHARES, len(windows.inside), replacement=True, generator=self.random)
        return windows.transposed(NEARBY_KEYS[drawn])

    def _batches(self, count: int) -> list[Tensor]:
        """All window numbers in a random order, in batches of one size (of a last part batch, nothing)."""
        size = min(self.settings.batch_size, count)
        return list(torch.randperm(count, generator=self.random)[: count // size * size].view(-1, size))

    def _update(self, windows: Cells, batch: Tensor) -> dict[str, float]:
        """The critic learns `update_ratio` times, then the generator once, on `batch`.

        The critic's batches are drawn at random and smaller: it then costs a quarter of the time, not half.
        """
        self._warm_up()
        critic = 0.0
        for _ in range(self.settings.update_ratio):
            drawn = torch.randint(len(windows.inside), (-(-len(batch) // CRITIC_PART),), generator=self.random)
            critic = self._teach_critic(windows[drawn])
        return self._teach_generator(windows[batch]) | {"critic": critic}

    def _warm_up(self) -> None:
        rate = self.settings.learning_rate * min(1.0, (int(self.average.updates) + 1) / WARM_UP)
        self.optimisers["generator"].param_groups[0]["lr"] = rate

    def _teach_critic(self, cells: Cells) -> float:
        """One critic update; its Wasserstein loss with the gradient penalty."""
        notes, place = onehot(cells), cells.place
        with torch.no_grad():
            hidden = self._hide(cells)
            noise = torch.randn(self._noise_shape(cells), generator=self.random)
            logits, repeat = self._propose(cells, notes, hidden, noise)
            fake = perform(notes, cells.attack, hidden, logits, repeat, self.random)
        gap = self.critic(*fake, place).mean() - self.critic(notes, cells.attack, place).mean()
        penalty = gradient_penalty(self.critic, (notes, cells.attack.float()), fake, place, self.random)
        loss = gap + self.settings.penalty * penalty
        self._step("critic", loss)
        return float(loss.detach())

    def _teach_generator(self, cells: Cells) -> dict[str, float]:
        """One generator update: rebuild what is hidden, give the noise a meaning, please the critic."""
        notes, hidden = onehot(cells), self._hide(cells)
        mean, log_variance = self.noise_encoder(notes, cells.attack, cells.place)
        drawn = mean + torch.randn(mean.shape, generator=self.random) * (log_variance / 2).exp()
        told = torch.rand(len(mean), 1, 1, generator=self.random) < TOLD
        logits, repeat = self._propose(cells, notes, hidden, drawn * told)
        parts = reconstruction_losses(cells, hidden, logits, repeat)
        divergence = (mean.square() + log_variance.exp() - 1 - log_variance) / 2  # from the unit Gaussian, in nats
        parts["noise"] = divergence.sum() / (cells.inside.sum() * self.generator.free)
        loss = parts["reconstruction"] + ATTACK_WEIGHT * parts["attack"] + self.settings.noise_weight * parts["noise"]
        if self.settings.update_ratio:
            fake = perform(notes, cells.attack, hidden, logits, repeat, self.random)
            loss = loss - self.critic(*fake, cells.place).mean() / self.settings.reconstruction_weight
        self._step("generator", loss)
        self.average.update()
        return {name: float(part.detach()) for name, part in ({"generator": loss} | parts).items()}

    def _hide(self, cells: Cells) -> Tensor:
        mask = training_mask(len(cells.inside), self.generator.free, SPAN, self.random)
        return mask & cells.inside[:, None]

    def _noise_shape(self, cells: Cells) -> tuple[int, int, int]:
        return len(cells.inside), self.settings.noise_size, SPAN // STRIDE

    def _propose(self, cells: Cells, notes: Tensor, hidden: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        logits: tuple[Tensor, Tensor] = self.generator(notes, cells.attack, cells.shown(hidden), cells.place, noise)
        return logits

    def _step(self, name: str, loss: Tensor) -> None:
        optimiser = self.optimisers[name]
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(optimiser.param_groups[0]["params"], 1.0)
        optimiser.step()


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


def _ranges(pieces: Sequence[Voices]) -> Tensor:
    """Lowest and highest MIDI pitch of each voice, int64 (V, 2)."""
    pitch = np.concatenate([piece.pitch for piece in pieces], axis=1)
    lowest = np.where(pitch == REST, 127, pitch).min(axis=1)
    return torch.tensor(np.stack([lowest, pitch.max(axis=1)], 1), dtype=torch.int64)
