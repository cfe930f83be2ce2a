"""Bach's chorales: the split that papers measure on, and nothing of what is tested in what is learned."""

from __future__ import annotations

import numpy as np
import pytest

from composer.data.dataset import Dataset
from composer.music.voices import REST, Voices


def test_the_split_has_the_sizes_of_the_standard_one(chorales: Dataset) -> None:
    assert [len(chorales.split(name)) for name in ("train", "valid", "test")] == [224, 70, 71]
    assert len(chorales.pieces) == 224 + 70 + 71


def test_pieces_are_in_four_parts_within_the_ranges_of_a_choir(chorales: Dataset) -> None:
    assert all(piece.music.pitch.shape[0] == len(chorales.part_names) == 4 for piece in chorales.pieces)
    pitch = np.concatenate([voices.pitch for voices in chorales.split("test")], axis=1)
    lowest = np.where(pitch == REST, 127, pitch).min(axis=1)
    assert np.stack([lowest, pitch.max(axis=1)], 1).tolist() == [[60, 81], [55, 74], [48, 69], [36, 62]]
    assert (pitch == REST).mean() < 0.02


def test_pieces_end_on_their_last_note_and_know_their_bars(chorales: Dataset) -> None:
    bars = {piece.music.steps_per_bar for piece in chorales.pieces}
    assert bars == {12, 16, 24}
    pickups = np.array([piece.music.pickup_steps for piece in chorales.pieces])
    assert 0.5 < (pickups > 0).mean() < 0.9 and (pickups < 24).all()  # most chorales begin with an upbeat


def essence(voices: Voices) -> bytes:
    """A piece's notes from its first to its last, in whatever key, without bar lines."""
    sounding = np.flatnonzero((voices.pitch != REST).any(axis=0))
    span = slice(sounding[0], sounding[-1] + 1)
    pitch = voices.pitch[:, span].astype(np.int64)
    return np.where(pitch == REST, -999, pitch - pitch[pitch != REST][0]).tobytes() + voices.attack[:, span].tobytes()


@pytest.mark.parametrize("split", ["valid", "test"])
def test_nothing_that_is_tested_is_learned_from(chorales: Dataset, split: str) -> None:
    learned = {essence(voices) for voices in chorales.split("train")}
    assert not [voices for voices in chorales.split(split) if essence(voices) in learned]


def passages(voices: Voices, length: int = 64) -> list[bytes]:
    """The essence of every passage of `length` steps that begins on a beat."""
    starts = range(voices.pickup_steps % 4, voices.steps - length + 1, 4)
    return [essence(voices.window(start, length)) for start in starts]


@pytest.mark.parametrize("split", ["valid", "test"])
def test_hardly_a_passage_of_four_bars_is_in_both(chorales: Dataset, split: str) -> None:
    learned = {passage for voices in chorales.split("train") for passage in passages(voices)}
    common = [sum(passage in learned for passage in passages(voices)) for voices in chorales.split(split)]
    assert sum(common) <= 3  # a common cadence may be, a verse may not


def test_a_transposed_piece_would_be_noticed(chorales: Dataset) -> None:
    piece = chorales.split("train")[0]
    assert essence(piece.transposed(-5)) == essence(piece) != essence(chorales.split("test")[0])
