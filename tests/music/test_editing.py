"""Editing: rolls and back, takes mixed part by part, and what two takes have in common."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.music.editing import ADDED, REMOVED, SAME, as_roll, differences, from_roll, mix_takes
from composer.music.pianoroll import TRACK, Pianoroll
from composer.music.voices import REST, Voices
from tests.made_up import any_roll, any_voices, hymn, same

R = REST
SILENCE = Voices(np.full((2, 8), REST), np.zeros((2, 8), bool))


@given(any_voices(low=0, high=127))
def test_voices_nobody_touched_come_back_from_their_roll(take: Voices) -> None:
    back = from_roll(as_roll(take), take)
    assert isinstance(back, Voices) and same(back, take)


@given(any_roll())
def test_a_roll_is_a_roll_already(take: Pianoroll) -> None:
    assert as_roll(take) is take and from_roll(take, take) is take


def drawn(*notes: tuple[int, int, int, int]) -> list[list[int]]:
    """The pitches of two voices of eight sixteenths after a roll of these notes."""
    back = from_roll(Pianoroll(np.array(notes), 2, 24), SILENCE)
    assert isinstance(back, Voices)
    return back.pitch.tolist()


def test_a_voice_sings_one_note_at_a_time() -> None:
    assert drawn((0, 0, 12, 60), (0, 6, 12, 67))[0] == [60, 60, 67, 67, 67, 67, R, R]
    assert drawn((0, 0, 24, 60), (0, 3, 3, 55))[0] == [60, 55, R, R, R, R, R, R]
    assert drawn((1, 0, 6, 60), (1, 0, 3, 64))[1] == [64, R, R, R, R, R, R, R]


def test_notes_go_to_the_nearest_sixteenth_and_none_is_lost_at_the_end() -> None:
    assert drawn((0, 4, 4, 60))[0] == [R, 60, 60, R, R, R, R, R]
    assert drawn((0, 5, 1, 60))[0] == [R, R, 60, R, R, R, R, R]
    assert drawn((0, 23, 1, 60))[0] == [R, R, R, R, R, R, R, 60]


@given(any_voices(), st.lists(st.integers(0, 1), min_size=4, max_size=4))
def test_each_part_comes_from_the_take_that_was_chosen(take: Voices, source: list[int]) -> None:
    other = Voices(np.where(take.pitch == R, 50, R), take.attack, take.steps_per_bar, take.pickup_steps)
    mixed = mix_takes([take, other], source)
    assert isinstance(mixed, Voices)
    for part, number in enumerate(source):
        assert same(mixed.select([part]), (take, other)[number].select([part]))


@given(any_roll(), st.lists(st.integers(0, 1), min_size=3, max_size=3))
def test_tracks_of_rolls_are_mixed_as_well(take: Pianoroll, source: list[int]) -> None:
    other = take.transposed(3)
    mixed = mix_takes([take, other], source)
    assert isinstance(mixed, Pianoroll) and mixed.tracks == 3
    for part, number in enumerate(source):
        expected = (take, other)[number].notes
        assert np.array_equal(mixed.notes[mixed.notes[:, TRACK] == part], expected[expected[:, TRACK] == part])


@pytest.mark.parametrize("source", [[0, 0, 0], [0] * 5])
def test_a_source_for_each_part_is_needed(source: list[int]) -> None:
    with pytest.raises(ValueError, match="parts"):
        mix_takes([hymn(0, 1), hymn(1, 1)], source)


def test_takes_of_other_melodies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="2 sizes"):
        mix_takes([hymn(0, 1), hymn(1, 2)], [0, 0, 1, 1])


@given(any_roll(), st.data())
def test_differences_tell_both_takes(before: Pianoroll, data: st.DataObject) -> None:
    random = np.random.default_rng(data.draw(st.integers(0, 1000)))
    notes = before.notes[random.random(len(before.notes)) < 0.7]
    notes[random.random(len(notes)) < 0.3, 3] += 1
    after = Pianoroll(notes, 3, before.steps, before.steps_per_bar, before.pickup_steps)
    roll, marks = differences(before, after)
    assert len(marks) == len(roll.notes)
    assert rows(roll.notes[marks != ADDED]) == rows(before.notes)
    assert rows(roll.notes[marks != REMOVED]) == rows(after.notes)
    assert not rows(roll.notes[marks == ADDED]) & rows(roll.notes[marks == REMOVED])


def rows(notes: np.ndarray) -> Counter:
    return Counter(map(tuple, notes.tolist()))


def test_a_note_made_longer_is_one_removed_and_one_added() -> None:
    before = Voices(np.array([[60, R, 62, 62]]), np.zeros((1, 4), bool))
    after = Voices(np.array([[60, 60, 62, 62]]), np.zeros((1, 4), bool))
    roll, marks = differences(before, after)
    found = sorted(zip(roll.notes.tolist(), marks.tolist(), strict=True))
    assert found == [([0, 0, 3, 60], REMOVED), ([0, 0, 6, 60], ADDED), ([0, 6, 6, 62], SAME)]


def test_takes_without_notes_do_not_differ() -> None:
    roll, marks = differences(SILENCE, SILENCE)
    assert len(roll.notes) == len(marks) == 0
