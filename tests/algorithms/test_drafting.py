"""Drafting: what is shown stays, what is hidden is drawn as proposed, and less is hidden from pass to pass."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from composer.algorithms.cells import BEAT, CATEGORIES, Cells, encode, moves
from composer.algorithms.drafting import (
    REGION,
    doubtful,
    draws,
    fill,
    pick,
    second_halves,
    training_mask,
    write_in_passes,
)
from tests.made_up import hymn

FREE = 3
CLOSEST_TO_1 = 1 - 2**-24  # the largest number that torch.rand draws


class Spy:
    """A proposal of random pitches 24..72 semitones above the lowest; remembers what it was shown."""

    def __init__(self) -> None:
        self.cells: list[Cells] = []
        self.shown: list[Tensor] = []

    def __call__(self, cells: Cells, shown: Tensor) -> tuple[Tensor, Tensor]:
        self.cells.append(cells)
        self.shown.append(shown)
        batch, _, steps = cells.category.shape
        generator = torch.Generator().manual_seed(len(self.cells))
        logits = torch.full((batch, FREE, CATEGORIES, steps), -torch.inf)
        logits[:, :, 5:40] = torch.randn(batch, FREE, 35, steps, generator=generator)
        return logits, torch.zeros(batch, FREE, steps)

    def hidden(self) -> list[Tensor]:
        """What each pass had to write, (B, free, T)."""
        return [cells.inside[:, None] & ~shown[:, -FREE:] for cells, shown in zip(self.cells, self.shown, strict=True)]


def music(*seeds: int) -> Cells:
    return encode([hymn(seed, 3, 0, 16, 4 * (seed % 2)) for seed in seeds], 16)


def everything(cells: Cells) -> Tensor:
    return cells.inside[:, None].expand(-1, FREE, -1)


def written(passes: int, *seeds: int) -> tuple[Spy, Cells]:
    cells, spy = music(*seeds), Spy()
    return spy, write_in_passes(
        spy, cells, everything(cells), draws(list(seeds), passes, FREE, cells.category.shape[2])
    )


@pytest.mark.parametrize("passes", [1, 2, 16])
def test_the_network_is_asked_once_a_pass_and_everything_is_hidden_at_first(passes: int) -> None:
    spy, _ = written(passes, 0, 1)
    assert len(spy.cells) == passes
    assert not spy.shown[0][:, -FREE:].any()


@pytest.mark.parametrize("passes", [1, 2, 16])
def test_shown_cells_never_change(passes: int) -> None:
    spy, result = written(passes, 0, 1)
    for (before, after), shown in zip(pairwise([*spy.cells, result]), spy.shown, strict=True):
        assert torch.equal(before.category[shown], after.category[shown])
        led = [torch.nn.functional.pad(cells.category, (1, 0))[..., :-1] for cells in (before, after)]
        kept = shown & (led[0] == led[1])  # a move begins or ends where the pitch that leads to a cell is another
        assert torch.equal(before.attack[kept], after.attack[kept])


def test_the_melody_is_shown_in_every_pass_and_untouched() -> None:
    spy, result = written(16, 0, 1)
    cells = music(0, 1)
    assert all(torch.equal(shown[:, 0], cells.inside) for shown in spy.shown)
    assert torch.equal(result.category[:, 0], cells.category[:, 0])
    assert torch.equal(result.attack[:, 0], cells.attack[:, 0])


def test_less_is_hidden_from_pass_to_pass() -> None:
    shares = [float(hidden.float().mean()) for hidden in written(16, 0, 1, 2, 3)[0].hidden()]
    assert sum(shares[:3]) > sum(shares[3:6]) > sum(shares[6:9])
    assert max(shares[9:]) < 0.3  # ornaments and polish


@pytest.mark.parametrize("turn", [0, 1, 2])
def test_ornaments_open_half_a_beat_of_one_voice_at_a_time(turn: int) -> None:
    opened = second_halves(FREE, 24, turn)
    assert opened.sum(0).tolist() == [0, 0, 1, 1] * 6
    assert opened.sum(1).tolist() == [4, 4, 4]
    assert sum(second_halves(FREE, 24, turn + k) for k in range(FREE)).max() == 1


def test_ornaments_make_held_notes_less_likely() -> None:
    """Each beat begins with one note; whether it is held in the second half is an even chance but for the ornaments."""

    def even(cells: Cells, shown: Tensor) -> tuple[Tensor, Tensor]:
        logits = torch.full((*cells.category[:, -FREE:].shape[:2], CATEGORIES, cells.category.shape[2]), -torch.inf)
        logits[:, :, 20] = 0.0
        logits[:, :, 22] = torch.where(torch.arange(cells.category.shape[2]) % BEAT < BEAT // 2, -torch.inf, 0.0)
        return logits, torch.full((len(shown), FREE, shown.shape[2]), -10.0)

    seeds = list(range(40))
    cells = music(*[0] * len(seeds))
    steps = cells.category.shape[2]
    result = write_in_passes(even, cells, everything(cells), draws(seeds, 7, FREE, steps)).category[:, -FREE:]
    moved = result[..., 2::BEAT] != result[..., 1::BEAT]
    inside = cells.inside[:, None, 2::BEAT].expand_as(moved)
    opened = inside & second_halves(FREE, steps, 0)[:, 2::BEAT]
    assert moved[opened].float().mean() > 0.55 > moved[inside & ~opened].float().mean()


def test_one_pass_takes_the_likeliest_pitch() -> None:
    spy, result = written(1, 0, 1)
    likeliest = spy(music(0, 1), torch.ones_like(result.attack))[0].argmax(2)  # asked a second time
    first = Spy()(music(0, 1), torch.ones_like(result.attack))[0].argmax(2)
    inside = result.inside[:, None].expand_as(first)
    assert torch.equal(result.category[:, -FREE:][inside], first[inside])
    assert not torch.equal(likeliest, first)


def test_the_least_sure_cells_of_each_region_are_hidden() -> None:
    sure = -torch.rand(2, FREE, 4 * REGION, generator=torch.Generator().manual_seed(0))
    inside = torch.ones(2, FREE, 4 * REGION, dtype=torch.bool)
    inside[1, :, :5] = False
    hidden = doubtful(sure, inside, 0.25, 0.0, torch.full_like(sure, 0.5))
    assert not hidden[~inside].any()
    for row in range(2):
        for region in range(4):
            place = (row, slice(None), slice(region * REGION, (region + 1) * REGION))
            doubts, chosen, there = -sure[place], hidden[place], inside[place]
            assert abs(int(chosen.sum()) - 0.25 * int(there.sum())) < 1
            assert doubts[chosen].min() > doubts[~chosen & there].max()


def test_doubt_in_one_region_is_not_felt_in_another() -> None:
    sure = -torch.rand(1, FREE, 4 * REGION, generator=torch.Generator().manual_seed(0))
    inside, even = torch.ones_like(sure, dtype=torch.bool), torch.full_like(sure, 0.5)
    other = sure.clone()
    other[..., 2 * REGION :] -= 5
    one, two = (doubtful(values, inside, 0.3, 0.0, even)[..., : 2 * REGION] for values in (sure, other))
    assert torch.equal(one, two)


def test_every_cell_of_the_piece_is_written_and_none_outside() -> None:
    _, result = written(1, 0, 1)
    free = result.category[:, -FREE:]
    inside = result.inside[:, None].expand_as(free)
    assert (free[inside] > 0).all() and (free[~inside] == 0).all()


@pytest.mark.parametrize("passes", [1, 16])
def test_rows_are_written_as_if_alone(passes: int) -> None:
    def settled(cells: Cells, shown: Tensor) -> tuple[Tensor, Tensor]:
        likes = (torch.arange(CATEGORIES)[:, None] * 0.1).sin() * cells.category[:, :1, None].sin()
        return likes.expand(-1, FREE, -1, -1), torch.zeros(len(shown), FREE, shown.shape[2])

    both = write_in_passes(settled, music(1, 3), everything(music(1, 3)), draws([5, 6], passes, FREE, 64))
    alone = write_in_passes(settled, music(3), everything(music(3)), draws([6], passes, FREE, 64))
    assert torch.equal(both.category[1:], alone.category) and torch.equal(both.attack[1:], alone.attack)


def test_draws_follow_the_seeds_and_not_what_stands_beside_or_behind() -> None:
    one, two, longer = draws([1, 2], 4, FREE, 32), draws([2, 3, 1], 4, FREE, 32), draws([1, 2], 4, FREE, 48)
    assert torch.equal(one[:, 0], two[:, 2]) and torch.equal(one[:, 1], two[:, 0])
    assert not torch.equal(one[:, 0], one[:, 1])
    assert torch.equal(one, longer[..., :32])


@given(st.lists(st.integers(0, 20), min_size=2, max_size=CATEGORIES).filter(any))
def test_pick_follows_its_distribution(weights: list[int]) -> None:
    shares = torch.zeros(CATEGORIES)
    shares[: len(weights)] = torch.tensor(weights) / sum(weights)
    uniform = (torch.arange(4000) + 0.5) / 4000
    picked = pick(shares.view(1, 1, -1, 1).expand(1, 1, -1, 4000), uniform.view(1, 1, -1))
    counts = torch.bincount(picked.flatten(), minlength=CATEGORIES) / 4000
    torch.testing.assert_close(counts, shares, atol=1e-3, rtol=0)


@given(st.integers(0, 2**31), st.sampled_from([CLOSEST_TO_1, 0.5, 1e-7]))
def test_what_has_no_share_is_never_picked(seed: int, uniform: float) -> None:
    logits = 3 * torch.randn(1, 1, CATEGORIES, 50, generator=torch.Generator().manual_seed(seed))
    logits[:, :, 40:] = -torch.inf  # higher than the voice goes
    logits[:, :, 1:10] = -torch.inf
    shares = logits.softmax(2)
    picked = pick(shares, torch.full((1, 1, 50), uniform))
    assert (shares.gather(2, picked.unsqueeze(2)) > 0).all()


def test_a_note_is_attacked_where_its_pitch_is_new_or_a_repeat_is_drawn() -> None:
    cells = music(0)
    steps = cells.category.shape[2]
    wanted = torch.tensor([10, 10, 12, 12, 0, 0, 12, 12]).repeat(steps // 8)

    def propose(cells: Cells, shown: Tensor) -> tuple[Tensor, Tensor]:
        logits = torch.nn.functional.one_hot(wanted, CATEGORIES).T.float() * 1000
        return logits.expand(1, FREE, -1, -1), torch.zeros(1, FREE, steps)

    uniform = torch.full((1, 2, FREE, steps), 0.9)
    uniform[0, 1, 0] = 0.1  # the first free voice repeats all its notes
    filled, _ = fill(propose, cells, torch.ones(1, FREE, steps, dtype=torch.bool), uniform, 1.0)
    assert filled.category[0, 1, :8].tolist() == wanted[:8].tolist()
    assert filled.attack[0, 1, :8].tolist() == [True, True, True, True, False, False, True, True]
    assert filled.attack[0, 2, :8].tolist() == [True, False, True, False, False, False, True, False]


def test_training_masks_hide_every_share_in_cells_and_in_beats_and_sometimes_all() -> None:
    mask = training_mask(600, FREE, 32, torch.Generator().manual_seed(0))
    assert mask.shape == (600, FREE, 32) and mask.dtype == torch.bool
    shares = mask.float().mean((1, 2))
    everything = shares == 1
    assert 0.1 < everything.float().mean() < 0.25
    assert 0.4 < shares[~everything].mean() < 0.6 and shares.min() < 0.1
    beats = mask.unflatten(2, (-1, BEAT))
    in_beats = (beats.all(3) == beats.any(3)).flatten(1).all(1) & ~everything
    assert 0.1 < in_beats.float().mean() < 0.6
    assert torch.equal(mask, training_mask(600, FREE, 32, torch.Generator().manual_seed(0)))


@pytest.mark.parametrize("passes", [1, 2, 16])
def test_of_a_draft_the_free_cells_alone_are_hidden_and_written(passes: int) -> None:
    cells, spy = music(0, 1), Spy()
    free = everything(cells).clone()
    free[:, 0], free[..., :20], free[..., 40:] = False, False, False
    result = write_in_passes(spy, cells, free, draws([0, 1], passes, FREE, cells.category.shape[2]))
    assert torch.equal(spy.hidden()[0], free) and all((hidden <= free).all() for hidden in spy.hidden())
    kept = cells.shown(free)
    assert torch.equal(result.category[kept], cells.category[kept])
    assert torch.equal(result.attack[kept], cells.attack[kept])
    assert not torch.equal(result.category, cells.category)


def test_notes_keep_their_ends_and_beginnings_beside_the_same_pitch() -> None:
    cells = music(0)
    alone = cells.category[:, -FREE:, 17:18].expand(-1, -1, cells.category.shape[2])
    free = torch.zeros_like(alone, dtype=torch.bool)
    free[..., 8:24] = True
    draft = torch.cat([cells.category[:, :1], alone + 2 * free], 1)
    everywhere = replace(cells, category=draft, attack=cells.attack | moves(draft))

    def go_on(cells: Cells, shown: Tensor) -> tuple[Tensor, Tensor]:
        logits = torch.nn.functional.one_hot(alone, CATEGORIES).transpose(2, 3).float() * 1000
        return logits, torch.full(alone.shape, -10.0)

    struck = write_in_passes(go_on, everywhere, free, draws([0], 4, FREE, alone.shape[2])).attack[:, -FREE:]
    assert struck[..., 8].all() and not struck[..., 9:24].any()
    assert torch.equal(struck[..., 24:], everywhere.attack[:, -FREE:, 24:])
