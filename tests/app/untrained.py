"""A model for tests: the real algorithm with networks that have learned nothing, so that it is there in no time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors.torch import save_file

from composer.algorithms.base import ModelInfo
from composer.algorithms.models import WEIGHTS
from composer.algorithms.registry import find_algorithm
from composer.data.dataset import Dataset, Piece
from composer.music.voices import Voices
from composer.training.run import Run, write_config

NAME = "untrained"
PARTS = ("Soprano", "Alto", "Tenor", "Bass")


def write_untrained_run(home: Path) -> Run:
    """A run with a model among the runs of the data folder `home`."""
    algorithm = find_algorithm("unet-gan")
    settings = algorithm.TrainSettings.from_dict({"epochs": 1})
    pitch = np.repeat(np.array([[72], [65], [60], [48]]), 64, axis=1) + np.arange(64) // 8
    dataset = Dataset("chorales", PARTS, (Piece("scale", "train", Voices(pitch, np.zeros_like(pitch, bool))),))
    weights = algorithm.trainer(dataset, settings, seed=0).weights()
    run = Run(home / "runs" / NAME)
    run.folder.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in weights.items()}, run.folder / WEIGHTS)
    info = ModelInfo(algorithm.name, algorithm.version, "chorales", "none", PARTS, settings.as_dict())
    write_config(run, info, {})
    return run
