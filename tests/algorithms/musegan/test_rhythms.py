"""What a track does at each step: it is read from music, and a rhythm that is drawn is made playable."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from composer.algorithms.musegan.grid import Grid
from composer.algorithms.musegan.lines import CHANGE, HOLD, REST, STRIKE, UNTOLD, Lines, encode, find_lines
from composer.algorithms.musegan.rhythms import playable, rhythm_of, steps_of, told_rhythm
from composer.music.pianoroll import DRUMS, Pianoroll
from tests.algorithms.musegan.anywhere import anywhere

NAMES = ("Melody", "Piano", DRUMS)
EIGHTHS = 0b000001000001
SIGNS = {REST: ".", HOLD: "-", CHANGE: "+", STRIKE: "x"}


def _roll(rows: list[tuple[int, int, int, int]], steps: int = 48) -> Pianoroll:
    return Pianoroll(np.array(rows, np.int32), 3, steps, 48)


def _signs(rhythm: torch.Tensor) -> str:
    return "".join(SIGNS[doing] for doing in rhythm.tolist())


MUSIC = _roll(
    [
        (0, 0, 24, 72),
        (1, 0, 6, 60),  # a chord struck and released as one
        (1, 0, 6, 64),
        (1, 12, 12, 60),  # a note above one that is held, which then outlasts it
        (1, 18, 3, 64),
        (1, 24, 12, 64),  # the same note twice
        (1, 36, 12, 64),
        (2, 0, 3, 36),
        (2, 18, 3, 38),
    ]
)


def test_strikes_changes_and_rests_are_told_apart() -> None:
    lines = find_lines([MUSIC], NAMES)
    cells = encode([MUSIC], lines)
    melody, piano, second, kick, snare = rhythm_of(cells.category, cells.attack, lines)[0]
    assert _signs(melody) == "x" + 23 * "-" + 24 * "."
    assert _signs(piano) == "x-----......x-----+--+--x-----------x-----------"
    assert _signs(second) == "x-----............+--........................... "[:48]
    assert _signs(kick) == _signs(snare) == "x................." + "x" + 29 * "."


def test_steps_are_those_where_notes_begin_and_all_of_them_end() -> None:
    lines = find_lines([MUSIC], NAMES)
    cells = encode([MUSIC], lines)
    used = steps_of(rhythm_of(cells.category, cells.attack, lines), lines)[0]
    assert [np.flatnonzero(row).tolist() for row in used.numpy()] == [[0], [0, 6, 9], [0, 6]]


def test_the_first_track_is_told_no_rhythm() -> None:
    lines = find_lines([MUSIC], NAMES)
    cells = encode([MUSIC], lines)
    rhythm = rhythm_of(cells.category, cells.attack, lines)
    told = told_rhythm(cells, rhythm, lines)
    assert (told.rhythm[:, 0] == UNTOLD).all() and torch.equal(told.rhythm[:, 1:], rhythm[:, 1:])
    assert torch.equal(told.rests[:, 1:], rhythm[:, 1:] == REST) and not told.rests[:, 0].any()


@given(seed=st.integers(0, 999))
def test_what_is_playable_begins_on_the_grid_and_goes_on_only_after_it_began(seed: int) -> None:
    lines = Lines(torch.tensor([(0, -1, 40, 80, EIGHTHS), (1, 36, 0, 0, EIGHTHS)]))
    grid = Grid(lines)
    random = torch.Generator().manual_seed(seed)
    rhythm = torch.randint(REST, STRIKE + 1, (2, 2, 48), generator=random)
    rhythm[:, 1] = torch.where(rhythm[:, 1] == STRIKE, STRIKE, REST)
    lineup = torch.randint(-1, 2, (2, 2, 8), generator=random).float()
    found = playable(rhythm, lineup, grid, lines)
    first = torch.arange(48) % 6 == 0
    assert ((found >= CHANGE) <= first).all(), "between two places of the grid"
    before = torch.cat([torch.full((2, 2, 1), REST), found[..., :-1]], 2)
    assert not ((found != STRIKE) & (found > REST) & (before == REST)).any(), "nothing to go on"
    assert not ((found > REST) & (lineup.repeat_interleave(6, 2) < 0)).any(), "the lineup has it rest"
    assert not (found[:, 1] == HOLD).any(), "a drum held"
    kept = first & (lineup.repeat_interleave(6, 2) >= 0)
    assert torch.equal((found > REST)[kept.expand_as(found)], (rhythm > REST)[kept.expand_as(found)])


def test_a_rhythm_that_is_playable_stays() -> None:
    lines = find_lines([MUSIC], NAMES)
    cells = encode([MUSIC], lines)
    rhythm = rhythm_of(cells.category, cells.attack, lines)
    assert torch.equal(playable(rhythm, cells.lineup, Grid(anywhere(lines)), lines), rhythm)
