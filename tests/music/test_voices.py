"""Voices: consistent by construction, exact on the grid, cut and moved without losing their bar lines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.music.score import NOTE, make_notes
from composer.music.voices import REST, Voices, voices_from_notes


@st.composite
def some_voices(draw: st.DrawFn) -> Voices:
    """One to four voices of up to 40 steps, with rests and repeated notes."""
    count, steps = draw(st.integers(1, 4)), draw(st.integers(0, 40))
    cell = st.tuples(st.sampled_from([REST, REST, 48, 60, 61, 72, 127, 0]), st.booleans())
    cells = draw(st.lists(cell, min_size=count * steps, max_size=count * steps))
    pitch, attack = np.array(cells, int).reshape(count, steps, 2).transpose(2, 0, 1)
    return Voices(pitch, attack.astype(bool), draw(st.sampled_from([12, 16, 20])), draw(st.integers(0, 11)))


def assert_equal(a: Voices, b: Voices) -> None:
    np.testing.assert_array_equal(a.pitch, b.pitch)
    np.testing.assert_array_equal(a.attack, b.attack)
    assert (a.steps_per_bar, a.pickup_steps) == (b.steps_per_bar, b.pickup_steps)


@given(some_voices())
def test_notes_and_back_is_exact(voices: Voices) -> None:
    parts = [voices.notes(i) for i in range(len(voices.pitch))]
    assert_equal(voices_from_notes(parts, voices.steps, voices.steps_per_bar, voices.pickup_steps), voices)


@given(some_voices())
def test_every_attack_sounds_and_every_change_is_an_attack(voices: Voices) -> None:
    assert not np.any(voices.attack & (voices.pitch == REST))
    before = np.pad(voices.pitch, ((0, 0), (1, 0)), constant_values=REST)[:, :-1]
    changed = (voices.pitch != before) & (voices.pitch != REST)
    assert np.all(voices.attack[changed])


@given(some_voices(), st.integers(0, 40), st.integers(0, 40))
def test_a_window_keeps_pitches_and_bar_lines(voices: Voices, start: int, length: int) -> None:
    window = voices.window(start, length)
    np.testing.assert_array_equal(window.pitch, voices.pitch[:, start : start + length])
    np.testing.assert_array_equal(window.bar_position(), voices.bar_position()[start : start + length])


def test_repeated_notes_survive() -> None:
    voices = Voices(np.array([[60, 60, 60, 60]]), np.array([[True, False, True, False]]))
    assert voices.notes(0)["onset"].tolist() == [0, 0.5]
    assert voices.notes(0)["duration"].tolist() == [0.5, 0.5]


def test_overlaps_end_where_the_next_note_begins_and_chords_leave_their_top() -> None:
    notes = make_notes([0, 0, 0.5, 9], [1, 4, 0.5, 1], [60, 67, 64, 62])
    voices = voices_from_notes([notes, np.empty(0, NOTE)], 6)
    assert voices.pitch.tolist() == [[67, 67, 64, 64, REST, REST], [REST] * 6]


def test_transposing_leaves_rests() -> None:
    voices = Voices(np.array([[60, REST, 62]]), np.zeros((1, 3), bool)).transposed(-2)
    assert voices.pitch.tolist() == [[58, REST, 60]]


def test_bars_count_from_the_pickup() -> None:
    voices = Voices(np.full((1, 6), 60), np.zeros((1, 6), bool), steps_per_bar=4, pickup_steps=1)
    assert voices.bar_position().tolist() == [3, 0, 1, 2, 3, 0]


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match="shape"):
        Voices(np.zeros((1, 3)), np.zeros((1, 4), bool))
