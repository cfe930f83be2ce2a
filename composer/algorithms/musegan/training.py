"""How MuseGAN learns: an orchestra and its critics, taught in turn on windows of a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from composer.algorithms.adversarial import AdversarialSettings, AdversarialTrainer, Music
from composer.algorithms.musegan.band import Band, BandSettings, learned_weights
from composer.algorithms.musegan.choosing import Chooser
from composer.algorithms.musegan.critic import Critics, judged_groups
from composer.algorithms.musegan.grid import Grid
from composer.algorithms.musegan.grooves import Grooves
from composer.algorithms.musegan.lines import UNTOLD, LineCells, find_lines, lines_of
from composer.algorithms.musegan.lineups import Lineups, lineup_of, told
from composer.algorithms.musegan.networks import NoiseEncoder, Orchestra, onehot, width_of
from composer.algorithms.musegan.noises import CHANGING, FIXED, MODES, NOISE_SCALE, SUITABLE
from composer.algorithms.musegan.rhythms import rhythm_of, told_rhythm
from composer.algorithms.musegan.spans import Spans
from composer.algorithms.musegan.windows import cut, draw
from composer.algorithms.musegan.writing import Choices, couple, perform, reconstruction_losses, training_mask
from composer.data.dataset import Dataset
from composer.music.pianoroll import Pianoroll, pitched_lines
from composer.music.voices import Voices
from composer.settings import setting

LINEUP_TOLD, RHYTHM_TOLD = 0.8, 0.8
"""Shares of training windows of which the network is told who plays, and when; of the others it has to find out."""


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
    width: int = setting(
        128,
        "Size",
        help="How many channels the network has inside. More can learn more, and need longer for it. A model that you "
        "start from keeps its own size.",
        minimum=32,
        maximum=512,
        step=32,
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
    critic_part = judged_part = 8
    """The critic hears every step, three times as many as there are choices: with a quarter of the windows it took two
    fifths of the time."""

    def __init__(
        self, dataset: Dataset, settings: MuseGANSettings, seed: int, start: Mapping[str, Tensor] | None = None
    ) -> None:
        self.names = dataset.part_names
        rolls = dataset.rolls("train")
        self.lines = find_lines(rolls, dataset.part_names) if start is None else lines_of(start, len(self.names))
        self.pieces = [draw(roll, self.lines) for roll in rolls]
        width = settings.width if start is None else width_of(start)
        self.generator = Orchestra(self.lines, settings.noise_size, settings.mode, width, settings.dropout)
        self.noise_encoder = NoiseEncoder(self.lines, settings.noise_size)
        critics = Critics(judged_groups(self.lines, settings.mode))
        networks = self.generator, self.noise_encoder, critics
        random = torch.Generator().manual_seed(seed)
        start = start and learned_weights(start)
        super().__init__(networks, settings, random, {"lines": self.lines.table}, start)
        self.grid, self.rhythmic = Grid(self.lines), self._drafts and not self.lines.sung
        if self._drafts:
            self.beside |= Lineups.learned(rolls).tensors() | {NOISE_SCALE: torch.tensor(SUITABLE)}
        if self.rhythmic:
            self.beside |= Grooves.learned(self.pieces, self.lines).tensors()

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

    def _choices(self, cells: LineCells) -> Choices:
        """Those of the grid, but where a rhythm is told."""
        return Spans(self.grid, cells.rhythm, cells.rests & False) if self.rhythmic else self.grid

    @property
    def _drafts(self) -> bool:
        return self.settings.form != "textbook"

    def _windows(self) -> LineCells:
        cells = cut(self.pieces, self.lines, self.random)
        if not self._drafts:
            return cells
        tells = torch.rand(len(cells.inside), 1, 1, generator=self.random) < LINEUP_TOLD
        cells = told(cells, lineup_of(cells, self.lines) * tells, self.lines)
        if not self.rhythmic:
            return cells
        tells = torch.rand(len(cells.inside), 1, 1, generator=self.random) < RHYTHM_TOLD
        rhythm = rhythm_of(cells.category, cells.attack, self.lines)
        return told_rhythm(cells, torch.where(tells, rhythm, UNTOLD), self.lines)

    def _onehot(self, cells: LineCells) -> Tensor:
        return onehot(cells)

    def _hide(self, cells: LineCells) -> Tensor:
        """In the textbook form all but the first track, half the time that, too."""
        hidden = training_mask(cells, self.lines, self.random)
        if self._drafts:
            return self._choices(cells).shared(hidden) & ~cells.rests
        melody = torch.rand(len(cells.inside), 1, 1, generator=self.random) < 0.5
        return cells.inside[:, None] & ~(melody & (self.lines.track == 0)[:, None])

    def _gaussian(self, cells: LineCells) -> Tensor:
        """(B, 1 + M, 2, Z, bars), the fixed kind alike in all bars."""
        shape = (len(cells.inside), 1 + self.lines.tracks, 2, self.settings.noise_size, cells.bars)
        noise = torch.randn(shape, generator=self.random)
        return torch.stack([noise[:, :, FIXED, :, :1].expand_as(noise[:, :, FIXED]), noise[:, :, CHANGING]], 2)

    def _name_noise(self, cells: LineCells, notes: Tensor) -> tuple[Tensor, Tensor]:
        named: tuple[Tensor, Tensor] = self.noise_encoder(cells)
        return named

    def _divergence(self, cells: LineCells, nats: Tensor) -> Tensor:
        """A sixteenth and track; what is fixed counts once."""
        used = (torch.arange(cells.bars) <= cells.bar.amax(1, keepdim=True))[:, None, None]  # (B, 1, 1, bars)
        total = nats[:, :, FIXED, :, 0].sum() + (nats[:, :, CHANGING] * used).sum()
        return total / (cells.inside.sum() * self.lines.tracks / 3)

    def _propose(self, cells: LineCells, notes: Tensor, hidden: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        chooser = Chooser(self.generator, self.grid)
        return self._choices(cells).allowed(*chooser(cells, cells.inside[:, None] & ~hidden, noise))

    def _perform(self, cells: LineCells, notes: Tensor, hidden: Tensor, logits: Tensor, again: Tensor) -> Music:
        draws = couple(torch.rand(len(again), 2, *again.shape[1:], generator=self.random), self.lines)
        choices = self._choices(cells)
        return perform(cells, notes, hidden, logits, again, choices.shared(draws.transpose(0, 1)), choices)

    def _losses(self, cells: LineCells, hidden: Tensor, logits: Tensor, again: Tensor) -> dict[str, Tensor]:
        return reconstruction_losses(cells, self.lines, hidden, logits, again, self._choices(cells))

    def _generator_losses(self, cells: LineCells) -> dict[str, Tensor]:
        """In the textbook form only the critic is to be pleased."""
        if self._drafts:
            return super()._generator_losses(cells)
        notes, hidden = onehot(cells), self._hide(cells)
        fake = self._perform(cells, notes, hidden, *self._propose(cells, notes, hidden, self._gaussian(cells)))
        return {"generator": -self.judge(*fake, cells.place).mean()}
