"""Folk tunes: which are read, how they lie on the grid, and who may learn from what."""

from __future__ import annotations

import numpy as np
import pytest

from composer.data.folk import FOLK, fit_tune, read_tune, split_by_likeness
from composer.music.voices import Voices
from tests.made_up import hymn

JIG = "X:1\nT:Made up\nM:6/8\nL:1/8\nK:G\nD|GAB c2d|e3 d2c|BAG A2D|GBA G2:|\nd|ded cBA|BGB d2D|{c}DEF GAB|AFD G2:|\n"


def test_a_tune_is_read_with_its_pickup_and_its_bars() -> None:
    tune = read_tune(JIG)
    assert tune is not None
    assert (tune.steps_per_bar, tune.pickup_steps, tune.pitch.shape) == (12, 2, (1, 96))
    first = tune.notes(0)[:4]
    assert first["pitch"].tolist() == [62, 67, 69, 71] and first["onset"].tolist() == [0, 0.5, 1, 1.5]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("GAB c2d", "[GB]AB c2d"),  # two notes at once
        ("e3 d2c", "e3 d2c d2"),  # a bar too long moves all that follow
        ("ded cBA|", "[M:4/4]ded cBA2|"),  # another meter
        ("|GAB c2d|e3 d2c|BAG A2D|GBA G2:|\nd", ""),  # too short
        ("GAB c2d|e3 d2c", "(3GABc2 dd|(3GABc2 dd"),  # triplets
    ],
)
def test_a_tune_that_does_not_suit_is_left_out(old: str, new: str) -> None:
    assert old in JIG and read_tune(JIG.replace(old, new)) is None


def test_tied_notes_are_one_and_repeated_ones_two() -> None:
    rows = np.array([[0, 4, 60, 0], [4, 4, 60, 1], [8, 4, 60, 0], [12, 20, 62, 0]], float)
    tune = fit_tune(rows, 32.0, 4.0, 0.0)
    assert tune is not None
    assert np.flatnonzero(tune.attack[0]).tolist() == [0, 32, 48]


def test_tunes_that_are_alike_in_any_key_and_rhythm_share_a_split() -> None:
    tunes = [hymn(seed, 12).select([0]) for seed in range(60)]
    slower = [Voices(t.pitch.repeat(2, 1), t.attack.repeat(2, 1) & (np.arange(2 * t.steps) % 2 == 0)) for t in tunes]
    splits = split_by_likeness([*tunes, *(tune.transposed(3) for tune in slower)])
    assert splits[:60] == splits[60:]
    assert set(splits) == {"train", "valid", "test"} and 0.6 < splits.count("train") / len(splits) < 0.95


@pytest.mark.slow
def test_the_tunes_are_built_from_the_corpus() -> None:
    dataset = FOLK.load()
    assert 800 <= len(dataset.pieces) <= 1300
    assert len({piece.name for piece in dataset.pieces}) == len(dataset.pieces)
    assert {piece.music.steps_per_bar for piece in dataset.pieces} >= {8, 12, 16, 18}
    shares = [len(dataset.split(name)) / len(dataset.pieces) for name in ("train", "valid", "test")]
    assert 0.7 < shares[0] < 0.9 and min(shares) > 0.05
    pitch = np.concatenate([voices.pitch[voices.pitch >= 0] for voices in dataset.split("train")])
    assert pitch.min() >= 50 and pitch.max() <= 96
