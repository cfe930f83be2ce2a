"""A roll drawn as lines and read back is the same roll, and every line keeps to what it may hold."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.algorithms.musegan.lines import CATEGORIES, MOST_NOTES, UNIT, draw_lines, encode, find_lines, read_lines
from composer.music.pianoroll import DRUMS, PITCH, Pianoroll, pianoroll_from_notes
from composer.music.score import make_notes

NAMES = ("Lead", "Piano", DRUMS)


@st.composite
def bands(draw: st.DrawFn) -> Pianoroll:
    """Three tracks: a line, chords of at most three notes at a time, and a kit of three drums."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    steps, bar = draw(st.integers(12, 200)), draw(st.sampled_from([36, 48, 30]))
    onset = np.flatnonzero(random.random(steps) < 0.2)
    lead = make_notes(onset / 12, random.integers(1, 9, len(onset)) / 12, random.integers(60, 80, len(onset)))
    starts = np.arange(0, steps, 6)
    chords = make_notes(
        np.repeat(starts, 3) / 12,
        0.5,
        np.stack([random.integers(k, k + 8, len(starts)) for k in (45, 53, 61)], 1).ravel(),
    )
    hits = 3 * np.flatnonzero(random.random(-(-steps // 3)) < 0.4)
    drums = make_notes(hits / 12, 1 / 4, random.choice([36, 38, 42], len(hits)))
    line = pianoroll_from_notes([lead, chords, drums], steps, bar, draw(st.integers(0, bar - 1)))
    return Pianoroll(_without_overlaps(line.notes), 3, steps, bar, line.pickup_steps)


def _without_overlaps(notes: np.ndarray) -> np.ndarray:
    """The lead cut to one note at a time."""
    lead = notes[notes[:, 0] == 0].copy()
    lead[:-1, 2] = np.minimum(lead[:-1, 2], np.diff(lead[:, 1]))
    return np.concatenate([lead, notes[notes[:, 0] > 0]])


@settings(max_examples=40, deadline=None)
@given(bands())
def test_lines_come_back_as_the_same_roll(roll: Pianoroll) -> None:
    lines = find_lines([roll], NAMES)
    back = read_lines(*draw_lines(roll, lines), lines, roll)
    assert np.array_equal(back.notes, roll.notes)
    assert (back.steps, back.steps_per_bar, back.pickup_steps) == (roll.steps, roll.steps_per_bar, roll.pickup_steps)


@given(bands())
@settings(max_examples=20, deadline=None)
def test_a_batch_begins_on_a_quarter_and_knows_its_bars(roll: Pianoroll) -> None:
    cells = encode([roll], find_lines([roll], NAMES))
    first = int(cells.inside[0].int().argmax())
    assert cells.category.shape[2] % UNIT == 0 and int(cells.inside.sum()) == roll.steps
    assert (first + roll.pickup_steps) % (12 if roll.steps_per_bar % 12 == 0 else 6) == 0
    assert (cells.bar[0].diff() >= 0).all() and int(cells.bar[0, 0]) == 0
    assert int(cells.category.max()) < CATEGORIES


def test_repeated_notes_and_chords_survive() -> None:
    notes = [[0, 0, 6, 60], [0, 6, 6, 60], [0, 12, 12, 60], [0, 12, 12, 64], [0, 12, 12, 67]]
    roll = Pianoroll(np.array(notes), 1, 24)
    lines = find_lines([roll], ("Piano",))
    assert len(lines.table) == 3
    assert read_lines(*draw_lines(roll, lines), lines, roll).notes.tolist() == notes


def test_a_drum_hit_lasts_a_sixteenth_or_up_to_the_next() -> None:
    notes = [[0, 0, 12, 36], [0, 2, 1, 36], [0, 12, 1, 42]]
    roll = Pianoroll(np.array(notes), 1, 14)
    lines = find_lines([roll], (DRUMS,))
    back = read_lines(*draw_lines(roll, lines), lines, roll)
    assert back.notes.tolist() == [[0, 0, 2, 36], [0, 2, 3, 36], [0, 12, 2, 42]]


def test_of_a_large_cluster_the_highest_notes_stay() -> None:
    roll = Pianoroll(np.array([[0, 0, 24, 50 + n] for n in range(7)]), 1, 24)
    lines = find_lines([roll], ("Piano",))
    back = read_lines(*draw_lines(roll, lines), lines, roll)
    assert back.notes[:, PITCH].tolist() == [53, 54, 55, 56] and len(lines.table) == MOST_NOTES


def test_drums_do_not_move_with_the_key() -> None:
    roll = Pianoroll(np.array([[0, 0, 12, 60], [1, 0, 1, 36]]), 2, 24)
    lines = find_lines([roll], ("Lead", DRUMS))
    moved = encode([roll], lines).transposed(torch.tensor([5]), lines)
    back = read_lines(moved.category[0].numpy(), moved.attack[0].numpy(), lines, roll)
    assert back.notes[:, PITCH].tolist() == [65, 36]


@pytest.mark.parametrize("shift", [-3, 0, 4])
def test_a_line_stays_in_the_range_of_its_track(shift: int) -> None:
    roll = Pianoroll(np.array([[0, 0, 12, 60], [0, 12, 12, 67], [1, 0, 1, 36]]), 2, 24)
    impossible = find_lines([roll], ("Lead", DRUMS)).impossible(torch.tensor([shift]))[0]
    possible = torch.nonzero(~impossible[0]).flatten().tolist()
    assert possible == [0, *range(60 - 22 + 1 + shift, 67 - 22 + 2 + shift)]
    assert torch.nonzero(~impossible[1]).flatten().tolist() == [0, 1]
