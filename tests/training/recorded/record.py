"""Trains the runs of this folder anew: `python -m tests.training.recorded.record [NAME ...]`, some minutes on one core.

Each line of a file is a row of metrics.jsonl with its figures rounded; README.md says what each run shows.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from composer.algorithms.models import WEIGHTS, shipped_models
from composer.algorithms.registry import find_algorithm
from composer.algorithms.unet_gan import UNetGANSettings
from composer.data.dataset import Dataset
from composer.data.registry import find_source
from composer.training.loop import train
from tests.made_up import tiny_dataset

FOLDER = Path(__file__).parent
MADE_UP: dict[str, dict[str, Any]] = {
    "too-slow": {"epochs": 10, "learning_rate": 1e-5},
    "explodes": {"epochs": 20, "learning_rate": 1e-2, "reconstruction_weight": 0.1, "penalty": 0.1},
    "critic-wins": {"epochs": 16, "update_ratio": 10, "reconstruction_weight": 0.1},
    "noise-says-nothing": {"epochs": 16, "noise_weight": 10.0},
    "too-little-music": {"epochs": 6},
}
"""Settings, but the defaults, of the runs that learn from eight made-up hymns."""
BY_HEART = UNetGANSettings(epochs=40, dropout=0.0, update_ratio=0, batch_size=8)
"""Settings of the run that learns two chorales by heart, beginning from the shipped model."""


def record(name: str) -> None:
    """Train the run called `name` and write its rows beside this file."""
    algorithm, start = find_algorithm("unet-gan"), None
    dataset, settings = tiny_dataset(train=8), UNetGANSettings(batch_size=8, **MADE_UP.get(name, {}))
    if name == "learned-by-heart":
        start, settings, dataset = shipped_models()["bach-unet-gan"] / WEIGHTS, BY_HEART, two_chorales()
    with tempfile.TemporaryDirectory() as home:
        os.environ["COMPOSER_HOME"] = home
        run = train(algorithm, dataset, settings, start=start, stop_when_converged=False)
        rows = [{key: round(value, 4) for key, value in row.items()} for row in run.metrics()]
    (FOLDER / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def two_chorales() -> Dataset:
    """The chorales with only the first two to learn from."""
    chorales = find_source("chorales").load()
    few = [piece for piece in chorales.pieces if piece.split == "train"][:2]
    return replace(chorales, pieces=(*few, *(piece for piece in chorales.pieces if piece.split == "valid")))


if __name__ == "__main__":
    for each in sys.argv[1:] or [*MADE_UP, "learned-by-heart"]:
        record(each)
