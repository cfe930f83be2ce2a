"""The roll keeps every note once, in windows, selections, planes and the way to voices and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.music.pianoroll import LENGTH, ONSET, PITCH, TRACK, Pianoroll, pianoroll_from_notes, pianoroll_from_voices
from composer.music.score import make_notes
from composer.music.voices import REST, Voices

rows = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 95), st.integers(1, 30), st.integers(30, 90)), min_size=1, max_size=40
)


@st.composite
def rolls(draw: st.DrawFn) -> Pianoroll:
    notes = np.array(draw(rows))
    parts = [notes[notes[:, TRACK] == track] for track in range(3)]
    return pianoroll_from_notes([make_notes(p[:, 1] / 12, p[:, 2] / 12, p[:, 3]) for p in parts], 96)


def test_planes_show_where_notes_sound_and_begin() -> None:
    roll = Pianoroll(np.array([[1, 6, 3, 60], [0, 0, 12, 40]]), tracks=2, steps=12)
    sounding, begins = roll.planes()
    assert sounding.shape == begins.shape == (2, 12, 128)
    assert np.flatnonzero(sounding[1, :, 60]).tolist() == [6, 7, 8]
    assert np.flatnonzero(begins[1, :, 60]).tolist() == [6]
    assert sounding[0, :, 40].all() and sounding.sum() == 15


def test_a_note_repeated_at_once_stays_two_notes() -> None:
    roll = pianoroll_from_notes([make_notes([0, 0.5, 0.5], [2, 1, 0.25], 60)], 48)
    assert roll.notes.tolist() == [[0, 0, 6, 60], [0, 6, 12, 60]]


@given(rolls(), st.integers(0, 95), st.integers(1, 96))
def test_a_window_shows_what_the_planes_show(roll: Pianoroll, start: int, length: int) -> None:
    window = roll.window(start, length)
    whole = roll.planes()[0][:, start : start + length]
    assert np.array_equal(window.planes()[0][:, : whole.shape[1]], whole)
    assert (window.pickup_steps + start - roll.pickup_steps) % 48 == 0


@given(rolls(), st.integers(-40, 40))
def test_transposing_moves_by_whole_octaves_less_at_the_ends(roll: Pianoroll, semitones: int) -> None:
    moved = roll.transposed(semitones, fixed=[2])
    distance = moved.notes[:, PITCH].sum() - roll.notes[:, PITCH].sum()
    drums, before = moved.notes[moved.notes[:, TRACK] == 2], roll.notes[roll.notes[:, TRACK] == 2]
    assert np.array_equal(drums, before)
    assert (distance - semitones * (roll.notes[:, TRACK] != 2).sum()) % 12 == 0


@given(rolls())
def test_selecting_all_tracks_backwards_twice_changes_nothing(roll: Pianoroll) -> None:
    assert np.array_equal(roll.select([2, 1, 0]).select([2, 1, 0]).notes, roll.notes)
    assert roll.select([1]).tracks == 1 and len(roll.select([1]).notes) == (roll.notes[:, TRACK] == 1).sum()


@given(st.lists(st.tuples(st.integers(40, 44), st.booleans()), min_size=1, max_size=60))
def test_voices_come_back_from_a_roll(cells: list[tuple[int, bool]]) -> None:
    pitch = np.array([[p if p > 40 else REST for p, _ in cells]])
    voices = Voices(pitch, np.array([[a for _, a in cells]]), 12, 4)
    back = pianoroll_from_voices(voices).top_lines([0])
    assert np.array_equal(back.pitch, voices.pitch) and np.array_equal(back.attack, voices.attack)
    assert (back.steps_per_bar, back.pickup_steps) == (12, 4)


def test_notes_outside_are_left_out_and_long_ones_cut() -> None:
    roll = Pianoroll(np.array([[0, 10, 99, 60], [0, 48, 1, 60], [0, -1, 5, 60]]), tracks=1, steps=48)
    assert roll.notes[:, [ONSET, LENGTH]].tolist() == [[10, 38]]


@pytest.mark.parametrize("row", [[2, 0, 1, 60], [0, 0, 1, 128], [0, 0, 1, -1]])
def test_an_impossible_track_or_pitch_is_refused(row: list[int]) -> None:
    with pytest.raises(ValueError, match="a track outside"):
        Pianoroll(np.array([row]), tracks=2, steps=12)
