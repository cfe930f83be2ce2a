"""Regions: what belongs to them, on both grids, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.errors import BadInput
from composer.music.pianoroll import FINE_STEPS, Pianoroll, pianoroll_from_voices
from composer.music.region import Region, open_cells, open_notes
from composer.music.voices import REST, Voices
from tests.made_up import any_region, any_voices, hymn

PIECE = hymn(0, 2)
R = REST


def test_parts_are_sorted_and_named_once() -> None:
    assert Region((3, 1, 3), 0, 4) == Region((1, 3), 0, 4)
    assert Region(tuple(np.array([2, 1])), 0, 4).parts == (1, 2)


def test_to_lock_parts_is_to_take_the_whole_of_the_others() -> None:
    assert Region.all_but((0, 2), PIECE) == Region((1, 3), 0, 32)
    assert Region.all_but((), pianoroll_from_voices(PIECE)) == Region((0, 1, 2, 3), 0, 96)


def test_a_region_is_cut_to_the_music() -> None:
    assert Region((1,), -5, 99).within(PIECE) == Region((1,), 0, 32)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (Region((), 0, 4), "choose at least one part"),
        (Region((1,), 4, 4), "no music in this region"),
        (Region((1,), 9, 4), "no music in this region"),
        (Region((1,), 32, 40), "no music in this region"),
        (Region((1,), -8, 0), "no music in this region"),
        (Region((1, 4), 0, 4), "has 4 parts"),
        (Region((-1,), 0, 4), "has 4 parts"),
        (Region((0, 1), 0, 4), "melody is your own"),
    ],
)
def test_what_is_no_region_is_refused_in_a_sentence(where: Region, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        where.within(PIECE, given=1)


def test_without_a_melody_of_ones_own_the_first_part_may_be_chosen() -> None:
    assert Region((0,), 0, 4).within(PIECE).parts == (0,)


@given(st.integers(0, 500), st.integers(1, 500))
def test_sixteenths_survive_the_fine_grid_and_what_is_touched_is_counted_whole(start: int, length: int) -> None:
    where = Region((1,), start, start + length)
    assert where.on_fine_grid().on_sixteenths() == where
    touched = where.on_sixteenths().on_fine_grid()
    assert touched.start <= where.start < touched.start + FINE_STEPS // 4
    assert touched.end - FINE_STEPS // 4 < where.end <= touched.end


def test_notes_belong_by_their_beginning_and_rests_by_their_place() -> None:
    voices = Voices(np.array([[60, 60, 62, 62, R, R, R, 64, 64, 64]]), np.zeros((1, 10), bool))
    assert np.flatnonzero(open_cells(voices, Region((0,), 1, 6))[0]).tolist() == [2, 3, 4, 5]
    assert np.flatnonzero(open_cells(voices, Region((0,), 6, 8))[0]).tolist() == [6, 7, 8, 9]
    assert not open_cells(voices, Region((0,), 8, 10)).any()


def test_notes_of_a_roll_belong_by_track_and_beginning() -> None:
    roll = Pianoroll(np.array([[0, 0, 9, 60], [1, 0, 9, 50], [1, 6, 20, 52], [1, 12, 3, 53]]), 2, 48)
    assert open_notes(roll, Region((1,), 1, 12)).tolist() == [False, False, True, False]


@given(any_voices(), st.data())
def test_cells_and_notes_of_the_same_music_agree(piece: Voices, data: st.DataObject) -> None:
    where = data.draw(any_region(piece))
    roll = pianoroll_from_voices(piece)
    chosen = Pianoroll(roll.notes[open_notes(roll, where.on_fine_grid())], roll.tracks, roll.steps).planes()[0]
    cells = open_cells(piece, where)
    assert np.array_equal(chosen.any(axis=2)[:, ::3], cells & (piece.pitch != REST))
    inside = (np.arange(piece.steps) >= where.start) & (np.arange(piece.steps) < where.end)
    rests = (piece.pitch == REST) & inside & np.isin(np.arange(4), where.parts)[:, None]
    assert np.array_equal(cells & (piece.pitch == REST), rests)
