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


@given(seed=st.integers(0, 99))
def test_a_narrowed_grid_is_each_pieces_own(grid: Grid, seed: int) -> None:
    steps = torch.zeros(2, 4, 12, dtype=torch.bool)
    steps[0, :, 6] = True
    narrowed, values = grid.narrowed(steps), 1 + _random(seed, 2, 4, 24)
    held = narrowed.spread(narrowed.chosen(values))
    assert torch.equal(held[0, 0], values[0, 0, ::6].repeat_interleave(6)) and torch.equal(
        held[0, :3], narrowed.shared(values)[0, :3]
    )
    assert torch.equal(held[1, :3], values[1, :3, ::12].repeat_interleave(12, 1)), "with the quarters only"
    assert held[0, 3].count_nonzero() == 4 and held[1, 3].count_nonzero() == 2
    assert torch.equal(grid.spread(grid.chosen(values))[0, 0, ::3], values[0, 0, ::3]), "the wider one stays as it is"
