"""All that a training depends on, as named tensors: weights, optimisers and random states, for one safetensors file."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from composer.errors import BadInput


class Average:
    """An exponential moving average of a network's weights, for generating with (Polyak and Juditsky 1992).

    Early on it forgets faster, so that the first epochs are heard as they are. It takes the place of a falling
    learning rate, which would tie a run to a number of epochs fixed beforehand.
    """

    def __init__(self, network: nn.Module, decay: float = 0.998) -> None:
        self.decay = decay
        self.network = network
        self.updates = torch.zeros((), dtype=torch.int64)
        self.weights = {name: value.detach().clone() for name, value in network.state_dict().items()}

    @torch.no_grad()
    def update(self) -> None:
        """Move the average towards the network's weights as they are now."""
        self.updates += 1
        decay = min(self.decay, (1 + int(self.updates)) / (10 + int(self.updates)))
        torch._foreach_lerp_(list(self.weights.values()), list(self.network.state_dict().values()), 1 - decay)


def gather(
    networks: Mapping[str, nn.Module],
    optimisers: Mapping[str, torch.optim.Optimizer],
    averages: Mapping[str, Average],
    generator: torch.Generator,
) -> dict[str, Tensor]:
    """One flat dictionary of everything, with names like `critic.dense.weight` and `optimiser.critic.3.exp_avg`."""
    state = {f"{name}.{key}": value for name, net in networks.items() for key, value in net.state_dict().items()}
    for name, optimiser in optimisers.items():
        for index, slots in optimiser.state_dict()["state"].items():
            state |= {f"optimiser.{name}.{index}.{slot}": value for slot, value in slots.items()}
    for name, average in averages.items():
        state |= {f"average.{name}.{key}": value for key, value in average.weights.items()}
        state[f"average.{name}"] = average.updates
    return {key: value.detach().contiguous() for key, value in state.items()} | {"random": generator.get_state()}


def scatter(
    state: Mapping[str, Tensor],
    networks: Mapping[str, nn.Module],
    optimisers: Mapping[str, torch.optim.Optimizer],
    averages: Mapping[str, Average],
    generator: torch.Generator,
) -> None:
    """Put a `gather`ed state back; raises BadInput where it belongs to other networks."""
    try:
        for name, network in networks.items():
            network.load_state_dict(_under(state, f"{name}."))
        for name, optimiser in optimisers.items():
            _restore_optimiser(optimiser, _under(state, f"optimiser.{name}."))
        for name, average in averages.items():
            saved = _under(state, f"average.{name}.")
            average.weights = {key: saved[key].clone() for key in average.weights}
            average.updates = state[f"average.{name}"].clone()
        generator.set_state(state["random"])
    except (KeyError, RuntimeError, ValueError):
        raise BadInput(
            "This checkpoint belongs to another version of the program; delete the run and train again."
        ) from None


def _under(state: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}


def _restore_optimiser(optimiser: torch.optim.Optimizer, flat: Mapping[str, Tensor]) -> None:
    slots: dict[int, dict[str, Tensor]] = {}
    for key, value in flat.items():
        index, slot = key.split(".")
        slots.setdefault(int(index), {})[slot] = value.clone()
    optimiser.load_state_dict({"state": slots, "param_groups": optimiser.state_dict()["param_groups"]})
