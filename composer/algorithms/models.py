"""Models on disk: a folder with config.json, model.safetensors and, for shipped ones, CARD.md. Nothing is unpickled."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from composer.algorithms.base import Model, ModelInfo
from composer.algorithms.registry import find_algorithm
from composer.errors import BadInput
from composer.paths import assets, home

CONFIG, WEIGHTS, CARD = "config.json", "model.safetensors", "CARD.md"


def shipped_models() -> dict[str, Path]:
    """The folders of the models that come with the program, by name."""
    return {path.parent.name: path.parent for path in sorted((assets() / "models").glob(f"*/{WEIGHTS}"))}


def imported_folder() -> Path:
    """Where models are kept that a person brought."""
    return home() / "models"


def imported_models() -> dict[str, Path]:
    """The folders of the models that a person brought, by name."""
    paths = sorted(imported_folder().glob(f"[!.]*/{WEIGHTS}"))
    return {path.parent.name: path.parent for path in paths}


def read_info(folder: Path) -> ModelInfo:
    """What the model in `folder` says of itself; raises BadInput where its config.json is missing or damaged."""
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        info = ModelInfo(**{field.name: config[field.name] for field in dataclasses.fields(ModelInfo)})
        info = dataclasses.replace(info, part_names=tuple(map(str, info.part_names)), settings=dict(info.settings))
        if not isinstance(info.algorithm, str) or not info.part_names:
            raise ValueError
        return info
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise BadInput(
            f"The model in “{folder.name}” has no readable {CONFIG}; choose another or train it again."
        ) from None


def load_model(folder: Path) -> Model:
    """The model in `folder`, ready to generate; raises BadInput where it is missing, damaged, foreign or too new.

    From then on this process computes with one thread, so that generating is quick beside a training, and the same
    everywhere.
    """
    info = read_info(folder)
    algorithm = find_algorithm(info.algorithm)
    if info.version != algorithm.version:
        raise BadInput(
            f"The model “{folder.name}” was made for version {info.version} of {algorithm.title}, this is version "
            f"{algorithm.version}; train it again."
        )
    try:
        weights = load_file(folder / WEIGHTS)
    except (OSError, SafetensorError, ValueError):
        raise BadInput(f"The file {WEIGHTS} of “{folder.name}” is missing or damaged; choose another model.") from None
    # Several threads wait for each other busily: beside a training on the same cores that took 30 s instead of 0.6 s.
    torch.set_num_threads(1)
    return algorithm.model(info, weights)
