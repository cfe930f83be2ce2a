"""A tiny algorithm that learns in milliseconds, for tests of what stands around an algorithm.

Run as a script it is the command line `composer` with both of them registered, for tests of processes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
from torch import Tensor

from composer.algorithms.base import Algorithm, Model, ModelInfo, Trainer
from composer.algorithms.registry import ALGORITHMS
from composer.data.dataset import Dataset
from composer.data.registry import SOURCES
from composer.jobs import local
from composer.jobs.order import order_for
from composer.music.pianoroll import DRUMS, Music
from composer.music.region import Region
from composer.music.splicing import with_new_cells
from composer.music.voices import Voices
from composer.settings import Settings, setting
from composer.training.run import Run
from tests.fake_data import FAKE_SOURCE, PARTS


@dataclass(frozen=True)
class FakeTrainSettings(Settings):
    """Settings of FakeAlgorithm."""

    epochs: int = setting(3, "Epochs", help="How many times.", minimum=1, maximum=1000, step=1)
    learning_rate: float = setting(1e-3, "Learning rate", minimum=1e-5, maximum=1e-2, scale="log", format="%.5f")
    update_ratio: int = setting(1, "Update ratio", minimum=0, maximum=10, step=1)
    epoch_ms: int = setting(0, "Milliseconds an epoch", minimum=0, maximum=60_000, step=1, advanced=True)
    fault: str = setting("", "What goes wrong", choices={"": "nothing", "crash": "crash"}, advanced=True)


@dataclass(frozen=True)
class FakeGenerateSettings(Settings):
    """Settings of FakeModel."""

    takes: int = setting(2, "Takes", minimum=1, maximum=6, step=1)
    passes: int = setting(2, "Passes", minimum=1, maximum=9, step=1, advanced=True)
    repair: bool = setting(True, "Repair", advanced=True)


class FakeModel(Model):
    """Follows the melody at fixed distances; `seed` and `noise_seed` each change the lowest voice at random steps."""

    def __init__(self, part_names: Sequence[str] = PARTS) -> None:
        self.below = np.array([[0], [4], [9], [24], [28], [31]])[: sum(name != DRUMS for name in part_names)]

    def generate(self, melody: Voices, settings: Settings, seed: int, noise_seed: int | None = None) -> list[Voices]:
        """See Model.generate."""
        return [
            self._take(melody, seed + k, seed + k if noise_seed is None else noise_seed + k)
            for k in range(settings.takes)
        ]

    def rewrite(self, take: Music, where: Region, settings: Settings, seed: int) -> Voices:
        """See Model.rewrite."""
        assert isinstance(take, Voices)
        where = where.within(take, given=1)
        return with_new_cells(take, where, self.generate(take.select([0]), settings, seed)[0])

    def nll(self, pieces: Sequence[Voices], seed: int) -> float:
        """A number that depends on nothing but how many pieces there are."""
        return 1 / len(pieces)

    def _take(self, melody: Voices, seed: int, noise_seed: int) -> Voices:
        pitch = melody.pitch[0] - self.below
        pitch[-1] -= 2 * (np.random.default_rng(seed).random(melody.steps) < 0.5)
        pitch[-1] -= 5 * (np.random.default_rng(noise_seed).random(melody.steps) < 0.1)
        return Voices(pitch, np.repeat(melody.attack, len(pitch), axis=0), melody.steps_per_bar, melody.pickup_steps)


class FakeTrainer(Trainer):
    """Counts its epochs."""

    def __init__(self, settings: FakeTrainSettings, part_names: Sequence[str]) -> None:
        self.settings, self.model, self.count = settings, FakeModel(part_names), torch.zeros(1)

    def epoch(self) -> dict[str, float]:
        """See Trainer.epoch; waits `epoch_ms`."""
        if self.settings.fault == "crash" and self.count >= 1:
            raise RuntimeError("the pretended fault")
        time.sleep(self.settings.epoch_ms / 1000)
        self.count += 1
        return {"generator": 1 / float(self.count), "critic": -float(self.count), "reconstruction": 0.5}

    def sample(self, melodies: Sequence[Voices], seed: int) -> list[Voices]:
        """See Trainer.sample."""
        return [self.model.generate(melody, FakeGenerateSettings(takes=1), seed)[0] for melody in melodies]

    def weights(self) -> dict[str, Tensor]:
        """See Trainer.weights."""
        return {"count": self.count.clone()}

    def state(self) -> dict[str, Tensor]:
        """See Trainer.state."""
        return {"count": self.count.clone()}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """See Trainer.restore."""
        self.count = state["count"].clone()


class FakeAlgorithm(Algorithm):
    """An algorithm that learns nothing, quickly."""

    name = "fake"
    version = 1
    title = "Fake"
    summary = "Follows your melody."
    task = "accompany"
    TrainSettings = FakeTrainSettings
    GenerateSettings = FakeGenerateSettings

    def trainer(
        self, dataset: Dataset, settings: Settings, seed: int, start: Mapping[str, Tensor] | None = None
    ) -> Trainer:
        """See Algorithm.trainer."""
        trainer = FakeTrainer(settings, dataset.part_names)
        if start is not None:
            trainer.restore(start)
        return trainer

    def model(self, info: ModelInfo, weights: Mapping[str, Tensor]) -> Model:
        """See Algorithm.model."""
        return FakeModel(info.part_names)


FAKE = FakeAlgorithm()


def start_fake(settings: FakeTrainSettings, seed: int = 0, dataset: str = "fakes") -> Run:
    """Train the fake algorithm in a process of its own at once, whatever waits or runs."""
    return local.launch_order(order_for("fake", dataset, settings, seed))


@pytest.fixture
def fake_world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The fakes registered, here and in processes that are launched, and a COMPOSER_HOME of the test's own."""
    monkeypatch.setitem(ALGORITHMS, FAKE.name, FAKE)
    monkeypatch.setitem(SOURCES, FAKE_SOURCE.name, FAKE_SOURCE)
    monkeypatch.setattr(local, "PROGRAM", (sys.executable, __file__))
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def no_process_left() -> Iterator[None]:
    """Whatever a test launched has ended, and was waited for, when it is over."""
    before = set(psutil.Process().children(recursive=True))
    yield
    left = set(psutil.Process().children(recursive=True)) - before
    for process in left:
        process.kill()
    psutil.wait_procs(left, timeout=5)


if __name__ == "__main__":
    from composer.cli import main

    ALGORITHMS[FAKE.name], SOURCES[FAKE_SOURCE.name] = FAKE, FAKE_SOURCE
    local.PROGRAM = (sys.executable, __file__)
    sys.exit(main())
