"""The U-Net GAN learns: measurably after seconds, and with every way of sharing the work with its critic."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest
import torch

from composer.algorithms.base import Trainer
from composer.algorithms.registry import find_algorithm
from composer.algorithms.unet_gan import UNetGANSettings
from composer.data.dataset import Dataset
from composer.data.windows import even_windows
from composer.errors import BadInput
from composer.music.measures import chord_rate
from composer.music.voices import Voices
from tests.made_up import tiny_dataset

UNET_GAN = find_algorithm("unet-gan")


def chords(trainer: Trainer, real: Sequence[Voices]) -> float:
    """Mean chord rate of what the trainer would write now above the melodies of `real`."""
    return float(np.mean([chord_rate(take) for take in trainer.sample([piece.select([0]) for piece in real], 1)]))


def test_it_learns_made_up_hymns_in_seconds() -> None:
    dataset = tiny_dataset(train=12, bars=4)
    real = even_windows(dataset.split("test"), 32, 8)
    trainer = UNET_GAN.trainer(dataset, UNetGANSettings(batch_size=6), 0)
    untrained = chords(trainer, real)
    losses = [trainer.epoch()["reconstruction"] for _ in range(30)]
    assert losses[0] > 3.0 and losses[-1] < 1.8  # nats; guessing is 4.2
    assert untrained < 0.45 and chords(trainer, real) > untrained + 0.3


@pytest.mark.slow
def test_it_learns_from_bach(chorales: Dataset) -> None:
    few = dataclasses.replace(chorales, pieces=tuple(piece for piece in chorales.pieces if piece.split == "train")[:80])
    real = even_windows(chorales.split("test"), 32, 32)
    trainer = UNET_GAN.trainer(few, UNetGANSettings(), 0)
    untrained = chords(trainer, real)
    losses = [trainer.epoch()["reconstruction"] for _ in range(8)]
    assert losses[0] > 2.5 and losses[-1] < 2.2
    assert untrained < 0.45 and chords(trainer, real) > 0.7


@pytest.mark.parametrize("ratio", [0, 1, 3])
def test_the_update_ratio_says_how_often_the_critic_learns(ratio: int) -> None:
    dataset = tiny_dataset(train=2, bars=4)
    trainer = UNET_GAN.trainer(dataset, UNetGANSettings(update_ratio=ratio, batch_size=2), 0)
    before = {name: value.clone() for name, value in trainer.state().items() if name.startswith("critic.")}
    trainer.epoch()
    state = trainer.state()
    moved = any(not torch.equal(value, state[name]) for name, value in before.items())
    assert moved == (ratio > 0)
    steps = {name: int(value) for name, value in state.items() if name.endswith(".step")}
    critic, generator = (
        [n for name, n in steps.items() if f"optimiser.{who}." in name] for who in ("critic", "generator")
    )
    assert set(critic) == ({ratio * max(generator)} if ratio else set())


def test_what_ships_is_the_average_of_the_weights() -> None:
    trainer = UNET_GAN.trainer(tiny_dataset(train=2), UNetGANSettings(batch_size=2), 0)
    for _ in range(3):
        trainer.epoch()
    state, weights = trainer.state(), trainer.weights()
    assert all(torch.equal(weights[name], state[f"average.generator.{name}"]) for name in weights if name != "ranges")
    assert any(not torch.equal(weights[name], state[f"generator.{name}"]) for name in weights if name != "ranges")


def test_ranges_are_those_of_the_training_pieces() -> None:
    dataset = tiny_dataset()
    pitch = np.concatenate([voices.pitch for voices in dataset.split("train")], axis=1)
    ranges = UNET_GAN.trainer(dataset, UNetGANSettings(), 0).weights()["ranges"]
    assert ranges.tolist() == np.stack([pitch.min(1), pitch.max(1)], 1).tolist()


def test_one_part_alone_is_refused() -> None:
    dataset = tiny_dataset()
    alone = tuple(dataclasses.replace(piece, music=piece.music.select([0])) for piece in dataset.pieces)
    with pytest.raises(BadInput, match="at least one more part"):
        UNET_GAN.trainer(Dataset("solo", ("Melody",), alone), UNetGANSettings(), 0)


def test_two_and_five_parts_learn_as_well() -> None:
    for rows in ([0, 3], [0, 1, 2, 3, 3]):
        dataset = tiny_dataset(train=2)
        pieces = tuple(dataclasses.replace(piece, music=piece.music.select(rows)) for piece in dataset.pieces)
        names = tuple(f"Part {row}" for row in range(len(rows)))
        trainer = UNET_GAN.trainer(Dataset("other", names, pieces), UNetGANSettings(batch_size=2), 0)
        assert np.isfinite(trainer.epoch()["generator"])
        assert trainer.sample([pieces[-1].music.select([0])], 0)[0].pitch.shape[0] == len(rows)
