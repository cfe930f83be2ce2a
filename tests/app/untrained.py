"""A model for tests: the real algorithm with networks that have learned nothing, so that it is there in no time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors.torch import save_file

from composer.algorithms.base import ModelInfo
from composer.algorithms.models import WEIGHTS
from composer.algorithms.registry import find_algorithm
from composer.data.dataset import Dataset, Piece
from composer.music.arranger import BAND_PARTS, arrange
from composer.music.voices import Voices
from composer.training.run import Run, write_config

NAME, BAND = "untrained", "untrained-band"
PARTS = ("Soprano", "Alto", "Tenor", "Bass")


def write_untrained_run(home: Path) -> Run:
    """A run with a model among the runs of the data folder `home`."""
    pitch = np.repeat(np.array([[72], [65], [60], [48]]), 64, axis=1) + np.arange(64) // 8
    dataset = Dataset("chorales", PARTS, (Piece("scale", "train", Voices(pitch, np.zeros_like(pitch, bool))),))
    return _write_run(home, NAME, "unet-gan", dataset)


def write_untrained_band(home: Path) -> Run:
    """A run with a model for a band of six, drums among them."""
    scale = np.repeat(np.array([[72, 74, 76, 77, 79, 77, 76, 74]]), 16, axis=1)
    tune = Voices(scale, np.arange(scale.shape[1])[None] % 4 == 0)
    pieces = tuple(Piece(style, "train", arrange(tune, style, 1)) for style in ("rock", "pop"))
    return _write_run(home, BAND, "musegan", Dataset("band", BAND_PARTS, pieces))


def _write_run(home: Path, name: str, algorithm_name: str, dataset: Dataset) -> Run:
    algorithm = find_algorithm(algorithm_name)
    settings = algorithm.TrainSettings.from_dict({"epochs": 1})
    weights = algorithm.trainer(dataset, settings, seed=0).weights()
    run = Run(home / "runs" / name)
    run.folder.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in weights.items()}, run.folder / WEIGHTS)
    info = ModelInfo(algorithm.name, algorithm.version, dataset.name, "none", dataset.part_names, settings.as_dict())
    write_config(run, info, {})
    return run
