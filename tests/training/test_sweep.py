"""Sweeps: which settings are tried, and how what came of it is found again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.algorithms.registry import learners
from composer.algorithms.unet_gan import UNetGANSettings
from composer.errors import BadInput
from composer.training.loop import train
from composer.training.sweep import (
    GRID,
    MOST_RUNS,
    RANDOM,
    Range,
    all_sweeps,
    best_of,
    can_vary,
    forget_sweep,
    new_sweep,
    parse_range,
    points_of,
)
from tests.fake import FAKE, FakeTrainSettings, fake_world
from tests.fake_data import FAKE_SOURCE

__all__ = ["fake_world"]
FIELDS = {about.name: about for about in UNetGANSettings.fields()}
RATE, RATIO, DROPOUT = (FIELDS[name] for name in ("learning_rate", "update_ratio", "dropout"))


def test_a_log_scale_is_divided_by_factors_and_a_linear_one_evenly() -> None:
    assert Range(RATE, 1e-4, 1e-2).even(3) == [1e-4, 1e-3, 1e-2]
    assert Range(RATIO, 0, 4).even(3) == [0, 2, 4]
    assert Range(RATIO, 0, 1).even(5) == [0, 1], "whole numbers have no more values"
    assert Range(RATIO, values=(1, 5, 7)).even(2) == [1, 7]


@pytest.mark.parametrize(("runs", "shape"), [(8, (3, 2)), (9, (3, 3)), (2, (2, 1)), (20, (5, 4))])
def test_a_grid_holds_each_value_with_each_and_as_many_as_fit(runs: int, shape: tuple[int, int]) -> None:
    points = points_of([Range(RATE, 1e-4, 1e-2), Range(DROPOUT, 0, 0.5)], GRID, runs)
    for name, count in zip(("learning_rate", "dropout"), shape, strict=True):
        assert len({point[name] for point in points}) in (count, count - 1, count + 1)
    assert len(points) == len({tuple(point.values()) for point in points}) <= runs
    assert len(points) > runs // 2


@given(st.sampled_from([GRID, RANDOM]), st.integers(2, MOST_RUNS), st.sets(st.sampled_from(sorted(FIELDS)), max_size=3))
def test_every_point_is_allowed_and_different(kind: str, runs: int, names: set[str]) -> None:
    usable = [about for about in can_vary(UNetGANSettings) if about.name in names]
    ranges = [Range(about, about.minimum or 0, about.maximum or 0) for about in usable]
    if not ranges:
        return
    points = points_of(ranges, kind, runs, seed=3)
    assert 2 <= len(points) <= runs
    assert len({json.dumps(point) for point in points}) == len(points)
    for point in points:
        assert UNetGANSettings.from_dict(point).as_dict() | point == UNetGANSettings.from_dict(point).as_dict()


def test_random_points_come_from_the_seed() -> None:
    ranges = [Range(RATE, 1e-4, 1e-2), Range(RATIO, 0, 5)]
    assert points_of(ranges, RANDOM, 6, 1) == points_of(ranges, RANDOM, 6, 1) != points_of(ranges, RANDOM, 6, 2)


def test_a_range_is_read_from_a_command_line() -> None:
    assert parse_range(RATE, "0.001..0.004") == Range(RATE, 0.001, 0.004)
    assert parse_range(RATIO, "0, 2,5").even(9) == [0, 2, 5]
    for text in ("0.004..0.001", "0.001..9", "..", "fast", ""):
        with pytest.raises(BadInput, match="Learning rate"):
            parse_range(RATE, text)


@pytest.mark.parametrize(
    ("ranges", "runs", "words"),
    [
        ([], 4, "one to 3 settings"),
        ([Range(RATE, 1e-4, 1e-2)] * 4, 4, "one to 3 settings"),
        ([Range(RATE, 1e-4, 1e-2)], 1, "2 to 20 trainings"),
        ([Range(RATE, 1e-4, 1e-2)], 21, "2 to 20 trainings"),
        ([Range(RATIO, values=(3,))], 4, "single value"),
    ],
)
def test_what_is_no_sweep_is_refused(ranges: Sequence[Range], runs: int, words: str) -> None:
    for kind in (GRID, RANDOM):
        with pytest.raises(BadInput, match=words):
            points_of(ranges, kind, runs)


def test_every_learner_has_settings_to_vary() -> None:
    for algorithm in learners().values():
        names = [about.name for about in can_vary(algorithm.TrainSettings)]
        assert "learning_rate" in names and "epochs" not in names


def test_a_sweep_is_found_again_with_its_best_run(fake_world: Path) -> None:
    points = [{"update_ratio": value} for value in (0, 1, 2)]
    settings = [FakeTrainSettings(epochs=2, **point) for point in points]
    runs = [train(FAKE, FAKE_SOURCE.load(), each) for each in settings[:2]]
    rows = runs[1].metrics()
    rows[-1]["similarity"] = 0.01
    (runs[1].folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    new_sweep("fake", "fakes", GRID, points[:1], ["gone"])
    new_sweep("fake", "fakes", GRID, points, [*(run.id for run in runs), "not-begun"])
    newest, first = all_sweeps()
    assert (newest.number, first.number) == (2, 1)
    best = best_of(newest.outcomes())
    assert best is not None and best.run == runs[1] and best.point == {"update_ratio": 1}
    assert [found.epoch for found in newest.outcomes()] == [2, 2, 0] and best_of(first.outcomes()) is None
    forget_sweep(newest)
    assert all_sweeps() == [first] and runs[0].has_model()


def test_damaged_files_are_left_out(fake_world: Path) -> None:
    kept = new_sweep("fake", "fakes", GRID, [{"update_ratio": 1}], ["run"])
    folder = fake_world / "sweeps"
    whole = json.loads((folder / "0001.json").read_text())
    for number, text in enumerate(["{", "[]", json.dumps(whole), json.dumps(whole | {"number": 5, "runs": []})], 2):
        (folder / f"{number:04d}.json").write_text(text)
    assert all_sweeps() == [kept]
