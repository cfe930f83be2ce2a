"""The critic: one score a window, and a penalty on slopes other than 1."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from composer.algorithms.cells import CATEGORIES, PLACES, encode
from composer.algorithms.critic import WINDOW, Critic, gradient_penalty
from composer.algorithms.layers import initialise
from composer.algorithms.unet import onehot
from tests.made_up import hymn


def critic() -> Critic:
    network = Critic(4)
    initialise(network, torch.Generator().manual_seed(0))
    return network


def inputs(*seeds: int, bars: int = 4) -> tuple[Tensor, Tensor, Tensor]:
    cells = encode([hymn(seed, bars) for seed in seeds], WINDOW)
    return onehot(cells), cells.attack, cells.place


def test_it_scores_each_window_once() -> None:
    assert critic()(*inputs(0, 1, 2, bars=6)).shape == (3, 3)


def test_it_has_four_convolutions_and_a_dense_layer() -> None:
    kinds = [type(module).__name__ for module in critic().modules()]
    assert (kinds.count("Conv1d"), kinds.count("Linear")) == (4, 1)


def test_a_score_depends_on_its_own_window_alone() -> None:
    network, (notes, attack, place) = critic(), inputs(0)
    other, other_attack, _ = inputs(9)
    notes[..., WINDOW:], attack[..., WINDOW:] = other[..., WINDOW:], other_attack[..., WINDOW:]
    before, after = network(*inputs(0)), network(notes, attack, place)
    assert torch.equal(before[:, 0], after[:, 0]) and not torch.equal(before[:, 1], after[:, 1])


def test_whole_pieces_and_their_windows_score_alike() -> None:
    network, (notes, attack, place) = critic(), inputs(0)
    second = network(notes[..., WINDOW:], attack[..., WINDOW:], place[..., WINDOW:])
    torch.testing.assert_close(network(notes, attack, place)[:, 1:], second)


def test_attacks_and_places_are_heard() -> None:
    network, (notes, attack, place) = critic(), inputs(0)
    assert not torch.equal(network(notes, attack, place), network(notes, ~attack, place))
    assert not torch.equal(network(notes, attack, place), network(notes, attack, place * 0))


def straight(slope: float) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """A critic whose score of each window rises by `slope` along one direction through notes and attacks."""
    direction = torch.randn(4, CATEGORIES + 1, WINDOW, generator=torch.Generator().manual_seed(0))
    direction *= slope / direction.norm()

    def score(notes: Tensor, attack: Tensor, place: Tensor) -> Tensor:
        x = torch.cat([notes, attack.unsqueeze(2)], 2)
        return torch.einsum("bvpwt,vpt->bw", x.unflatten(3, (-1, WINDOW)), direction)

    return score


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0, 3.0])
def test_the_penalty_is_the_squared_distance_of_the_slope_from_1(slope: float) -> None:
    (real, real_attack, place), (fake, fake_attack, _) = inputs(0, 1), inputs(2, 3)
    pair = (real, real_attack.float()), (fake, fake_attack.float())
    penalty = gradient_penalty(straight(slope), *pair, place, torch.Generator().manual_seed(0))  # type: ignore[arg-type]
    assert float(penalty) == pytest.approx((slope - 1) ** 2, abs=1e-5)


def test_the_penalty_teaches_the_critic() -> None:
    network, (real, attack, place), (fake, fake_attack, _) = critic(), inputs(0, 1), inputs(2, 3)
    optimiser = torch.optim.Adam(network.parameters(), 1e-3)
    penalties = []
    for _ in range(40):
        generator = torch.Generator().manual_seed(0)
        penalty = gradient_penalty(network, (real, attack.float()), (fake, fake_attack.float()), place, generator)
        optimiser.zero_grad()
        penalty.backward()
        optimiser.step()
        penalties.append(float(penalty.detach()))
    assert penalties[-1] < penalties[0] / 2


def test_places_are_as_many_as_stated() -> None:
    assert inputs(0)[2].shape[1] == PLACES
