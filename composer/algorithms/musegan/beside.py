"""What stands beside a network among a model's weights, each kind of it under names that begin alike."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor


def part(weights: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The weights whose names begin with `prefix`, by the rest of their names."""
    return {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}


def without(weights: Mapping[str, Tensor], *prefixes: str) -> dict[str, Tensor]:
    """All weights but those whose names begin with any of `prefixes`."""
    return {name: value for name, value in weights.items() if not name.startswith(prefixes)}
