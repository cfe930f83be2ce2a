"""The rule that ends a training: it is patient with noise and with slow progress, and ends what stands still."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from composer.cli import main
from composer.training import convergence
from composer.training.convergence import PATIENCE, converged, stop_words
from composer.training.loop import train
from tests.fake import FAKE, FakeTrainSettings, fake_world
from tests.fake_data import FAKE_SOURCE

__all__ = ["fake_world"]

NOISE = 0.025
"""Standard deviation of the index from epoch to epoch, as a share of it: that of real trainings."""


@pytest.fixture
def impatient(fake_world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A patience of three epochs, and an algorithm that learns nothing."""
    monkeypatch.setattr(convergence, "PATIENCE", 3)


def stopped_after(curve: np.ndarray) -> int | None:
    """After how many epochs a training with this index would stop."""
    return next((epoch for epoch in range(1, len(curve) + 1) if converged(curve[:epoch].tolist())), None)


def noisy(curve: np.ndarray, seed: int) -> np.ndarray:
    return curve * (1 + NOISE * np.random.default_rng(seed).standard_normal(len(curve)))


@pytest.mark.parametrize("seed", range(8))
def test_standing_still_ends_it_but_not_at_once(seed: int) -> None:
    epoch = stopped_after(noisy(np.full(300, 0.12), seed))
    assert epoch is not None and PATIENCE < epoch <= 120


@pytest.mark.parametrize("seed", range(8))
def test_a_long_training_that_still_gets_better_is_not_ended(seed: int) -> None:
    epochs = np.arange(1, 412)
    assert stopped_after(noisy(0.12 + 0.15 / np.sqrt(epochs) - 0.004 * np.log(epochs / 40), seed)) is None


@pytest.mark.parametrize("seed", range(8))
def test_getting_worse_ends_it(seed: int) -> None:
    epochs = np.arange(1, 301)
    epoch = stopped_after(noisy(0.12 + 0.1 / epochs + 0.0002 * epochs, seed))
    assert epoch is not None and epoch <= 90


def test_the_default_number_of_epochs_is_never_cut_short() -> None:
    assert stopped_after(np.full(30, 0.2)) is None


def test_the_reason_is_a_sentence_with_its_figures() -> None:
    assert converged([0.2] * 50) == "For 30 epochs the similarity index has not fallen below 0.200 any more."


def test_an_index_that_is_no_number_ends_it_too() -> None:
    assert stopped_after(np.full(60, np.nan)) is not None


def test_the_command_line_says_why_it_stopped_and_can_be_told_not_to(
    impatient: None, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "fake", "--dataset", "fakes", "--epochs", "6"]
    assert main(command) == 0
    assert "stopped by itself after 4 epochs. For 3 epochs the similarity index has not" in capsys.readouterr().out
    assert main([*command, "--seed", "1", "--no-stop"]) == 0
    assert "epoch 6:" in (said := capsys.readouterr().out) and "stopped by itself" not in said


def test_nothing_is_said_of_a_run_that_has_gone_on(impatient: None) -> None:
    dataset = FAKE_SOURCE.load()
    run = train(FAKE, dataset, FakeTrainSettings(epochs=6))
    assert stop_words(run)
    train(FAKE, dataset, FakeTrainSettings(epochs=5))
    assert stop_words(run) == ""
