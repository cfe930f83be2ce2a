"""What a rhythm holds is one choice for all its steps, and what it says is never up for choice."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from composer.algorithms.musegan.grid import Grid
from composer.algorithms.musegan.lines import CHANGE, HOLD, REST, STRIKE, UNTOLD, Lines
from composer.algorithms.musegan.spans import Spans

EIGHTHS, SIXTEENTHS = 0b000001000001, 0b001001001001
GRID = Grid(
    Lines(
        torch.tensor(
            [
                (0, -1, 40, 80, SIXTEENTHS),
                (1, -1, 40, 80, EIGHTHS),
                (1, -1, 40, 80, EIGHTHS),
                (2, 36, 0, 0, SIXTEENTHS),
            ]
        )
    )
)
"""A melody in sixteenths, a piano of two lines in eighths, a drum."""
PIANO = [*[STRIKE, *[HOLD] * 17], *[CHANGE, *[HOLD] * 5], *[REST] * 12, *[STRIKE, *[HOLD] * 11]]
DRUM = [STRIKE if step % 12 == 0 else REST for step in range(48)]


@pytest.fixture
def spans() -> Spans:
    rhythm = torch.tensor([[[UNTOLD] * 48, PIANO, PIANO, DRUM]])
    return Spans(GRID, rhythm, torch.ones_like(rhythm) > 0)


def _random(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(0))


def test_one_choice_lasts_from_change_to_change(spans: Spans) -> None:
    values = 1 + _random(1, 4, 48)
    heard = spans.spread(spans.chosen(values))[0]
    for line in (1, 2):
        for start, end in ((0, 18), (18, 24), (24, 36), (36, 48)):
            assert (heard[line, start:end] == values[0, line, start]).all()
    assert torch.equal(heard[0], values[0, 0, ::3].repeat_interleave(3)), "no rhythm is told: every choice of the grid"
    assert torch.equal(heard[:3], spans.shared(values)[0, :3])
    assert torch.equal(heard[3, ::3], values[0, 3, ::3]) and heard[3].count_nonzero() == 16


def test_the_logits_of_a_choice_are_the_mean_of_all_it_unites(spans: Spans) -> None:
    logits = _random(1, 4, 5, 16)
    means, _ = spans.allowed(logits, _random(1, 4, 48))
    piano = logits[0, 1].view(5, 4, 4)[:, :, :2].flatten(1)  # its two choices a quarter; the other two are idle
    assert torch.allclose(means[0, 2, 1:, 0], logits[0, 2].view(5, 4, 4)[1:, :, :2].flatten(1)[:, :3].mean(1))
    assert torch.allclose(means[0, 1, 1:, 0], piano[1:, :3].mean(1))
    assert torch.equal(means[0, 0], logits[0, 0]) and torch.equal(means[0, 3], logits[0, 3])


def test_silence_is_no_choice_where_a_note_sounds(spans: Spans) -> None:
    means, _ = spans.allowed(_random(1, 4, 5, 16), _random(1, 4, 48))
    silent = means[0, 1:3, 0].view(2, 4, 4)[:, :, :2] == -torch.inf
    assert silent.flatten(1).tolist() == [[True] * 4 + [False] * 2 + [True] * 2] * 2
    assert means[0, [0, 3]].isfinite().all(), "a tune that is told no rhythm and a drum may rest"


def test_attacks_are_certain_where_all_is_struck_and_open_where_some_is(spans: Spans) -> None:
    _, again = spans.allowed(_random(1, 4, 5, 16), _random(1, 4, 48))
    piano = again[0, 1]
    assert (piano[[0, 36]] == torch.inf).all() and piano[18].isfinite()
    assert (piano[[*range(1, 18), *range(19, 24)]] == -torch.inf).all()


def test_a_choice_ends_where_what_is_free_does() -> None:
    rhythm = torch.tensor([[[STRIKE, *[HOLD] * 23]] * 4])
    free = torch.arange(24).expand(1, 4, 24) >= 12
    values = 1 + _random(1, 4, 24)
    heard = Spans(GRID, rhythm, free).shared(values)
    assert torch.equal(heard[0, 1], values[0, 1, ::12].repeat_interleave(12))
