"""How MuseGAN learns: an orchestra and its critics, taught in turn on windows of a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from composer.algorithms.base import Trainer
from composer.algorithms.cells import common_key_shift
from composer.algorithms.critic import gradient_penalty
from composer.algorithms.layers import ChannelDropout, begin_from, initialise
from composer.algorithms.musegan.band import Band, BandSettings
from composer.algorithms.musegan.critic import Critics
from composer.algorithms.musegan.lines import LineCells, draw_lines, find_lines, lines_of, pack
from composer.algorithms.musegan.networks import NoiseEncoder, Orchestra, onehot
from composer.algorithms.musegan.noises import CHANGING, FIXED, MODES
from composer.algorithms.musegan.writing import perform, reconstruction_losses, training_mask
from composer.algorithms.state import Average, gather, scatter
from composer.data.dataset import Dataset
from composer.music.pianoroll import DRUMS, FINE_STEPS, Pianoroll, pitched_lines
from composer.music.voices import Voices
from composer.settings import Settings, setting

SPAN = 16 * FINE_STEPS
"""Steps of a training window: four bars of 4/4, the paper's phrase; the critic judges two bars at a time."""
ATTACK_WEIGHT = 0.3
TOLD = 0.5
"""Share of windows whose noise tells of the real music; for the others it is 0, which so means "no wishes"."""
CRITIC_PART = 4
"""The critics learn from batches this many times smaller than the generator's."""
WARM_UP = 100
NEARBY_KEYS = torch.tensor([0, 5, -5, 7, -7, 2, -2, 3, -3, 1, -1, 6])
NEARBY_SHARES = torch.tensor([60.0, 6, 6, 5, 5, 3, 3, 3, 3, 2, 2, 2])

Drawn = tuple[NDArray[np.int64], NDArray[np.bool_], Pianoroll]
"""A piece as lines, category and attack (L, T), and a roll that tells its length and bar lines."""


@dataclass(frozen=True)
class MuseGANSettings(Settings):
    """How a MuseGAN learns."""

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
        help="How much the generator tries to complete real music, beside pleasing the critic.",
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


