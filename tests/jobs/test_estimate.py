"""The time an epoch takes is known before a training starts: measured once, and learned from trainings that were."""

from __future__ import annotations

import math
import time

import pytest

from composer.data.dataset import Dataset
from composer.jobs.estimate import ask_seconds, known_seconds, measure_seconds
from composer.training.loop import train
from tests.fake import FAKE, FakeTrainSettings, fake_world
from tests.fake_data import FAKE_SOURCE

__all__ = ["fake_world"]
pytestmark = pytest.mark.usefixtures("fake_world")


@pytest.fixture
def dataset() -> Dataset:
    return FAKE_SOURCE.load()


def test_measurement_scales_with_the_music_and_is_kept(dataset: Dataset) -> None:
    settings = FakeTrainSettings(epoch_ms=50)
    assert known_seconds(FAKE, dataset, settings) is None
    measured = measure_seconds(FAKE, dataset, settings)
    assert measured >= 0.05 * 6, "two of twelve pieces took 50 ms, so all take six times as long"
    assert known_seconds(FAKE, dataset, settings) == measured


def test_settings_that_cost_the_same_share_a_measurement(dataset: Dataset) -> None:
    measured = measure_seconds(FAKE, dataset, FakeTrainSettings(epochs=5))
    assert known_seconds(FAKE, dataset, FakeTrainSettings(epochs=500, learning_rate=1e-4)) == measured
    assert known_seconds(FAKE, dataset, FakeTrainSettings(update_ratio=5)) is None


def test_former_run_is_believed_before_a_measurement(dataset: Dataset) -> None:
    settings = FakeTrainSettings(epochs=3, epoch_ms=60)
    measure_seconds(FAKE, dataset, settings)
    rows = train(FAKE, dataset, settings).metrics()
    assert known_seconds(FAKE, dataset, settings) == sorted(row["seconds"] for row in rows)[1]


def test_asking_measures_in_the_background(dataset: Dataset) -> None:
    settings = FakeTrainSettings(epoch_ms=20)
    assert ask_seconds(FAKE, dataset, settings) is None
    deadline = time.monotonic() + 40
    while (seconds := ask_seconds(FAKE, dataset, settings)) is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert seconds == known_seconds(FAKE, dataset, settings)


def test_failed_measurement_says_so_instead_of_trying_forever(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("composer.jobs.local.PROGRAM", ("false",))
    settings = FakeTrainSettings(epoch_ms=21)
    deadline = time.monotonic() + 20
    while (seconds := ask_seconds(FAKE, dataset, settings)) is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert math.isnan(seconds)
