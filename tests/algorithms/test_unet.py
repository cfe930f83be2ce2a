"""The U-Net: music of any length, and no seams."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from composer.algorithms.cells import CATEGORIES, Cells, encode
from composer.algorithms.layers import ChannelNorm, Doubling, TimeConvolution, fold_steps, initialise, unfold_steps
from composer.algorithms.unet import PATCH, STRIDE, NoiseEncoder, UNet, onehot
from tests.algorithms.conftest import small_network
from tests.made_up import hymn

BARS = 64
MIDDLE = BARS * 16 // 2
NETWORK = small_network()


def music(bars: int = BARS, filled_to: int = STRIDE) -> Cells:
    return encode([hymn(0, bars)], filled_to)


def propose(cells: Cells, network: UNet = NETWORK, notes: Tensor | None = None) -> Tensor:
    """All logits as (B, channels, T); the melody and the first half of each bar are shown."""
    shown = cells.inside[:, None] & (torch.arange(cells.category.shape[2]) % 16 < 8).expand_as(cells.category)
    noise = torch.ones(len(cells.category), network.noise.in_channels, cells.category.shape[2] // STRIDE)
    logits, repeat = network(onehot(cells) if notes is None else notes, cells.attack, shown, cells.place, noise)
    return torch.cat([logits.flatten(1, 2), repeat], 1)


def reach() -> tuple[int, int]:
    """How many steps before and after an output step the cells lie that it depends on, by its gradient."""
    cells = music()
    notes = onehot(cells).requires_grad_()
    spans = []
    for step in range(MIDDLE, MIDDLE + STRIDE):
        (slope,) = torch.autograd.grad(propose(cells, notes=notes)[..., step].sum(), notes)
        touched = slope.abs().amax((0, 1, 2)).nonzero().flatten()
        spans.append((step - int(touched.min()), int(touched.max()) - step))
    before, after = zip(*spans, strict=True)
    return max(before), max(after)


@pytest.fixture(scope="module")
def spans() -> tuple[int, int]:
    return reach()


def test_it_hears_some_bars_around_and_not_the_whole_piece(spans: tuple[int, int]) -> None:
    assert all(2 * STRIDE < span < MIDDLE - STRIDE for span in spans)


def test_far_away_edits_change_no_logit(spans: tuple[int, int]) -> None:
    cells, (before, after) = music(), spans
    other = encode([hymn(7, BARS, 3)], STRIDE)
    edited = dataclasses.replace(cells, category=cells.category.clone(), attack=cells.attack.clone())
    edited.category[..., MIDDLE:], edited.attack[..., MIDDLE:] = (
        other.category[..., MIDDLE:],
        other.attack[..., MIDDLE:],
    )
    one, two = propose(cells), propose(edited)
    assert torch.equal(one[..., : MIDDLE - after], two[..., : MIDDLE - after])
    assert not torch.equal(one[..., MIDDLE - 1], two[..., MIDDLE - 1])  # near ones do
    edited.category[..., :MIDDLE], edited.attack[..., :MIDDLE] = (
        other.category[..., :MIDDLE],
        other.attack[..., :MIDDLE],
    )
    edited.category[..., MIDDLE:], edited.attack[..., MIDDLE:] = (
        cells.category[..., MIDDLE:],
        cells.attack[..., MIDDLE:],
    )
    assert torch.equal(one[..., MIDDLE + before :], propose(edited)[..., MIDDLE + before :])


def test_a_longer_filling_changes_nothing_before_the_end(spans: tuple[int, int]) -> None:
    short, long = propose(music(24)), propose(music(24, filled_to=40 * 16))
    assert long.shape[2] == 40 * 16
    untouched = 24 * 16 - spans[1] - STRIDE
    assert untouched > 0
    torch.testing.assert_close(short[..., :untouched], long[..., :untouched])


@pytest.mark.parametrize("bars", [1, 2, 3, 7, 20])
def test_any_length_that_is_a_multiple_of_the_stride(bars: int) -> None:
    cells = encode([hymn(0, bars), hymn(1, bars)], STRIDE)
    steps = cells.category.shape[2]
    noise = torch.zeros(2, 4, steps // STRIDE)
    logits, repeat = NETWORK(onehot(cells), cells.attack, torch.ones_like(cells.attack), cells.place, noise)
    assert logits.shape == (2, 3, CATEGORIES, steps) and repeat.shape == (2, 3, steps)


def test_rows_of_a_batch_do_not_hear_each_other() -> None:
    one, two = encode([hymn(0, 4), hymn(1, 4)], STRIDE), encode([hymn(0, 4), hymn(5, 4)], STRIDE)
    assert torch.equal(propose(one)[0], propose(two)[0])


def test_hidden_cells_are_not_heard() -> None:
    cells = music(4)
    shown = torch.zeros_like(cells.attack)
    shown[:, 0] = True
    other = encode([hymn(5, 4)], STRIDE)
    notes = torch.cat([onehot(cells)[:, :1], onehot(other)[:, 1:]], 1)
    attack = torch.cat([cells.attack[:, :1], other.attack[:, 1:]], 1)
    noise = torch.zeros(1, 4, 4)
    first, second = (
        NETWORK(n, a, shown, cells.place, noise) for n, a in ((onehot(cells), cells.attack), (notes, attack))
    )
    assert torch.equal(first[0], second[0]) and torch.equal(first[1], second[1])


def test_looking_cells_up_is_the_entrance_of_all_their_channels() -> None:
    cells = encode([hymn(0, 4), hymn(1, 3)], STRIDE)
    shown = cells.shown(torch.rand(2, 3, 64, generator=torch.Generator().manual_seed(0)) < 0.5)
    channels = NETWORK.embedding(onehot(cells), cells.attack, shown, cells.place)
    heard = NETWORK.hearing(cells.place, NETWORK.cell_table())(cells.category, cells.attack, shown)
    torch.testing.assert_close(heard, NETWORK.entrance(fold_steps(channels, PATCH)))
    assert heard.std() > 0.1


@pytest.mark.parametrize("steps", [1, 8, 40])
@pytest.mark.parametrize(
    "layer",
    [
        TimeConvolution(5, 7, 3, padding=1),
        TimeConvolution(5, 7, 3, padding=2, dilation=2),
        TimeConvolution(5, 7, 2, stride=2, padding=1),
        TimeConvolution(5, 7, 1),
        Doubling(5, 7),
    ],
    ids=["three", "dilated", "halving", "one", "doubling"],
)
def test_a_layer_does_the_same_in_and_out_of_training(layer: TimeConvolution | Doubling, steps: int) -> None:
    x = torch.randn(2, 5, steps, generator=torch.Generator().manual_seed(1))
    learning = layer.train()(x)
    torch.testing.assert_close(layer.eval()(x), learning)


def test_noise_is_heard_near_its_bar() -> None:
    cells = music(16)
    shown = torch.ones_like(cells.attack)
    noise = torch.zeros(1, 4, 16)
    quiet = NETWORK(onehot(cells), cells.attack, shown, cells.place, noise)[0]
    noise[..., 8] = 1
    loud = NETWORK(onehot(cells), cells.attack, shown, cells.place, noise)[0]
    changed = (quiet != loud).flatten(0, 2).any(0)
    assert changed[8 * STRIDE : 9 * STRIDE].all()


def test_the_noise_encoder_names_a_bounded_gaussian_a_bar() -> None:
    cells = music(5)
    mean, log_variance = NoiseEncoder(4, 6)(onehot(cells), cells.attack, cells.place)
    assert mean.shape == log_variance.shape == (1, 6, 5)
    assert log_variance.abs().max() < 10


def test_the_norm_looks_at_each_step_alone() -> None:
    x = torch.randn(2, 8, 10, generator=torch.Generator().manual_seed(0))
    whole = ChannelNorm(8)(x)
    torch.testing.assert_close(whole[..., 3:4], ChannelNorm(8)(x[..., 3:4]))
    torch.testing.assert_close(whole.square().mean(1), torch.ones(2, 10), atol=1e-3, rtol=0)


def test_folding_steps_is_undone() -> None:
    x = torch.arange(24.0).view(1, 2, 12)
    folded = fold_steps(x, 4)
    assert folded.shape == (1, 8, 3) and sorted(folded[0, :, 1].tolist()) == [4, 5, 6, 7, 16, 17, 18, 19]
    assert torch.equal(unfold_steps(folded, 4), x)


def test_a_seed_decides_all_weights_whatever_was_drawn_before() -> None:
    networks = []
    for elsewhere in (1, 2):
        torch.manual_seed(elsewhere)
        network = UNet(4, 4, widths=(8, 8, 8, 8))
        initialise(network, torch.Generator().manual_seed(3))
        networks.append(network.state_dict())
    assert all(torch.equal(value, networks[1][name]) for name, value in networks[0].items())
