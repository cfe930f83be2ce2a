"""State: everything a training depends on goes out and comes back, and what is foreign is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from composer.algorithms.state import Average, gather, scatter
from composer.errors import BadInput


class Training:
    """A linear network that learns random numbers."""

    def __init__(self, seed: int, size: int = 5) -> None:
        torch.manual_seed(seed)
        self.network = nn.Linear(size, 3)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), 1e-2)
        self.average = Average(self.network, decay=0.9)
        self.random = torch.Generator().manual_seed(seed)

    def learn(self, updates: int) -> None:
        for _ in range(updates):
            x = torch.randn(8, self.network.in_features, generator=self.random)
            self.optimiser.zero_grad()
            self.network(x).square().mean().backward()
            self.optimiser.step()
            self.average.update()

    def parts(self) -> tuple[dict, dict, dict, torch.Generator]:
        return {"net": self.network}, {"net": self.optimiser}, {"net": self.average}, self.random

    def gather(self) -> dict[str, Tensor]:
        return gather(*self.parts())

    def scatter(self, state: dict[str, Tensor]) -> None:
        scatter(state, *self.parts())


def equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(value, other[name]) for name, value in one.items())


@pytest.mark.parametrize("before", [0, 1, 7])
def test_a_restored_training_goes_on_bit_for_bit(before: int, tmp_path: Path) -> None:
    one, other = Training(1), Training(2)
    one.learn(before)
    save_file(one.gather(), tmp_path / "state.safetensors")
    one.learn(5)
    other.learn(3)
    other.scatter(load_file(tmp_path / "state.safetensors"))
    other.learn(5)
    assert equal(one.gather(), other.gather())


def test_a_restored_state_is_a_copy() -> None:
    one, other = Training(1), Training(2)
    one.learn(2)
    kept = {name: value.clone() for name, value in one.gather().items()}
    other.scatter(kept)
    before = {name: value.clone() for name, value in kept.items()}
    other.learn(2)
    assert equal(kept, before)


@pytest.mark.parametrize("missing", ["net.weight", "average.net.bias", "average.net", "random"])
def test_an_incomplete_state_is_refused(missing: str) -> None:
    training = Training(1)
    training.learn(1)
    state = training.gather()
    del state[missing]
    with pytest.raises(BadInput, match="another version"):
        training.scatter(state)


def test_a_state_of_another_size_is_refused() -> None:
    other = Training(1, size=6)
    other.learn(1)
    with pytest.raises(BadInput, match="another version"):
        Training(1).scatter(other.gather())


def test_a_damaged_random_state_is_refused() -> None:
    training = Training(1)
    with pytest.raises(BadInput, match="another version"):
        training.scatter(training.gather() | {"random": torch.zeros(7, dtype=torch.uint8)})


def test_an_average_follows_and_smooths() -> None:
    network = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        network.weight.fill_(0.0)
        average = Average(network, decay=0.9)
        path = []
        for step in range(200):
            network.weight.fill_(1.0 + (-1) ** step)
            average.update()
            path.append(float(average.weights["weight"]))
    assert 0.8 < path[-1] < 1.2 and abs(path[-1] - path[-2]) < 0.25
    assert float(network.weight.detach()) in (0.0, 2.0)  # the network itself is left alone
