"""Performing: exact music forwards, gradients backwards, and losses that say how far a proposal is from real music."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from composer.algorithms.cells import CATEGORIES, Cells, encode
from composer.algorithms.performing import perform, reconstruction_losses
from composer.algorithms.unet import onehot
from tests.made_up import hymn

FREE = 3


def cells() -> Cells:
    return encode([hymn(0, 2, 0, 16, 4), hymn(1, 2)], 64)


def half_hidden(music: Cells) -> Tensor:
    chosen = torch.rand(len(music.inside), FREE, music.inside.shape[1], generator=torch.Generator().manual_seed(0))
    return (chosen < 0.5) & music.inside[:, None]


def proposal(music: Cells) -> tuple[Tensor, Tensor]:
    generator, steps = torch.Generator().manual_seed(1), music.inside.shape[1]
    logits = torch.randn(len(music.inside), FREE, CATEGORIES, steps, generator=generator) + 4 * onehot(music)[:, 1:]
    return logits.requires_grad_(), torch.randn(len(music.inside), FREE, steps, generator=generator).requires_grad_()


def played() -> tuple[Cells, Tensor, tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    music = cells()
    hidden, logits = half_hidden(music), proposal(music)
    fake = perform(onehot(music), music.attack, hidden, *logits, torch.Generator().manual_seed(2))
    return music, hidden, logits, fake


def test_what_the_critic_hears_is_music() -> None:
    _, _, _, (notes, attack) = played()
    torch.testing.assert_close(notes.amax(2), torch.ones_like(attack))
    torch.testing.assert_close(notes.sum(2), torch.ones_like(attack))
    torch.testing.assert_close(attack, attack.round())


def test_shown_cells_and_the_melody_are_as_they_were() -> None:
    music, hidden, _, (notes, attack) = played()
    kept = ~torch.nn.functional.pad(hidden, (0, 0, 1, 0))
    same = (notes == onehot(music)).all(2)
    assert same[kept].all() and not same[~kept].all()
    assert torch.equal(attack[:, 0].bool(), music.attack[:, 0])


def test_attacks_are_where_pitches_are_new_and_never_in_rests() -> None:
    _, _, _, (notes, attack) = played()
    category = notes.argmax(2)[:, 1:]
    new = category != torch.nn.functional.pad(category, (1, 0))[..., :-1]
    attacked = attack[:, 1:] > 0.5
    assert attacked[new & (category > 0)].all() and not attacked[category == 0].any()


def test_gradients_reach_the_hidden_proposals_and_no_others() -> None:
    _, hidden, (logits, repeat), (notes, attack) = played()
    weights = torch.randn(notes.shape, generator=torch.Generator().manual_seed(3))
    slopes = torch.autograd.grad((notes * weights).sum() + attack.sum(), (logits, repeat))
    reached = slopes[0].abs().sum(2) > 0
    assert reached[hidden].all() and not reached[~hidden].any()
    assert slopes[1].abs().sum() > 0 and not slopes[1][~hidden].any()


def test_the_same_generator_plays_the_same() -> None:
    assert torch.equal(played()[3][0], played()[3][0])


def test_losses_of_perfect_even_and_wrong_proposals() -> None:
    music = cells()
    hidden = half_hidden(music)
    right = onehot(music)[:, 1:]
    certain = torch.where(music.attack[:, 1:], 50.0, -50.0)
    perfect = reconstruction_losses(music, hidden, 100 * right, certain)
    even = reconstruction_losses(music, hidden, 0 * right, 0 * certain)
    wrong = reconstruction_losses(music, hidden, -100 * right, -certain)
    assert [float(loss) for loss in perfect.values()] == pytest.approx([0, 0], abs=1e-4)
    assert float(even["reconstruction"]) == pytest.approx(math.log(CATEGORIES), rel=1e-5)
    assert float(even["attack"]) == pytest.approx(math.log(2), rel=1e-5)
    assert float(wrong["reconstruction"]) > 50 and float(wrong["attack"]) > 40


def test_only_hidden_cells_are_judged_and_each_window_weighs_the_same() -> None:
    music = cells()
    hidden = torch.zeros(2, FREE, music.inside.shape[1], dtype=torch.bool)
    hidden[0, 0, 8:40] = True
    hidden[1, 2, 20] = True
    logits = onehot(music)[:, 1:] * 100
    logits[1] = 0  # the second window, with one hidden cell, is a guess
    losses = reconstruction_losses(music, hidden, logits, torch.zeros(2, FREE, music.inside.shape[1]))
    assert float(losses["reconstruction"]) == pytest.approx(math.log(CATEGORIES) / 2, rel=1e-4)


def test_nothing_hidden_is_no_loss() -> None:
    music = cells()
    hidden = torch.zeros(2, FREE, music.inside.shape[1], dtype=torch.bool)
    losses = reconstruction_losses(music, hidden, *proposal(music))
    assert [float(loss.detach()) for loss in losses.values()] == [0, 0]
