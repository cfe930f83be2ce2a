"""Between two places of its grid a line makes one choice, and a drum is hit only where a choice begins."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from composer.algorithms.musegan.grid import Grid
from composer.algorithms.musegan.lines import Lines

EIGHTHS, TRIPLETS, SIXTEENTHS = 0b000001000001, 0b000100010001, 0b001001001001


@pytest.fixture(scope="module")
def grid() -> Grid:
    """Of a line in sixteenths, one in triplets, one that changes with the quarters only, and a drum in eighths."""
    grids = (SIXTEENTHS, TRIPLETS, 1)
    rows = [(track, -1, 40, 80, places) for track, places in enumerate(grids)]
    return Grid(Lines(torch.tensor([*rows, (3, 36, 0, 0, EIGHTHS)])))


def _random(seed: int, *shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def test_of_a_quarter_there_are_as_many_choices_as_the_finest_line_has(grid: Grid) -> None:
    assert grid.chosen(_random(0, 2, 4, 24)).shape == (2, 4, 8)


@given(seed=st.integers(0, 99))
def test_what_is_chosen_at_a_first_step_holds_until_the_next(grid: Grid, seed: int) -> None:
    values = _random(seed, 2, 4, 24)
    held = grid.spread(grid.chosen(values))
    assert torch.equal(held[:, :3], grid.shared(values)[:, :3])
    assert torch.equal(held[:, 1, :12:4], values[:, 1, :12:4]) and (held[:, 1, :4] == values[:, 1, :1]).all()


@given(seed=st.integers(0, 99))
def test_a_drum_is_silent_between_the_places_of_its_grid(grid: Grid, seed: int) -> None:
    values = 1 + _random(seed, 2, 4, 24)
    drum = grid.spread(grid.chosen(values))[:, 3]
    assert torch.equal(drum[:, ::6], values[:, 3, ::6])
    assert torch.count_nonzero(drum) == 2 * 24 // 6


def test_notes_begin_at_places_of_the_grid_alone(grid: Grid) -> None:
    logits, again = grid.allowed(_random(0, 2, 4, 5, 8), _random(1, 2, 4, 24))
    assert logits.isfinite().all() and torch.equal(again.isfinite(), ~grid.between.repeat(1, 2).expand(2, -1, -1))
