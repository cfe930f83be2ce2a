"""The similarity index: a distance, and one that puts music in the right order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.algorithms.accompanist import Accompanist, AccompanySettings
from composer.algorithms.models import load_model
from composer.algorithms.unet_gan import UNetGAN, UNetGANSettings
from composer.data.dataset import Dataset
from composer.data.windows import even_windows
from composer.music.similarity import (
    BACH_MELODY_SIMILARITY,
    horizontal,
    melody_similarity,
    similarity_index,
    vertical,
)
from composer.music.voices import REST, Voices
from composer.paths import assets
from tests.made_up import any_voices, hymn, shuffled

some_music = st.lists(any_voices(), min_size=1, max_size=3)


@given(some_music, some_music)
@settings(max_examples=30)
def test_it_is_symmetric_and_lies_between_0_and_1(one: list[Voices], other: list[Voices]) -> None:
    index = similarity_index(one, other)
    assert -1e-12 <= index <= 1 + 1e-12
    assert similarity_index(other, one) == pytest.approx(index)


@given(some_music)
@settings(max_examples=30)
def test_the_same_music_is_at_0_in_any_order(music: list[Voices]) -> None:
    assert similarity_index(music, music) == 0
    assert similarity_index(music[::-1], music) == pytest.approx(0, abs=1e-7)


def test_how_much_music_there_is_does_not_matter_only_what_it_is_like() -> None:
    assert similarity_index([hymn(0)] * 5, [hymn(0)]) == pytest.approx(0, abs=1e-7)


def test_music_with_nothing_in_common_is_far() -> None:
    low = Voices(np.full((2, 32), 40), np.zeros((2, 32), bool))
    busy = Voices(np.where(np.arange(32) % 2, 71, 85) - np.array([[0], [6]]), np.ones((2, 32), bool), 16)
    assert similarity_index([low], [busy]) > 0.8


def test_horizontal_counts_of_a_line_by_hand() -> None:
    voices = Voices(np.array([[60, 60, 60, 60, 62, 62, 50, 50, REST, REST]]), np.zeros((1, 10), bool), 12, 4)
    counts = horizontal(voices, 0)
    found = {name: dict(zip(np.flatnonzero(c).tolist(), c[c > 0].tolist(), strict=True)) for name, c in counts.items()}
    assert found == {
        "pitch class": {0: 4, 2: 4},
        "interval": {12 + 2: 1, 0: 1},  # a step up, an octave down
        "length": {4: 1, 2: 2},
        "place in bar": {8 * 4: 1, 0: 1, 2 * 4: 1},  # the pickup's four steps end the bar of twelve
        "register": {20: 6, 16: 2},
    }


def test_vertical_counts_of_two_voices_by_hand() -> None:
    voices = Voices(np.repeat([[67, 69, 69], [60, 62, 60]], 2, axis=1), np.zeros((2, 6), bool))
    counts = vertical(voices)
    assert counts["interval"][7 + 12] == 2 and counts["interval"][9 + 12] == 1 and counts["interval"].sum() == 3
    assert counts["sonority"][1 | 1 << 7] == 2 and counts["sonority"][1 | 1 << 9] == 1
    assert counts["motion"].sum() == 2  # parallel to a fifth, then oblique to a sixth
    both_up, oblique = (2 * 3 + 2) * 12 + 7, (1 * 3 + 0) * 12 + 9
    assert counts["motion"][[both_up, oblique]].tolist() == [1, 1]


def test_voices_that_copy_the_melody_are_like_it() -> None:
    melody = hymn(3).select([0, 0, 0, 0])
    assert melody_similarity(melody) == 0
    assert 0 < melody_similarity(hymn(3)) < melody_similarity(_drone(hymn(3)))


def _drone(voices: Voices) -> Voices:
    pitch = np.where(np.arange(4)[:, None] > 0, 48, voices.pitch)
    return Voices(pitch, voices.attack & (np.arange(4)[:, None] == 0))


def test_register_is_left_out_of_melody_similarity() -> None:
    melody = hymn(3).select([0, 0])
    lower = Voices(melody.pitch - np.array([[0], [24]]), melody.attack)
    assert melody_similarity(lower) == 0


def test_bachs_own_similarity_to_the_melody(chorales: Dataset) -> None:
    mean = np.mean([melody_similarity(piece) for piece in chorales.split("test")])
    assert round(float(mean), 2) == BACH_MELODY_SIMILARITY


def windows(chorales: Dataset, split: str) -> list[Voices]:
    """64 windows of two bars of 4/4."""
    return even_windows([piece for piece in chorales.split(split) if piece.steps_per_bar == 16], 32, 64)


def melodies(real: Sequence[Voices]) -> list[Voices]:
    return [window.select([0]) for window in real]


def untrained_index(chorales: Dataset, real: list[Voices]) -> float:
    few = Dataset(chorales.name, chorales.part_names, chorales.pieces[:8])
    trainer = UNetGAN().trainer(few, UNetGANSettings(), 0)
    return similarity_index(trainer.sample(melodies(real), 1), real)


def test_real_music_is_nearest_then_parts_shuffled_between_pieces_then_an_untrained_model(chorales: Dataset) -> None:
    real, other = windows(chorales, "test"), windows(chorales, "train")
    floor, strangers = similarity_index(other, real), similarity_index(shuffled(other), real)
    assert floor < 0.15
    assert floor + 0.1 < strangers < untrained_index(chorales, real)


@pytest.mark.slow
def test_the_shipped_model_lies_between_real_music_and_shuffled_parts(chorales: Dataset) -> None:
    folder = assets() / "models" / "bach-unet-gan"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    model = load_model(folder)
    assert isinstance(model, Accompanist)
    real, other = windows(chorales, "test"), windows(chorales, "train")
    takes = model.arrange(melodies(real), AccompanySettings(), seed=0)
    floor, strangers = similarity_index(other, real), similarity_index(shuffled(other), real)
    trained = similarity_index(takes, real)
    assert floor < trained < (floor + strangers) / 2 < strangers < untrained_index(chorales, real)
