"""Keys found, pitches named, melodies moved into a range."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.music.notation import parse_tune
from composer.music.score import NOTE, Key, make_notes
from composer.music.theory import find_key, fit_range, fold_into_range, key_fifths, pitch_name, spell

TUNES = {
    "C E G E F D C:4": Key(0),
    "G4 B D B C5 A F# G:3": Key(7),
    "A4 B C5 D E F E D C B G#4 A:4": Key(9, "minor"),
    "Bb4 D F D Eb C A Bb:4": Key(10),
    "D4 E F G A Bb A G F E C# D:4": Key(2, "minor"),
}


@pytest.mark.parametrize("tune", TUNES)
def test_keys_of_short_tunes(tune: str) -> None:
    assert find_key(parse_tune(tune).tracks[0].notes) == TUNES[tune]


@given(st.sampled_from(sorted(TUNES)), st.integers(-20, 20))
def test_the_key_moves_with_the_tune(tune: str, shift: int) -> None:
    notes = parse_tune(tune).tracks[0].notes.copy()
    notes["pitch"] += shift
    assert find_key(notes) == Key((TUNES[tune].tonic + shift) % 12, TUNES[tune].mode)


def test_long_notes_count_for_more() -> None:
    notes = make_notes(np.arange(6), [4, 4, 4, 0.1, 0.1, 0.1], [60, 64, 67, 61, 66, 68])
    assert find_key(notes) == Key(0)
    assert find_key(np.empty(0, NOTE)) == Key(0)


def test_key_signatures() -> None:
    assert [key_fifths(Key(t)) for t in (0, 7, 2, 5, 10, 3)] == [0, 1, 2, -1, -2, -3]
    assert [key_fifths(Key(t, "minor")) for t in (9, 4, 0, 2)] == [0, 1, -3, -1]


def test_names_follow_the_key() -> None:
    assert [pitch_name(p) for p in (60, 61, 63, 66, 70, 0, 127)] == ["C4", "C♯4", "E♭4", "F♯4", "B♭4", "C-1", "G9"]
    assert pitch_name(61, Key(5)) == "C♯4" and pitch_name(61, Key(8)) == "D♭4"
    assert pitch_name(68, Key(9, "minor")) == "G♯4"
    assert pitch_name(59, Key(6)) == "B3" and pitch_name(60, Key(1)) == "C4"


@given(st.integers(0, 127), st.integers(-7, 7))
def test_spelling_names_the_pitch_itself(pitch: int, fifths: int) -> None:
    letter, alter, octave = spell(pitch, fifths)
    assert 12 * (octave + 1) + {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[letter] + alter == pitch
    assert abs(alter) <= 2


@pytest.mark.parametrize(
    ("pitches", "shift"),
    [
        ([60, 72, 81], 0),
        ([48, 60], 12),
        ([36, 40], 24),
        ([96, 100], -24),
        ([59, 79], 1),
        ([62, 82], -1),
        ([55, 76], 5),
        ([40, 64, 64, 64, 64], 0),
        ([], 0),
    ],
)
def test_melodies_are_moved_as_little_as_helps(pitches: list[int], shift: int) -> None:
    assert fit_range(pitches, 60, 81) == shift


@given(st.lists(st.integers(0, 127), min_size=1, max_size=20))
def test_a_melody_that_can_fit_does_and_octaves_come_first(pitches: list[int]) -> None:
    shift = fit_range(pitches, 60, 81)
    inside = [60 <= p + shift <= 81 for p in pitches]
    assert all(inside) == (max(pitches) - min(pitches) <= 21)
    octave_fits = [k for k in range(-120, 121, 12) if all(60 <= p + k <= 81 for p in pitches)]
    assert not octave_fits or shift == min(octave_fits, key=abs)


@given(st.lists(st.integers(0, 127), max_size=20), st.integers(30, 60))
def test_folding_keeps_pitch_classes_and_leaves_the_rest_alone(pitches: list[int], low: int) -> None:
    folded = fold_into_range(pitches, low, low + 21)
    assert all(low <= p <= low + 21 for p in folded)
    for before, after in zip(pitches, folded, strict=True):
        assert (after - before) % 12 == 0
        assert after == before or not low <= before <= low + 21


def test_folding_needs_an_octave() -> None:
    with pytest.raises(ValueError, match="octave"):
        fold_into_range([60], 60, 65)
