"""Bell curves as numbers to reckon with, and what they say about mixing the noise of two takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Gaussian:
    """The normal distribution with this `mean` and `variance`; the unit Gaussian where nothing is said.

    Sums are of independent ones: means add up, and so do variances. A factor scales the mean, and its square the
    variance. Raises ValueError for a variance below 0 or a number that isn't finite.
    """

    mean: float = 0.0
    variance: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.mean) and math.isfinite(self.variance) and self.variance >= 0):
            raise ValueError(f"a mean of {self.mean} and a variance of {self.variance} make no Gaussian")

    @property
    def deviation(self) -> float:
        """The standard deviation, the root of the variance."""
        return math.sqrt(self.variance)

    def __add__(self, other: Gaussian) -> Gaussian:
        return Gaussian(self.mean + other.mean, self.variance + other.variance)

    def __mul__(self, factor: float) -> Gaussian:
        return Gaussian(factor * self.mean, factor**2 * self.variance)

    __rmul__ = __mul__

    def scaled_to_unit(self) -> Gaussian:
        """This one divided by its deviation, so that the variance is 1; raises ValueError where the variance is 0."""
        if not self.variance:
            raise ValueError("a variance of 0 can't be scaled to 1")
        return Gaussian(self.mean / self.deviation, 1.0)


def mixture(weight: float) -> Gaussian:
    """What (1 - weight) x one unit noise + weight x another, independent one is, for a weight from 0 to 1."""
    return (1 - weight) * Gaussian() + weight * Gaussian()


def blend(pair: Tensor, weight: float) -> Tensor:
    """Two draws of unit noise (2, ...), mixed and divided so that the mix (1, ...) is unit noise again.

    A weight of 0 is the first, bit for bit, and 1 the second; the networks never see noise of another size than they
    learned with (an average alone is too small: at 0.5 it has half the variance).
    """
    return ((1 - weight) * pair[:1] + weight * pair[1:]) / mixture(weight).deviation


def blend_words(first: str, second: str, weight: float) -> str:
    """The sum behind `blend` in words and numbers, for two noises called by these names."""
    mixed = mixture(weight)
    return (
        f"{1 - weight:.1f} × {first} + {weight:.1f} × {second} has variance "
        f"{1 - weight:.1f}² + {weight:.1f}² = {mixed.variance:.2f}; divided by {mixed.deviation:.2f}, "
        f"it is {mixed.scaled_to_unit().variance:.0f} again."
    )
