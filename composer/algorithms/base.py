"""The contract of an algorithm: what the training loop, the pages and the command line call, and nothing more."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from composer.data.dataset import Dataset
from composer.errors import BadInput
from composer.music.pianoroll import Music
from composer.music.region import Region
from composer.music.voices import Voices
from composer.settings import Settings

TASKS = {
    "accompany": "adds voices to your melody",
    "compose": "makes new music, with or without your melody",
    "edit": "changes your melody step by step",
    "extend": "goes on where your melody ends",
}
"""What an algorithm does for a person."""


@dataclass(frozen=True)
class ModelInfo:
    """What a model says of itself, besides its weights: enough to build it, to show it and to find it again.

    `dataset` and `fingerprint` are the name and content hash of what it learned from, `part_names` its voices from the
    highest down, `settings` the plain values it was trained with.
    """

    algorithm: str
    version: int
    dataset: str
    fingerprint: str
    part_names: tuple[str, ...]
    settings: Mapping[str, object]
    seed: int = 0


class Model(ABC):
    """A trained network, ready to make music. Safe to share between threads: generating changes nothing in it."""

    @abstractmethod
    def generate(self, melody: Voices, settings: Settings, seed: int) -> Sequence[Music]:
        """As many takes as the settings ask for, each as long as the melody and with it as the first voice or track.

        `melody` has shape (1, steps) and lies in the first voice's range. The same melody, settings and seed give
        the same notes.
        """

    @abstractmethod
    def rewrite(self, take: Music, where: Region, settings: Settings, seed: int) -> Music:
        """A take of this model, also one edited by hand, with a region written anew to fit what stands around it.

        All that does not belong to the region (see Region) stays note for note. The same seed gives the same notes.
        Raises BadInput where the take isn't such a one, and where the region is empty, names a part that isn't there,
        or holds the melody of a person whom the music follows.
        """


def foreign_take() -> BadInput:
    """What to raise for a take that a model can't rewrite."""
    return BadInput("This music has other parts than this model writes; choose the model that it was made with.")


class Judge(ABC):
    """A trained critic, ready to say what it thinks of finished music."""

    @abstractmethod
    def wishes(self, take: Music) -> NDArray[np.void]:
        """For each note of the pitched parts of a take, a critic_view.WISH: what the critic would rather hear there."""


class Trainer(ABC):
    """One training under way: networks, optimisers and random states, moved on an epoch at a time."""

    @abstractmethod
    def epoch(self) -> dict[str, float]:
        """Learn from each training window once; the epoch's mean losses, `generator` and `critic` among them."""

    @abstractmethod
    def sample(self, melodies: Sequence[Voices], seed: int) -> list[Voices]:
        """One take for each melody of shape (1, steps), all of one length, with the weights as they are now."""

    def play(self, melody: Voices, seed: int) -> Music:
        """One take around a melody of shape (1, steps) for a person to hear: every part, drums and chords included."""
        return self.sample([melody], seed)[0]

    @abstractmethod
    def weights(self) -> dict[str, Tensor]:
        """The tensors a Model is made from (the averaged weights), by name."""

    @abstractmethod
    def state(self) -> dict[str, Tensor]:
        """All that the next epoch depends on, random states included, as named tensors."""

    @abstractmethod
    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go back to a `state`, bit for bit; raises BadInput where it belongs to other networks."""


class Algorithm(ABC):
    """A way to make music. One instance in the registry stands for all its models.

    `version` goes up when a change makes old models or runs useless. One that `learns` can be trained, and its
    TrainSettings has at least the fields epochs, learning_rate and update_ratio; GenerateSettings has at least takes.
    A model of one that `finishes` plays better with a finish, which is found once it has learned.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    title: ClassVar[str]
    summary: ClassVar[str]
    task: ClassVar[str]
    learns: ClassVar[bool] = True
    finishes: ClassVar[bool] = False
    TrainSettings: ClassVar[type[Settings]]
    GenerateSettings: ClassVar[type[Settings]]

    @abstractmethod
    def trainer(
        self, dataset: Dataset, settings: Settings, seed: int, start: Mapping[str, Tensor] | None = None
    ) -> Trainer:
        """A training at its beginning, every random choice from `seed`; raises BadInput where the data do not fit.

        With `start`, the weights of a model of this algorithm, it begins from that model instead of from nothing;
        raises BadInput where they fit no network of these settings and parts.
        """

    @abstractmethod
    def model(self, info: ModelInfo, weights: Mapping[str, Tensor]) -> Model:
        """The model with these weights; raises BadInput where they do not fit the networks `info` describes."""

    def judge(self, info: ModelInfo, critic: Mapping[str, Tensor], model: Mapping[str, Tensor]) -> Judge:
        """The critic with the weights `critic`, which grew up with the model of the weights `model`.

        Raises BadInput where they do not fit together, and where the algorithm has no critic.
        """
        raise BadInput(f"{self.title} has no critic.")
