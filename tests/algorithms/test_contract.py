"""The contract that every registered algorithm keeps: settings, training, model, generating."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from composer.algorithms.base import TASKS, Algorithm, ModelInfo
from composer.algorithms.registry import ALGORITHMS, find_algorithm, find_learner, learners
from composer.data.dataset import Dataset
from composer.errors import BadInput
from composer.music.pianoroll import pitched_lines
from composer.settings import Settings
from tests.made_up import hymn, same, tiny_dataset

every = pytest.mark.parametrize("algorithm", ALGORITHMS.values(), ids=ALGORITHMS)
learning = pytest.mark.parametrize("algorithm", learners().values(), ids=learners())
TINY = tiny_dataset()


def info(algorithm: Algorithm, settings: Settings) -> ModelInfo:
    return ModelInfo(
        algorithm.name, algorithm.version, TINY.name, TINY.fingerprint, TINY.part_names, settings.as_dict(), 0
    )


@every
def test_it_says_what_it_is(algorithm: Algorithm) -> None:
    assert find_algorithm(algorithm.name) is algorithm
    assert algorithm.version >= 1 and algorithm.task in TASKS
    assert algorithm.title and algorithm.summary.endswith(".")
    if algorithm.learns:
        assert find_learner(algorithm.name) is algorithm
    else:
        with pytest.raises(BadInput, match="unet-gan"):
            find_learner(algorithm.name)


@every
def test_its_settings_are_frozen_and_complete(algorithm: Algorithm) -> None:
    for kind in (algorithm.TrainSettings, algorithm.GenerateSettings):
        assert issubclass(kind, Settings) and dataclasses.is_dataclass(kind)
        settings = kind()
        for field in kind.fields():
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(settings, field.name, getattr(settings, field.name))
        assert kind.from_dict(settings.as_dict()) == settings
    in_front = {field.name for field in algorithm.TrainSettings.fields() if not field.advanced}
    assert {"epochs", "learning_rate", "update_ratio"} <= in_front or not algorithm.learns
    assert "takes" in {field.name for field in algorithm.GenerateSettings.fields()}


@every
def test_every_setting_can_be_shown_and_explained(algorithm: Algorithm) -> None:
    for field in [*algorithm.TrainSettings.fields(), *algorithm.GenerateSettings.fields()]:
        assert field.label and field.help.endswith("."), field.name
        assert field.scale in {"linear", "log"}
        if field.kind in (int, float):
            assert field.minimum is not None and field.maximum is not None
            assert field.minimum <= field.default <= field.maximum
            assert field.scale == "log" or field.step


@learning
def test_it_learns_and_its_model_plays(algorithm: Algorithm) -> None:
    trainer = algorithm.trainer(TINY, algorithm.TrainSettings(), 0)
    losses = trainer.epoch()
    assert {"generator", "critic"} <= losses.keys() and np.isfinite(list(losses.values())).all()
    settings = algorithm.GenerateSettings(takes=2)
    melody = hymn(11, 3, 0, 12, 4).select([0])
    takes = algorithm.model(info(algorithm, algorithm.TrainSettings()), trainer.weights()).generate(melody, settings, 1)
    assert len(takes) == 2
    for take in (pitched_lines(take, TINY.part_names) for take in takes):
        assert take.pitch.shape == (len(TINY.part_names), melody.steps)
        assert same(take.select([0]), melody)
        assert (take.pitch[1:] >= 0).any()


@learning
def test_samples_follow_their_melodies_and_change_nothing(algorithm: Algorithm) -> None:
    trainer = algorithm.trainer(TINY, algorithm.TrainSettings(), 0)
    melodies = [hymn(seed, 2).select([0]) for seed in range(3)]
    before = {name: value.clone() for name, value in trainer.state().items()}
    first, second = (trainer.sample(melodies, 4) for _ in range(2))
    assert all(map(same, first, second)) and all(map(same, [take.select([0]) for take in first], melodies))
    assert all(torch.equal(value, before[name]) for name, value in trainer.state().items())


@learning
def test_the_seed_decides_everything(algorithm: Algorithm) -> None:
    def after_two_epochs(seed: int, elsewhere: int) -> dict[str, torch.Tensor]:
        torch.manual_seed(elsewhere)
        trainer = algorithm.trainer(TINY, algorithm.TrainSettings(), seed)
        trainer.epoch()
        trainer.epoch()
        return trainer.state()

    one, again, other = after_two_epochs(1, 5), after_two_epochs(1, 6), after_two_epochs(2, 5)
    assert all(torch.equal(value, again[name]) for name, value in one.items())
    assert any(not torch.equal(value, other[name]) for name, value in one.items())


@learning
def test_a_training_can_be_laid_down_and_taken_up(algorithm: Algorithm) -> None:
    trainer, other = (algorithm.trainer(TINY, algorithm.TrainSettings(), seed) for seed in (0, 1))
    trainer.epoch()
    other.restore({name: value.clone() for name, value in trainer.state().items()})
    assert trainer.epoch() == other.epoch()
    assert all(torch.equal(value, other.state()[name]) for name, value in trainer.state().items())


@learning
def test_foreign_state_and_weights_are_refused(algorithm: Algorithm) -> None:
    settings = algorithm.TrainSettings()
    with pytest.raises(BadInput):
        algorithm.trainer(TINY, settings, 0).restore({"weight": torch.zeros(3)})
    with pytest.raises(BadInput):
        algorithm.model(info(algorithm, settings), {"weight": torch.zeros(3)})


@learning
def test_data_that_do_not_fit_are_refused(algorithm: Algorithm) -> None:
    nothing_to_learn = dataclasses.replace(TINY, pieces=TINY.pieces[-2:])
    with pytest.raises(BadInput, match="tiny"):
        algorithm.trainer(nothing_to_learn, algorithm.TrainSettings(), 0)


@pytest.mark.parametrize(
    ("bars", "steps_per_bar", "pickup"), [(1, 16, 0), (3, 14, 0), (6, 12, 2), (9, 20, 6), (7, 16, 2)]
)
@learning
def test_it_learns_from_short_pieces_any_meter_and_any_pickup(
    algorithm: Algorithm, bars: int, steps_per_bar: int, pickup: int
) -> None:
    pieces = tuple(
        dataclasses.replace(piece, music=hymn(seed, bars, 0, steps_per_bar, pickup))
        for seed, piece in enumerate(TINY.pieces)
    )
    trainer = algorithm.trainer(Dataset("odd", TINY.part_names, pieces), algorithm.TrainSettings(), 0)
    for _ in range(4):
        assert np.isfinite(trainer.epoch()["generator"])
