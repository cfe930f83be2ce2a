"""Cells: what goes into the networks comes out again, on a beat, in a common key, with its place in the bar."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from composer.algorithms import cells as c
from composer.music.theory import find_key, key_fifths
from composer.music.voices import REST, Voices
from tests.made_up import any_voices, hymn, same


@given(any_voices(c.LOWEST, c.HIGHEST), st.sampled_from([1, 4, 16, 64]))
def test_any_music_survives_encoding(piece: Voices, multiple: int) -> None:
    cells = c.encode([piece], multiple)
    assert cells.category.shape[2] % multiple == 0
    assert same(c.decode(cells.category[0], cells.attack[0], piece), piece)


@given(st.lists(any_voices(c.LOWEST, c.HIGHEST), min_size=1, max_size=4))
def test_a_batch_holds_pieces_of_different_lengths_meters_and_pickups(pieces: list[Voices]) -> None:
    cells = c.encode(pieces, 16)
    for row, piece in enumerate(pieces):
        assert same(c.decode(cells.category[row], cells.attack[row], piece), piece)
        assert int(cells.inside[row].sum()) == piece.steps


@given(any_voices(), st.sampled_from([4, 16]))
def test_outside_a_piece_there_is_nothing(piece: Voices, multiple: int) -> None:
    cells = c.encode([piece, piece.window(0, 1)], multiple)
    outside = ~cells.inside
    assert not cells.category[:, 0][outside].any() and not cells.attack[:, 0][outside].any()
    assert not cells.place.transpose(1, 2)[outside].any()


@given(any_voices())
def test_place_depends_on_the_place_in_the_bar_alone(piece: Voices) -> None:
    cells = c.encode([piece])
    places = cells.place[0, :, cells.inside[0]].T.numpy()
    known = {}
    for position, place in zip(piece.bar_position().tolist(), places, strict=True):
        np.testing.assert_allclose(place, known.setdefault(position, place), atol=1e-5)


@pytest.mark.parametrize(("bar", "pickup"), [(16, 0), (16, 4), (12, 8), (24, 12), (16, 2)])
def test_beats_are_told_apart_from_the_bar_line_on(bar: int, pickup: int) -> None:
    piece = hymn(0, 2, 0, bar, pickup)
    cells = c.encode([piece])
    on_beat = cells.place[0, 0, cells.inside[0]].bool().numpy()
    assert np.array_equal(on_beat, piece.bar_position() % 4 == 0)
    assert c.lead_in(piece) == -pickup % 4


def test_pitches_without_a_category_are_taken_to_the_nearest() -> None:
    piece = Voices(np.array([[0, c.LOWEST, c.HIGHEST, 127]]), np.ones((1, 4), bool))
    assert c.encode([piece]).category[0, 0].tolist() == [1, 1, c.CATEGORIES - 1, c.CATEGORIES - 1]


@given(any_voices(c.LOWEST, c.HIGHEST), st.integers(-100, 100))
def test_transposing_keeps_intervals_and_rests_and_stays_within_the_categories(piece: Voices, semitones: int) -> None:
    cells = c.encode([piece])
    moved = cells.transposed(torch.tensor([semitones]))
    before, after = cells.category.numpy(), moved.category.numpy()
    assert np.array_equal(before == 0, after == 0)
    assert after.min() >= 0 and after.max() < c.CATEGORIES
    shift = (after - before)[before > 0]
    assert len(np.unique(shift)) <= 1
    assert (np.abs(shift) <= abs(semitones)).all() and (shift * semitones >= 0).all()


def test_each_piece_is_transposed_by_its_own_amount() -> None:
    piece = hymn(0, 1)
    moved = c.encode([piece, piece, piece]).transposed(torch.tensor([0, 3, -99]))
    assert same(c.decode(moved.category[1], moved.attack[1], piece), piece.transposed(3))
    lowest = int(piece.pitch[piece.pitch != REST].min())
    assert same(c.decode(moved.category[2], moved.attack[2], piece), piece.transposed(c.LOWEST - lowest))


@pytest.mark.parametrize("tonic", range(-6, 6))
@pytest.mark.parametrize("degrees", [[0, 2, 4, 5, 7, 9, 11, 12, 7, 4, 0], [9, 11, 12, 14, 16, 17, 20, 21, 16, 12, 9]])
def test_every_major_and_minor_key_is_brought_to_no_sharps_and_flats(tonic: int, degrees: list[int]) -> None:
    pitch = 60 + tonic + np.repeat(degrees, 4)
    piece = Voices(pitch[None], (np.arange(len(pitch)) % 4 == 0)[None])
    shift = c.common_key_shift(piece)
    assert -6 <= shift <= 5 and (tonic + shift) % 12 == 0
    assert key_fifths(find_key(piece.transposed(shift).notes(0))) == 0


@given(any_voices())
def test_the_common_key_is_judged_by_the_melody_alone(piece: Voices) -> None:
    assert c.common_key_shift(piece) == c.common_key_shift(piece.select([0]))