class MuseGANTrainer(Trainer):
    """Orchestra and critics, trained in turn on windows of a dataset (see MuseGAN)."""

    def __init__(
        self, dataset: Dataset, settings: MuseGANSettings, seed: int, start: Mapping[str, Tensor] | None = None
    ) -> None:
        self.settings, self.names = settings, dataset.part_names
        self.random = torch.Generator().manual_seed(seed)
        rolls = dataset.rolls("train")
        self.lines = find_lines(rolls, dataset.part_names) if start is None else lines_of(start, len(self.names))
        self.pieces = [self._draw(roll) for roll in rolls]
        self.generator = Orchestra(self.lines, settings.noise_size, settings.mode, settings.dropout)
        self.noise_encoder = NoiseEncoder(self.lines, settings.noise_size)
        jamming = settings.mode == "jamming"
        self.critic = Critics(self.generator.groups if jamming else [list(range(len(self.lines.table)))])
        self.networks = {"generator": self.generator, "noise_encoder": self.noise_encoder, "critic": self.critic}
        for network in self.networks.values():
            initialise(network, self.random)
        if start is not None:
            begin_from(self.generator, {name: value for name, value in start.items() if name != "lines"})
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
        """See Trainer.sample; default settings, the top line of each track but the drums."""
        band = Band.from_weights(self.settings.mode, self.settings.noise_size, self.lines.tracks, self.weights())
        settings = BandSettings(passes=1) if self.settings.form == "textbook" else BandSettings()
        return [pitched_lines(take, self.names) for take in band.arrange(melodies, settings, seed)]

    def weights(self) -> dict[str, Tensor]:
        """See Trainer.weights: the averaged generator and the table of lines."""
        return self.average.weights | {"lines": self.lines.table}

    def state(self) -> dict[str, Tensor]:
        """See Trainer.state."""
        return gather(self.networks, self.optimisers, {"generator": self.average}, self.random)

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """See Trainer.restore."""
        scatter(state, self.networks, self.optimisers, {"generator": self.average}, self.random)

    def _draw(self, roll: Pianoroll) -> Drawn:
        """A piece in the common key, as its first track has it."""
        drums = [track for track, name in enumerate(self.names) if name == DRUMS]
        return *draw_lines(roll.transposed(common_key_shift(roll.top_lines([0])), drums), self.lines), roll

    def _windows(self) -> LineCells:
        """This epoch's windows: cut at new places, in the common key or near it."""
        offsets = torch.randint(SPAN // FINE_STEPS, (len(self.pieces),), generator=self.random).tolist()
        cut = [window for piece, quarters in zip(self.pieces, offsets, strict=True) for window in tile(piece, quarters)]
        windows = pack(cut, SPAN)
        drawn = torch.multinomial(NEARBY_SHARES, len(cut), replacement=True, generator=self.random)
        return windows.transposed(NEARBY_KEYS[drawn], self.lines)

    def _batches(self, count: int) -> list[Tensor]:
        """All window numbers in a random order, in batches of one size (of a last part batch, nothing)."""
        size = min(self.settings.batch_size, count)
        return list(torch.randperm(count, generator=self.random)[: count // size * size].view(-1, size))

    def _update(self, windows: LineCells, batch: Tensor) -> dict[str, float]:
        """The critic learns `update_ratio` times from smaller batches, then the generator once, on `batch`."""
        warm = min(1.0, (int(self.average.updates) + 1) / WARM_UP)
        self.optimisers["generator"].param_groups[0]["lr"] = self.settings.learning_rate * warm
        critic = 0.0
        for _ in range(self.settings.update_ratio):
            drawn = torch.randint(len(windows.inside), (-(-len(batch) // CRITIC_PART),), generator=self.random)
            critic = self._teach_critic(windows[drawn])
        return self._teach_generator(windows[batch]) | {"critic": critic}

    def _teach_critic(self, cells: LineCells) -> float:
        """One critic update; its Wasserstein loss with the gradient penalty."""
        notes = onehot(cells)
        with torch.no_grad():
            hidden = self._hide(cells)
            noise = self._gaussian(cells)
            fake = self._play(cells, notes, hidden, noise)[2]
        gap = self.critic(*fake, cells.place).mean() - self.critic(notes, cells.attack, cells.place).mean()
        penalty = gradient_penalty(self.critic, (notes, cells.attack.float()), fake, cells.place, self.random)
        loss: Tensor = gap + self.settings.penalty * penalty
        self._step("critic", loss)
        return float(loss.detach())

    def _teach_generator(self, cells: LineCells) -> dict[str, float]:
        """One generator update: complete what is hidden, give the noise a meaning, please the critic."""
        notes, hidden = onehot(cells), self._hide(cells)
        if self.settings.form == "textbook":
            fake = self._play(cells, notes, hidden, self._gaussian(cells))[2]
            loss = -self.critic(*fake, cells.place).mean()
            self._step("generator", loss)
            self.average.update()
            return {"generator": float(loss.detach())}
        mean, log_variance = self.noise_encoder(cells, notes)
        drawn = mean + self._gaussian(cells) * (log_variance / 2).exp()
        told = torch.rand(len(mean), 1, 1, 1, 1, generator=self.random) < TOLD
        logits, again, fake = self._play(cells, notes, hidden, drawn * told)
        parts = reconstruction_losses(cells, self.lines, hidden, logits, again)
        parts["noise"] = self._divergence(cells, mean, log_variance)
        loss = parts["reconstruction"] + ATTACK_WEIGHT * parts["attack"] + self.settings.noise_weight * parts["noise"]
        if self.settings.update_ratio:
            loss = loss - self.critic(*fake, cells.place).mean() / self.settings.reconstruction_weight
        self._step("generator", loss)
        self.average.update()
        return {name: float(part.detach()) for name, part in ({"generator": loss} | parts).items()}

    def _play(
        self, cells: LineCells, notes: Tensor, hidden: Tensor, noise: Tensor
    ) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
        """Logits of categories and attacks, and the finished music as the critic hears it."""
        logits, again = self.generator(cells, notes, cells.inside[:, None] & ~hidden, noise)
        return logits, again, perform(cells, notes, hidden, logits, again, self.lines, self.random)

    def _hide(self, cells: LineCells) -> Tensor:
        """What the generator has to write; in the textbook form all but the first track, half the time that, too."""
        hidden = training_mask(cells, self.lines, self.random)
        if self.settings.form != "textbook":
            return hidden
        melody = torch.rand(len(cells.inside), 1, 1, generator=self.random) < 0.5
        return cells.inside[:, None] & ~(melody & (self.lines.track == 0)[:, None])

    def _gaussian(self, cells: LineCells) -> Tensor:
        """Noise from the unit Gaussian, (B, 1 + M, 2, Z, bars), the fixed kind alike in all bars."""
        shape = (len(cells.inside), 1 + self.lines.tracks, 2, self.settings.noise_size, cells.bars)
        noise = torch.randn(shape, generator=self.random)
        return torch.stack([noise[:, :, FIXED, :, :1].expand_as(noise[:, :, FIXED]), noise[:, :, CHANGING]], 2)

    def _divergence(self, cells: LineCells, mean: Tensor, log_variance: Tensor) -> Tensor:
        """Nats a sixteenth and track by which the named noise differs from the unit Gaussian."""
        nats = (mean.square() + log_variance.exp() - 1 - log_variance) / 2
        used = (torch.arange(cells.bars) <= cells.bar.amax(1, keepdim=True))[:, None, None]  # (B, 1, 1, bars)
        total = nats[:, :, FIXED, :, 0].sum() + (nats[:, :, CHANGING] * used).sum()
        return total / (cells.inside.sum() * self.lines.tracks / 3)

    def _step(self, name: str, loss: Tensor) -> None:
        optimiser = self.optimisers[name]
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(optimiser.param_groups[0]["params"], 1.0)
        optimiser.step()


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
