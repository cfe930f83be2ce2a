"""Models on disk: loaded as they were saved, or refused in one sentence."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from composer.algorithms.accompanist import Accompanist, AccompanySettings
from composer.algorithms.base import ModelInfo
from composer.algorithms.models import CONFIG, WEIGHTS, load_model, read_info, shipped_models
from composer.algorithms.registry import find_algorithm
from composer.algorithms.unet_gan import UNetGANSettings
from composer.errors import BadInput
from tests.made_up import PARTS, hymn, same

INFO = ModelInfo("unet-gan", 1, "tiny", "0123456789abcdef", PARTS, UNetGANSettings().as_dict(), 3)


@pytest.fixture
def folder(trained_model: Accompanist, tmp_path: Path) -> Path:
    """A saved model, in a folder of its own."""
    home = tmp_path / "my-model"
    home.mkdir()
    (home / CONFIG).write_text(json.dumps(dataclasses.asdict(INFO) | {"note": "more is allowed"}), encoding="utf-8")
    weights = dict(trained_model.network.state_dict()) | {"ranges": trained_model.ranges}
    save_file({name: value.contiguous() for name, value in weights.items()}, home / WEIGHTS)
    return home


def test_a_model_on_disk_plays_what_it_played_before(folder: Path, trained_model: Accompanist) -> None:
    melody = hymn(11, 2).select([0])
    takes = [model.generate(melody, AccompanySettings(takes=2), 4) for model in (load_model(folder), trained_model)]
    assert all(map(same, *takes))


def test_its_info_comes_back(folder: Path) -> None:
    assert read_info(folder) == INFO


def edit(**changes: Any) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8")) | changes
        kept = {name: value for name, value in config.items() if value is not ...}
        (folder / CONFIG).write_text(json.dumps(kept), encoding="utf-8")

    return change


def spoil(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def halve(folder: Path) -> None:
    whole = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(whole[: len(whole) // 2])


def foreign_tensors(folder: Path) -> None:
    save_file({"weight": torch.zeros(3)}, folder / WEIGHTS)


def doubled(folder: Path) -> None:
    save_file({name: value.double() for name, value in load_file(folder / WEIGHTS).items()}, folder / WEIGHTS)


FAULTS: dict[str, Callable[[Path], object]] = {
    "no config": lambda folder: (folder / CONFIG).unlink(),
    "no weights": lambda folder: (folder / WEIGHTS).unlink(),
    "weights are a folder": lambda folder: ((folder / WEIGHTS).unlink(), (folder / WEIGHTS).mkdir()),
    "empty config": spoil(CONFIG, b""),
    "config is not text": spoil(CONFIG, bytes(range(256))),
    "config is a list": spoil(CONFIG, b"[1, 2]"),
    "config is a number": spoil(CONFIG, b"7"),
    "config lacks settings": edit(settings=...),
    "config lacks its algorithm": edit(algorithm=...),
    "older version": edit(version=0),
    "newer version": edit(version=2),
    "unknown algorithm": edit(algorithm="wavenet"),
    "algorithm is a list": edit(algorithm=["unet-gan"]),
    "settings of another kind": edit(settings={"hidden_layers": 3}),
    "settings are a number": edit(settings=5),
    "settings out of range": edit(settings={"noise_size": -4}),
    "settings of another network": edit(settings={"noise_size": 5}),
    "other parts": edit(part_names=["Melody", "Bass"]),
    "no parts": edit(part_names=[]),
    "parts are a number": edit(part_names=4),
    "empty weights": spoil(WEIGHTS, b""),
    "garbage weights": spoil(WEIGHTS, bytes(range(256)) * 40),
    "a zip, as a pickle would be": spoil(WEIGHTS, b"PK\x03\x04" + bytes(400)),
    "half the weights": halve,
    "foreign weights": foreign_tensors,
    "weights of another kind": doubled,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_damaged_or_foreign_model_is_refused_in_one_sentence(folder: Path, fault: str) -> None:
    FAULTS[fault](folder)
    with pytest.raises(BadInput) as refusal:
        load_model(folder)
    sentence = str(refusal.value)
    assert sentence.endswith(".") and sentence.count(". ") == 0 and "\n" not in sentence
    assert len(sentence) < 250


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nowhere"):
        load_model(tmp_path / "nowhere")


@pytest.mark.parametrize("name", shipped_models())
def test_every_shipped_model_loads_and_has_its_papers(name: str) -> None:
    folder = shipped_models()[name]
    load_model(folder)
    info = read_info(folder)
    assert (info.settings or not find_algorithm(info.algorithm).learns) and (folder / "CARD.md").is_file()
    assert (folder / WEIGHTS).stat().st_size <= 24e6


def test_shipped_models_are_a_small_download_together() -> None:
    assert sum((folder / WEIGHTS).stat().st_size for folder in shipped_models().values()) <= 60e6
