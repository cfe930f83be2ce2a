"""Windows: nothing of a piece is lost, and every window keeps its bar lines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.data.windows import even_windows, tile
from composer.music.voices import Voices
from tests.made_up import any_voices, hymn, same

LENGTH = 16


def numbered(steps: int, steps_per_bar: int = 16, pickup: int = 0) -> Voices:
    """A voice whose pitch at each step is the step itself, so that a window shows where it was cut."""
    return Voices(np.arange(steps)[None], np.ones((1, steps), bool), steps_per_bar, pickup)


@given(st.integers(1, 120), st.integers(0, LENGTH - 1), st.sampled_from([12, 16, 24]), st.sampled_from([0, 2, 4, 7, 8]))
def test_tiles_follow_each_other_and_leave_out_short_ends_only(steps: int, offset: int, bar: int, pickup: int) -> None:
    piece = numbered(steps, bar, pickup)
    windows = tile([piece], LENGTH, [offset])
    places = np.concatenate([window.pitch[0] for window in windows] or [[]])
    assert np.array_equal(np.unique(places), places)  # in order, none twice
    missing = np.setdiff1d(np.arange(steps), places)
    first, last = missing[missing < steps / 2], missing[missing >= steps / 2]
    if steps >= LENGTH:
        assert len(first) < LENGTH // 4 and len(last) < LENGTH // 4
    assert all(same(window, piece.window(int(window.pitch[0, 0]), window.steps)) for window in windows)


@given(st.integers(1, 120), st.integers(0, LENGTH - 1), st.sampled_from([12, 16, 24]), st.sampled_from([0, 4, 8]))
def test_tiles_are_no_longer_than_asked_and_begin_on_a_beat(steps: int, offset: int, bar: int, pickup: int) -> None:
    windows = tile([numbered(steps, bar, pickup)], LENGTH, [offset])
    assert all(window.steps <= LENGTH for window in windows)
    assert all(window.bar_position()[0] % 4 == 0 for window in windows)


@given(st.integers(1, 2 * LENGTH), st.integers(0, LENGTH - 1))
def test_no_piece_vanishes(steps: int, offset: int) -> None:
    assert tile([numbered(steps)], LENGTH, [offset])


@given(st.integers(1, 3), st.integers(0, LENGTH - 1))
def test_a_pickup_off_the_beat_leaves_room_for_the_lead_in(pickup: int, offset: int) -> None:
    windows = tile([numbered(100, 16, pickup)], LENGTH, [offset])
    assert all(-window.pickup_steps % 4 + window.steps <= LENGTH for window in windows)


def test_offsets_move_the_cuts() -> None:
    pieces = [numbered(64), numbered(64)]
    starts = [int(window.pitch[0, 0]) for window in tile(pieces, 16, [0, 6])]
    assert starts == [0, 16, 32, 48, 0, 4, 20, 36, 52]


def test_offsets_belong_to_pieces() -> None:
    with pytest.raises(ValueError, match="zip"):
        tile([numbered(64)], 16, [0, 4])


@given(st.lists(any_voices(), max_size=4), st.integers(1, 10))
def test_even_windows_are_whole_and_begin_on_bar_lines(pieces: list[Voices], count: int) -> None:
    windows = even_windows(pieces, 32, count)
    assert len(windows) <= count
    assert all(window.steps == 32 and window.bar_position()[0] == 0 for window in windows)


def test_even_windows_are_spread_over_all_pieces_and_always_the_same() -> None:
    pieces = [hymn(seed, pickup=4) for seed in range(10)]
    windows = even_windows(pieces, 32, 10)
    assert len(windows) == 10
    homes = {index for index, piece in enumerate(pieces) for w in windows if _found(w, piece)}
    assert len(homes) == 10
    assert all(same(a, b) for a, b in zip(windows, even_windows(pieces, 32, 10), strict=True))


def _found(window: Voices, piece: Voices) -> bool:
    starts = range(0, piece.steps - window.steps + 1)
    return any(np.array_equal(piece.pitch[:, s : s + window.steps], window.pitch) for s in starts)
