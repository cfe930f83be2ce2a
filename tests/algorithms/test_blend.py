"""Takes made with the noise of two: the first end is a take itself, and the same blend gives the same notes."""

from __future__ import annotations

import numpy as np
import pytest

from composer.algorithms.accompanist import AccompanySettings
from composer.algorithms.base import ModelInfo
from composer.algorithms.musegan.algorithm import MuseGAN
from composer.algorithms.musegan.band import BandSettings
from composer.algorithms.noisy import NoisyModel
from composer.music.pianoroll import Music, Pianoroll
from composer.settings import Settings
from tests.made_up import hymn, tiny_dataset

MELODY = hymn(11, 4, 2, 16, 4).select([0])


@pytest.fixture(scope="module")
def band() -> NoisyModel:
    data = tiny_dataset()
    trainer = MuseGAN().trainer(data, MuseGAN.TrainSettings(), 0)
    trainer.epoch()
    info = ModelInfo("musegan", 1, data.name, data.fingerprint, data.part_names, MuseGAN.TrainSettings().as_dict())
    model = MuseGAN().model(info, trainer.weights())
    assert isinstance(model, NoisyModel)
    return model


@pytest.fixture(params=["choir", "band"])
def player(request: pytest.FixtureRequest) -> tuple[NoisyModel, Settings]:
    """A model, and settings under which its noise is heard."""
    if request.param == "choir":
        return request.getfixturevalue("trained_model"), AccompanySettings(passes=4, creativity=2.0)
    return request.getfixturevalue("band"), BandSettings(passes=2, creativity=2.0)


def alike(one: Music, other: Music) -> bool:
    if isinstance(one, Pianoroll):
        return isinstance(other, Pianoroll) and np.array_equal(one.notes, other.notes)
    return np.array_equal(one.pitch, other.pitch) and np.array_equal(one.attack, other.attack)


def test_the_first_end_is_the_first_take_itself(player: tuple[NoisyModel, Settings]) -> None:
    model, settings = player
    takes = model.generate(MELODY, settings, 5)
    assert alike(model.blend(MELODY, settings, 5, (0, 1), 0.0), takes[0])
    assert alike(model.blend(MELODY, settings, 5, (2, 0), 0.0), takes[2])


def test_the_noise_of_the_other_take_is_heard_and_the_melody_stays(player: tuple[NoisyModel, Settings]) -> None:
    model, settings = player
    start, middle, end = (model.blend(MELODY, settings, 5, (0, 1), weight) for weight in (0.0, 0.5, 1.0))
    assert not alike(start, middle) and not alike(middle, end)
    rows = [music.top_lines([0]) if isinstance(music, Pianoroll) else music.select([0]) for music in (middle, end)]
    assert all(alike(row, MELODY) for row in rows)


def test_the_same_blend_gives_the_same_notes(player: tuple[NoisyModel, Settings]) -> None:
    model, settings = player
    assert alike(*(model.blend(MELODY, settings, 5, (0, 1), 0.3) for _ in range(2)))


def test_without_creativity_all_blends_are_alike(trained_model: NoisyModel) -> None:
    settings = AccompanySettings(passes=4, creativity=0.0)
    assert alike(*(trained_model.blend(MELODY, settings, 5, (0, 1), weight) for weight in (0.0, 0.7)))
