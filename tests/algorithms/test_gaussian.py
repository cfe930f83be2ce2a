"""Reckoning with bell curves agrees with their samples, and a blend of unit noise is unit noise."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from composer.algorithms.gaussian import Gaussian, blend, blend_words, mixture

means, variances, factors = st.floats(-5, 5), st.floats(0, 9), st.floats(-3, 3)
gaussians = st.builds(Gaussian, means, variances)
weights = st.floats(0, 1)
NORMAL = np.random.default_rng(0).standard_normal((2, 40_000))


def close(one: Gaussian, other: Gaussian) -> bool:
    return math.isclose(one.mean, other.mean, abs_tol=1e-9) and math.isclose(one.variance, other.variance, abs_tol=1e-9)


@given(gaussians, gaussians, factors)
def test_sums_and_factors_are_those_of_samples(one: Gaussian, other: Gaussian, factor: float) -> None:
    first, second = (each.mean + each.deviation * row for each, row in zip((one, other), NORMAL, strict=True))
    sample, told = first + factor * second, one + factor * other
    assert sample.mean() == pytest.approx(told.mean, abs=0.03 * (1 + told.deviation))
    assert sample.var() == pytest.approx(told.variance, rel=0.05, abs=1e-9)


@given(gaussians, gaussians, gaussians, factors)
def test_the_rules_of_sums_hold(one: Gaussian, other: Gaussian, third: Gaussian, factor: float) -> None:
    assert close(one + other, other + one)
    assert close((one + other) + third, one + (other + third))
    assert close(factor * (one + other), one * factor + other * factor)
    assert close(one + Gaussian(0, 0), one)


@given(means, st.floats(1e-6, 9))
def test_scaled_to_unit_it_has_a_variance_of_one(mean: float, variance: float) -> None:
    scaled = Gaussian(mean, variance).scaled_to_unit()
    assert scaled.variance == 1 and scaled.mean == pytest.approx(mean / math.sqrt(variance))


@pytest.mark.parametrize(("mean", "variance"), [(0, -1e-9), (math.nan, 1), (0, math.inf)])
def test_what_is_no_gaussian_is_refused(mean: float, variance: float) -> None:
    with pytest.raises(ValueError, match="no Gaussian"):
        Gaussian(mean, variance)


def test_no_factor_makes_a_constant_vary() -> None:
    with pytest.raises(ValueError, match="variance of 0"):
        Gaussian(2, 0).scaled_to_unit()


@given(weights)
def test_a_blend_of_unit_noise_is_unit_noise(weight: float) -> None:
    mixed = blend(torch.from_numpy(NORMAL), weight).numpy()
    assert mixed.shape == (1, 40_000)
    assert mixed.mean() == pytest.approx(0, abs=0.03) and mixed.var() == pytest.approx(1, abs=0.05)
    assert mixture(weight).variance == pytest.approx(weight**2 + (1 - weight) ** 2)


def test_the_ends_of_a_blend_are_the_noises_themselves() -> None:
    pair = torch.randn(2, 16, 8, generator=torch.Generator().manual_seed(3))
    assert torch.equal(blend(pair, 0.0), pair[:1]) and torch.equal(blend(pair, 1.0), pair[1:])


def test_the_sum_is_told_in_words() -> None:
    assert blend_words("noise A", "noise B", 0.3) == (
        "0.7 × noise A + 0.3 × noise B has variance 0.7² + 0.3² = 0.58; divided by 0.76, it is 1 again."
    )
