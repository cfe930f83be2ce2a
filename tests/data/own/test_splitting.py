"""Near-duplicates stay in one split, whatever their key and their names; the rest is dealt 80/10/10 by content."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.data.own.gridding import to_grid
from composer.data.own.splitting import SAME, deal, similar_groups, sketch
from composer.music.pianoroll import PITCH, TRACK, Pianoroll
from composer.music.score import Score
from tests.data.own.files import hymn, song


def roll_of(score: Score) -> Pianoroll:
    return to_grid(score)[0]


def likeness(one: Pianoroll, other: Pianoroll) -> float:
    return float(np.mean(sketch(one.select([0, 1, 2])) == sketch(other.select([0, 1, 2]))))


def with_wrong_notes(roll: Pianoroll, share: float, seed: int) -> Pianoroll:
    """The roll with so many of the tune's notes moved by some semitones."""
    random = np.random.default_rng(seed)
    notes = roll.notes.copy()
    hit = (notes[:, TRACK] == 0) & (random.random(len(notes)) < share)
    notes[hit, PITCH] += random.integers(1, 4, hit.sum())
    return replace(roll, notes=notes)


@given(st.integers(0, 10_000), st.integers(-11, 11))
def test_neither_key_nor_place_matters(seed: int, shift: int) -> None:
    roll = roll_of(song(seed, 24))
    later = roll.notes + np.array([0, 96, 0, 0])
    assert likeness(roll, roll.transposed(shift)) == 1.0
    assert likeness(roll, Pianoroll(later, roll.tracks, roll.steps + 96)) == 1.0


@pytest.mark.parametrize("seed", range(5))
def test_a_slightly_changed_piece_is_the_same_and_another_is_not(seed: int) -> None:
    roll = roll_of(song(seed, 32))
    assert likeness(roll, with_wrong_notes(roll, 0.05, seed)) >= SAME
    assert likeness(roll, roll_of(song(seed + 100, 32))) < SAME


def test_likeness_is_passed_on() -> None:
    roll = roll_of(song(1, 48))
    rolls = [roll, roll_of(song(2, 48)), with_wrong_notes(roll, 0.04, 1), roll.transposed(3)]
    assert similar_groups(np.array([sketch(r.select([0, 1, 2])) for r in rolls])).tolist() == [0, 1, 0, 0]


def dealt(scores: list[Score]) -> list[str]:
    rolls = [roll_of(score) for score in scores]
    return deal(rolls, np.array([sketch(roll.select(list(range(3)))) for roll in rolls]))


def test_shares_are_80_10_10_and_do_not_depend_on_the_order() -> None:
    scores = [song(seed) for seed in range(30)]
    splits = dealt(scores)
    assert Counter(splits) == {"train": 24, "valid": 3, "test": 3}
    assert dealt(scores[::-1]) == splits[::-1]


def test_copies_in_other_keys_share_a_split() -> None:
    scores = [song(seed, shift=shift) for seed in range(12) for shift in (0, 2, -3)]
    splits = dealt(scores)
    assert all(len(set(splits[place : place + 3])) == 1 for place in range(0, 36, 3))
    assert {"train", "valid", "test"} == set(splits)


@pytest.mark.parametrize("copies", [1, 2, 18])
def test_each_split_has_something_wherever_there_are_three_groups(copies: int) -> None:
    splits = dealt([hymn(1), hymn(2), *[song(3, shift=shift) for shift in range(copies)]])
    assert {"train", "valid", "test"} == set(splits)


def test_two_pieces_are_all_for_learning() -> None:
    assert dealt([song(1), song(2)]) == ["train", "train"]


def test_pieces_of_a_few_notes_can_be_sketched() -> None:
    empty = Pianoroll(np.empty((0, 4)), 1, 96)
    assert sketch(empty).shape == sketch(Pianoroll(np.array([[0, 0, 96, 60]]), 1, 96)).shape == (192,)
