"""The measures of MuseGAN on small music whose figures can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from composer.music import roll_measures as rolls
from composer.music.pianoroll import Pianoroll


def roll(*notes: list[int], tracks: int = 2, steps: int = 192, pickup: int = 0) -> Pianoroll:
    return Pianoroll(np.array(notes), tracks, steps, 48, pickup)


def test_empty_bars_are_those_without_a_sound_and_not_those_with() -> None:
    music = roll([0, 0, 48, 60], [0, 60, 12, 60], [1, 0, 192, 40])
    assert rolls.empty_bars(music).tolist() == [0.5, 0.0]


def test_a_pickup_is_a_bar_of_its_own() -> None:
    music = roll([0, 0, 6, 60], [1, 12, 6, 60], steps=12 + 48, pickup=12)
    assert rolls.empty_bars(music).tolist() == [0.5, 0.5]


def test_pitch_classes_are_counted_once_a_bar_whatever_their_octave() -> None:
    music = roll([0, 0, 6, 60], [0, 6, 6, 72], [0, 12, 6, 64], [0, 48, 6, 67])
    assert rolls.used_pitch_classes(music)[0] == 1.5  # two in the first bar, one in the second, empty ones left out
    assert np.isnan(rolls.used_pitch_classes(music)[1])


def test_long_notes_are_a_share_of_all() -> None:
    music = roll([0, 0, 1, 60], [0, 6, 2, 60], [0, 12, 6, 60], [1, 0, 3, 60])
    assert rolls.share_of_notes(music, rolls.THIRTY_SECOND).tolist() == [pytest.approx(2 / 3), 1.0]
    assert rolls.share_of_notes(music, rolls.EIGHTH).tolist() == [pytest.approx(1 / 3), 0.0]


def test_triplets_are_no_sixteenth_pattern() -> None:
    music = roll([1, 0, 1, 36], [1, 3, 1, 36], [1, 4, 1, 36], [1, 8, 1, 36])
    assert rolls.drum_patterns(music)[1] == 0.5


def test_tonal_distance_grows_with_distance_on_the_circle_of_fifths() -> None:
    def distance(pitch: int) -> float:
        return rolls.tonal_distances(roll([0, 0, 192, 60], [1, 0, 192, pitch]))[0, 1]

    assert distance(72) == pytest.approx(0)
    assert 0 < distance(67) < distance(62) < distance(66)
    assert np.isnan(rolls.tonal_distances(roll([0, 0, 48, 60]))[0, 1])


def test_drum_hits_are_told_by_drum_and_place() -> None:
    counts = rolls.drum_histogram(roll([1, 0, 1, 36], [1, 48, 1, 36], [1, 24, 1, 38]), 1)
    assert counts[36 * 16] == 2 and counts[38 * 16 + 8] == 1 and counts.sum() == 3
