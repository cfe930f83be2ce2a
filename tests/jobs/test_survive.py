"""Trainings and servers that are killed at random moments lose no epoch, leave nothing behind and end bit-equal."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.algorithms.registry import find_algorithm
from composer.cli.bench_survive import survive
from composer.evaluation.bench import Subject
from tests.fake_data import FAKE_SOURCE


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_killed_trainings_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path))
    toll = survive(Subject(find_algorithm("unet-gan"), FAKE_SOURCE.load(), None), trainer_kills=4, server_kills=2)
    assert (toll.lost, toll.unequal, toll.broken_by_server, toll.orphans, toll.partials) == (0, 0, 0, 0, 0)
    assert toll.untold == 0
    assert len(toll.seconds) == 2
