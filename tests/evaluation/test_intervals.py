"""Intervals hold the true value about as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from composer.evaluation.intervals import Figure, mean_figure, ratio_figure, seeds_figure


def test_bootstrap_interval_covers_the_true_mean() -> None:
    random = np.random.default_rng(0)
    found = [mean_figure(random.normal(3.0, 1.0, 70).tolist(), seed) for seed in range(100)]
    covered = sum(f.low < 3.0 < f.high for f in found if f.low is not None and f.high is not None)
    assert 85 <= covered <= 99


def test_student_interval_covers_the_true_mean_even_for_three_seeds() -> None:
    random = np.random.default_rng(1)
    found = [seeds_figure(random.normal(3.0, 1.0, 3).tolist()) for _ in range(400)]
    covered = np.mean([f.low < 3.0 < f.high for f in found if f.low is not None and f.high is not None])
    assert 0.92 <= covered <= 0.98


def test_nan_is_left_out_and_ratio_weighs_by_length() -> None:
    assert mean_figure([1.0, float("nan"), 3.0]).value == 2
    assert ratio_figure([1.0, 9.0], [1.0, 3.0]).value == 2.5


def test_figures_read_well() -> None:
    assert str(Figure(0.5)) == "0.500"
    assert str(Figure(0.0065)) == "0.0065"
    assert str(Figure(0.5, 0.4, 0.6)) == "0.500 (0.400–0.600)"


def test_one_seed_has_no_interval_and_seven_are_refused() -> None:
    assert seeds_figure([0.5]) == Figure(0.5)
    with pytest.raises(ValueError, match="2 to 6"):
        seeds_figure([0.0] * 7)
