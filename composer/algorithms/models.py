"""Models on disk: a folder with config.json, model.safetensors and, for shipped ones, CARD.md. Nothing is unpickled."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file

from composer.algorithms.base import Model, ModelInfo
from composer.algorithms.registry import find_algorithm
from composer.errors import BadInput
from composer.paths import assets

CONFIG, WEIGHTS = "config.json", "model.safetensors"


def shipped_models() -> dict[str, Path]:
    """The folders of the models that come with the program, by name."""
    return {path.parent.name: path.parent for path in sorted((assets() / "models").glob(f"*/{WEIGHTS}"))}


def read_info(folder: Path) -> ModelInfo:
    """What the model in `folder` says of itself; raises BadInput where its config.json is missing or damaged."""
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        values = {field.name: config[field.name] for field in dataclasses.fields(ModelInfo)}
        return ModelInfo(**values | {"part_names": tuple(values["part_names"])})
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(
            f"The model in “{folder.name}” has no readable {CONFIG}; choose another or train it again."
        ) from None


def load_model(folder: Path) -> Model:
    """The model in `folder`, ready to generate; raises BadInput where it is missing, damaged, foreign or too new."""
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
    return algorithm.model(info, weights)
