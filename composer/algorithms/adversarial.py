"""What all GANs here share in learning: a generator that completes real music, an encoder of its noise, a critic."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

import torch
from torch import Tensor, nn

from composer.algorithms.base import Trainer
from composer.algorithms.critic import gradient_penalty
from composer.algorithms.layers import begin_from, drop_by, initialise
from composer.algorithms.state import Average, gather, scatter
from composer.settings import Settings, setting

NEARBY_KEYS = torch.tensor([0, 5, -5, 7, -7, 2, -2, 3, -3, 1, -1, 6])
NEARBY_SHARES = torch.tensor([60.0, 6, 6, 5, 5, 3, 3, 3, 3, 2, 2, 2])
"""Most windows are shown in the common key and some in others, the nearer the more: a misjudged key then does little
harm, and the music is harder to learn by heart."""
ATTACK_WEIGHT = 0.3
TOLD = 0.5
"""Share of windows whose noise tells of the real music; for the others it is 0, which so means "no wishes"."""
WARM_UP = 100
"""Updates over which the learning rate rises from 0: without it large steps at the start can stop all learning."""

Music = tuple[Tensor, Tensor]
"""Notes (B, rows, P, T), one-hot or on the way there, and attacks (B, rows, T)."""


class Windows(Protocol):
    """A batch of windows of music, whatever a cell of it is; all tensors begin with (B, ...)."""

    @property
    def attack(self) -> Tensor:
        """(B, rows, T)."""

    @property
    def inside(self) -> Tensor:
        """(B, T): True within the piece."""

    @property
    def place(self) -> Tensor:
        """Where in the bar each position lies."""

    def __getitem__(self, rows: Tensor | slice) -> Self:
        """Some of the batch."""


Batch = TypeVar("Batch", bound=Windows)


@dataclass(frozen=True)
class AdversarialSettings(Settings):
    """How a GAN learns."""

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


class AdversarialTrainer(Trainer, Generic[Batch]):
    """Generator and critic, trained in turn; what a cell is, and how it is hidden and drawn, its subclasses say.

    `beside` are tensors that a model needs besides the generator's weights. With `start`, a model's weights, the
    generator begins from those.
    """

    critic_part = 4
    """The critic learns from batches this many times smaller than the generator's."""
    judged_part = 1
    """Of the generator's batches the critic judges a part that is so many times smaller."""

    def __init__(
        self,
        networks: tuple[nn.Module, nn.Module, nn.Module],
        settings: AdversarialSettings,
        random: torch.Generator,
        beside: Mapping[str, Tensor],
        start: Mapping[str, Tensor] | None,
    ) -> None:
        """`networks` are generator, noise encoder and critic; all chance comes from `random`."""
        self.settings, self.random, self.beside = settings, random, dict(beside)
        self.networks = dict(zip(("generator", "noise_encoder", "critic"), networks, strict=True))
        for network in networks:
            initialise(network, random)
        generator, encoder, self.judge = networks
        if start is not None:
            begin_from(generator, {name: value for name, value in start.items() if name not in beside})
        drop_by(generator, random)
        learners = [*generator.parameters(), *encoder.parameters()]
        rate = settings.learning_rate
        self.optimisers: dict[str, torch.optim.Optimizer] = {
            "generator": torch.optim.AdamW(learners, rate, betas=(0.9, 0.99), weight_decay=0.05, fused=True),
            "critic": torch.optim.Adam(self.judge.parameters(), rate / 4, betas=(0.5, 0.9), fused=True),
        }
        self.average = Average(generator)

    def epoch(self) -> dict[str, float]:
        """See Trainer.epoch; `reconstruction`, `attack` and `noise` (the KL term) are parts of `generator`."""
        windows = self._windows()
        rows = [self._update(windows, batch) for batch in self._batches(len(windows.inside))]
        return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}

    def weights(self) -> dict[str, Tensor]:
        """See Trainer.weights: the averaged generator and what a model needs beside it."""
        return self.average.weights | self.beside

    def state(self) -> dict[str, Tensor]:
        """See Trainer.state."""
        return gather(self.networks, self.optimisers, {"generator": self.average}, self.random)

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """See Trainer.restore."""
        scatter(state, self.networks, self.optimisers, {"generator": self.average}, self.random)

    @abstractmethod
    def _windows(self) -> Batch:
        """This epoch's windows: cut at new places, in the common key or near it."""

    @abstractmethod
    def _onehot(self, cells: Batch) -> Tensor:
        """Notes (B, rows, P, T)."""

    @abstractmethod
    def _hide(self, cells: Batch) -> Tensor:
        """Which cells the generator has to write."""

    @abstractmethod
    def _gaussian(self, cells: Batch) -> Tensor:
        """Noise from the unit Gaussian for the generator."""

    @abstractmethod
    def _name_noise(self, cells: Batch, notes: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of the noise that should lead to this music."""

    @abstractmethod
    def _divergence(self, cells: Batch, nats: Tensor) -> Tensor:
        """The KL term, from the `nats` by which each number of the noise differs from the unit Gaussian."""

    @abstractmethod
    def _propose(self, cells: Batch, notes: Tensor, hidden: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """The generator's logits of categories and of attacks."""

    @abstractmethod
    def _perform(self, cells: Batch, notes: Tensor, hidden: Tensor, logits: Tensor, again: Tensor) -> Music:
        """The finished music, as the critic hears it."""

    @abstractmethod
    def _losses(self, cells: Batch, hidden: Tensor, logits: Tensor, again: Tensor) -> dict[str, Tensor]:
        """`reconstruction` and `attack`, in nats."""

    def _batches(self, count: int) -> list[Tensor]:
        """All window numbers in a random order, in batches of one size (of a last part batch, nothing)."""
        size = min(self.settings.batch_size, count)
        return list(torch.randperm(count, generator=self.random)[: count // size * size].view(-1, size))

    def _update(self, windows: Batch, batch: Tensor) -> dict[str, float]:
        """The critic learns `update_ratio` times, then the generator once, on `batch`.

        The critic's batches are drawn at random and smaller: of the same size they would take half of the time.
        """
        warm = min(1.0, (int(self.average.updates) + 1) / WARM_UP)
        self.optimisers["generator"].param_groups[0]["lr"] = self.settings.learning_rate * warm
        critic = 0.0
        for _ in range(self.settings.update_ratio):
            drawn = torch.randint(len(windows.inside), (-(-len(batch) // self.critic_part),), generator=self.random)
            critic = self._teach_critic(windows[drawn])
        losses = self._generator_losses(windows[batch])
        self._step("generator", losses["generator"])
        self.average.update()
        return {name: float(loss.detach()) for name, loss in losses.items()} | {"critic": critic}

    def _teach_critic(self, cells: Batch) -> float:
        """One critic update; its Wasserstein loss with the gradient penalty."""
        notes = self._onehot(cells)
        with torch.no_grad():
            hidden = self._hide(cells)
            logits, again = self._propose(cells, notes, hidden, self._gaussian(cells))
            fake = self._perform(cells, notes, hidden, logits, again)
        gap = self.judge(*fake, cells.place).mean() - self.judge(notes, cells.attack, cells.place).mean()
        penalty = gradient_penalty(self.judge, (notes, cells.attack.float()), fake, cells.place, self.random)
        loss: Tensor = gap + self.settings.penalty * penalty
        self._step("critic", loss)
        return float(loss.detach())

    def _generator_losses(self, cells: Batch) -> dict[str, Tensor]:
        """The `generator` loss and its parts: complete what is hidden, give the noise a meaning, please the critic."""
        notes, hidden = self._onehot(cells), self._hide(cells)
        mean, log_variance = self._name_noise(cells, notes)
        drawn = mean + self._gaussian(cells) * (log_variance / 2).exp()
        told = torch.rand(len(mean), *[1] * (mean.dim() - 1), generator=self.random) < TOLD
        logits, again = self._propose(cells, notes, hidden, drawn * told)
        parts = self._losses(cells, hidden, logits, again)
        nats = (mean.square() + log_variance.exp() - 1 - log_variance) / 2
        parts["noise"] = self._divergence(cells, nats)
        loss = parts["reconstruction"] + ATTACK_WEIGHT * parts["attack"] + self.settings.noise_weight * parts["noise"]
        if self.settings.update_ratio:
            few = slice(-(-len(notes) // self.judged_part))
            fake = self._perform(cells[few], notes[few], hidden[few], logits[few], again[few])
            loss = loss - self.judge(*fake, cells.place[few]).mean() / self.settings.reconstruction_weight
        return {"generator": loss} | parts

    def _step(self, name: str, loss: Tensor) -> None:
        optimiser = self.optimisers[name]
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(optimiser.param_groups[0]["params"], 1.0)
        optimiser.step()


def nearby_keys(count: int, random: torch.Generator) -> Tensor:
    """Semitones by which so many windows are moved: most by none, the others to keys that are the rarer the farther."""
    return NEARBY_KEYS[torch.multinomial(NEARBY_SHARES, count, replacement=True, generator=random)]
