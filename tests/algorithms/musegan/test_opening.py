"""Free cells of lines: a region's own notes and silence, and never a cell of a note that stays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.algorithms.musegan.lines import LOWEST, Lines, draw_lines, find_lines, read_lines
from composer.algorithms.musegan.opening import free_cells
from composer.music.pianoroll import DRUMS, Pianoroll
from composer.music.region import Region, open_notes
from tests.made_up import any_region, any_roll

NAMES = ("Lead", "Piano", DRUMS)


@pytest.fixture(scope="module")
def lines() -> Lines:
    """A line for the lead, three for the piano and two drums."""
    chord = [[1, 0, 48, pitch] for pitch in (50, 54, 57)]
    hits = [[2, onset, 1, pitch] for onset in (0, 12) for pitch in (36, 38)]
    return find_lines([Pianoroll(np.array([[0, 0, 48, 60], *chord, *hits]), 3, 48)], NAMES)


def test_notes_that_begin_inside_are_free_to_their_ends_and_silence_inside(lines: Lines) -> None:
    roll = Pianoroll(np.array([[1, 12, 12, 60], [1, 24, 18, 60], [1, 42, 6, 60]]), 3, 48)
    free = free_cells(roll, Region((1,), 18, 30), lines)
    assert np.flatnonzero(free[1]).tolist() == list(range(24, 42))
    assert np.flatnonzero(free[2]).tolist() == np.flatnonzero(free[3]).tolist() == list(range(18, 30))
    assert not free[[0, 4, 5]].any()


def test_a_held_note_keeps_its_line_with_room_above_and_below(lines: Lines) -> None:
    held, above, below = [1, 0, 48, 60], [1, 24, 24, 64], [1, 24, 24, 55]
    free = free_cells(Pianoroll(np.array([held, above, below]), 3, 48), Region((1,), 24, 48), lines)
    assert free[1:4, 24:].all(axis=1).tolist() == [True, False, True]
    assert not free[2, 24:].any() and not free[:, :24].any()


def test_drums_are_free_inside_alone(lines: Lines) -> None:
    roll = Pianoroll(np.array([[2, 9, 9, 36], [2, 12, 9, 38]]), 3, 48)
    free = free_cells(roll, Region((2,), 12, 18), lines)
    assert np.flatnonzero(free.any(axis=0)).tolist() == list(range(12, 18))
    assert free[4:, 12:18].all() and not free[:4].any()


@given(roll=any_roll(), data=st.data())
@settings(max_examples=50)
def test_what_stays_is_never_free(lines: Lines, roll: Pianoroll, data: st.DataObject) -> None:
    where = data.draw(any_region(roll))
    free = free_cells(roll, where, lines)
    category, attack = draw_lines(roll, lines)
    freed = read_lines(category * free, attack & free, lines, roll).planes()[0]
    stays = Pianoroll(roll.notes[~open_notes(roll, where)], 3, roll.steps).planes()[0]
    assert not (freed & stays)[:2].any()
    assert roll.notes[:, 3].min(initial=LOWEST) >= LOWEST  # or the pitches were folded, and prove nothing
    shown = read_lines(category * ~free, attack & ~free, lines, roll).planes()[0]
    belongs = Pianoroll(roll.notes[open_notes(roll, where)], 3, roll.steps).planes()[0]
    assert not (shown & belongs & ~stays)[:2].any()
