"""A model as one file: it comes in as it went out, and whatever is no sound model is refused in a sentence."""

from __future__ import annotations

import io
import json
import stat
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load, save, save_file

from composer.algorithms.critic import Critic
from composer.algorithms.models import CARD, CONFIG, WEIGHTS, imported_folder, imported_models, load_model
from composer.algorithms.registry import find_algorithm
from composer.errors import BadInput
from composer.music.voices import Voices
from composer.training import model_file
from composer.training.critic_file import CRITIC
from composer.training.model_file import pack, unpack
from composer.training.run import METRICS
from tests.app.untrained import write_untrained_band, write_untrained_run


@pytest.fixture(scope="module")
def choir(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a small sound model."""
    home = tmp_path_factory.mktemp("choir")
    return entries(pack(write_untrained_run(home).folder))


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path))
    return tmp_path


def entries(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: Mapping[str, bytes], mode: int = 0, kind: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, content, kind)
    return out.getvalue()


def brought(data: bytes, name: str = "choir.zip") -> Path:
    return unpack(io.BytesIO(data), name)


def edited(choir: Mapping[str, bytes], **changes: Any) -> dict[str, bytes]:
    config = json.loads(choir[CONFIG]) | changes
    return {**choir, CONFIG: json.dumps(config).encode()}


def test_it_comes_in_as_it_went_out_and_makes_the_same_music(home: Path) -> None:
    run = write_untrained_band(home)
    folder = brought(pack(run.folder), "My Band (2).zip")
    assert folder == imported_folder() / "my-band-2" == imported_models()["my-band-2"]
    assert all((folder / name).read_bytes() == (run.folder / name).read_bytes() for name in (CONFIG, WEIGHTS))
    tune = Voices(np.full((1, 32), 72, np.int16), np.arange(32)[None] % 8 == 0)
    one, other = load_model(run.folder), load_model(folder)
    settings = find_algorithm("musegan").GenerateSettings()
    assert np.array_equal(one.generate(tune, settings, 1)[0].notes, other.generate(tune, settings, 1)[0].notes)


def test_the_same_model_gives_the_same_file(home: Path) -> None:
    run = write_untrained_run(home)
    assert pack(run.folder) == pack(run.folder)


def test_its_critic_travels_along(home: Path) -> None:
    run = write_untrained_run(home)
    save_file(Critic(4).state_dict(), run.folder / CRITIC)
    folder = brought(pack(run.folder))
    assert (folder / CRITIC).read_bytes() == (run.folder / CRITIC).read_bytes()


@pytest.mark.parametrize(
    ("critic", "words"),
    [
        (b"nothing", "damaged"),
        (save(Critic(3).state_dict()), "another model"),
        (save({"a": torch.tensor([torch.nan])}), "not all numbers"),
    ],
)
def test_a_critic_that_is_none_is_refused(choir: dict[str, bytes], critic: bytes, words: str) -> None:
    refused(zipped({**choir, CRITIC: critic}), words)


def test_its_card_tells_settings_and_figures(home: Path) -> None:
    run = write_untrained_run(home)
    (run.folder / METRICS).write_text('{"epoch": 9, "similarity": 0.125, "generator": 0.5}\n')
    card = entries(pack(run.folder, "My choir"))[CARD].decode()
    assert card.startswith("# My choir") and "Learning rate" in card and "9 epochs" in card and "0.125" in card
    (run.folder / CARD).write_text("# Its own card")
    assert entries(pack(run.folder))[CARD] == b"# Its own card"


def test_a_run_without_a_model_is_not_packed(home: Path) -> None:
    run = write_untrained_run(home)
    (run.folder / WEIGHTS).unlink()
    with pytest.raises(BadInput, match="no finished model"):
        pack(run.folder)


def test_a_card_is_not_needed_and_names_do_not_collide(choir: dict[str, bytes]) -> None:
    without = {name: choir[name] for name in (CONFIG, WEIGHTS)}
    assert brought(zipped(without), "bach-unet-gan.zip").name == "bach-unet-gan-2", "that name is shipped"
    assert brought(zipped(edited(choir, seed=1)), "bach-unet-gan.zip").name == "bach-unet-gan-3"


def test_the_same_model_is_not_taken_in_twice(choir: dict[str, bytes]) -> None:
    brought(zipped(choir))
    refused(zipped(choir), "here already; it is called “choir”")


def refused(data: bytes, words: str) -> None:
    before = imported_models()
    with pytest.raises(BadInput) as refusal:
        brought(data)
    sentence = str(refusal.value)
    assert words in sentence and sentence.endswith((".", "!")) and "\n" not in sentence and len(sentence) < 260
    assert imported_models() == before
    assert not imported_folder().exists() or {path.name for path in imported_folder().iterdir()} == set(before)


def test_a_bomb_is_refused(choir: dict[str, bytes]) -> None:
    refused(zipped({**choir, WEIGHTS: bytes(50_000_000)}, kind=zipfile.ZIP_DEFLATED), "200 times")


def test_a_size_that_lies_does_not_help(choir: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(model_file.LIMITS, WEIGHTS, 1000)
    refused(zipped(choir), "larger than that of any model")
    monkeypatch.setattr(model_file, "MAX_FILE_BYTES", 1000)
    refused(zipped(choir), "larger than")


def test_a_lying_entry_is_told_as_damage(choir: dict[str, bytes]) -> None:
    data = zipped({**choir, CARD: b"x" * 77_777}, kind=zipfile.ZIP_DEFLATED)
    refused(data.replace(struct.pack("<L", 77_777), struct.pack("<L", 7)), "damaged")


@pytest.mark.parametrize("name", ["notes.txt", "sub/model.safetensors", "MODEL.SAFETENSORS", "model.pt"])
def test_other_files_are_refused(choir: dict[str, bytes], name: str) -> None:
    refused(zipped({**choir, name: b"x"}), "other files than a model's")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice_is_refused(choir: dict[str, bytes]) -> None:
    out = io.BytesIO(zipped(choir))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(CONFIG, choir[CONFIG])
    refused(out.getvalue(), "other files than a model's")


def test_very_many_files_are_refused(choir: dict[str, bytes]) -> None:
    refused(zipped({**choir, **{f"{number}.txt": b"" for number in range(500)}}), "other files than a model's")


@pytest.mark.parametrize("name", ["../config.json", "/etc/config.json", "..\\config.json", "C:\\config.json"])
def test_a_path_that_leads_out_is_refused(choir: dict[str, bytes], name: str, home: Path) -> None:
    refused(zipped({**choir, name: b"{}"}), "isn't safe")
    assert not (home / "config.json").exists()


def test_links_are_refused(choir: dict[str, bytes]) -> None:
    refused(zipped({**choir, CARD: b"/etc/passwd"}, mode=stat.S_IFLNK | 0o777), "link")


def test_a_locked_zip_is_refused(choir: dict[str, bytes]) -> None:
    data = bytearray(zipped(choir))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    refused(bytes(data), "password")


@pytest.mark.parametrize("missing", [CONFIG, WEIGHTS])
def test_missing_files_are_named(choir: dict[str, bytes], missing: str) -> None:
    refused(zipped({name: data for name, data in choir.items() if name != missing}), f"lacks {missing}")


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", bytes(5000)])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    refused(data, "damaged")


def test_half_a_zip_is_refused(choir: dict[str, bytes]) -> None:
    data = zipped(choir)
    refused(data[: len(data) // 2], "damaged")
    refused(data[len(data) // 2 :], "damaged")


def with_nan(choir: Mapping[str, bytes]) -> dict[str, bytes]:
    tensors = load(choir[WEIGHTS])
    name = next(name for name, tensor in tensors.items() if tensor.is_floating_point())
    return {**choir, WEIGHTS: save(tensors | {name: torch.full_like(tensors[name], torch.nan)})}


BAD: dict[str, tuple[Callable[[dict[str, bytes]], dict[str, bytes]], str]] = {
    "newer version": (lambda c: edited(c, version=99), "newer version of this program; update it"),
    "older version": (lambda c: edited(c, version=0), "train it again"),
    "version of words": (lambda c: edited(c, version="two"), "no model of this program would say"),
    "unknown algorithm": (lambda c: edited(c, algorithm="wavenet"), "needs the algorithm “wavenet”"),
    "config no JSON": (lambda c: {**c, CONFIG: b"{"}, "no readable config.json"),
    "config nested without end": (lambda c: {**c, CONFIG: b"[" * 50_000}, "no readable config.json"),
    "a picture for a part": (
        lambda c: edited(c, part_names=["![x](http://example.org/x.png)", "A", "T", "B"]),
        "no model of this program would say",
    ),
    "a link for a dataset": (lambda c: edited(c, dataset="[x](http://example.org)"), "no model of this program"),
    "very many parts": (lambda c: edited(c, part_names=["A"] * 1000), "no model of this program would say"),
    "settings out of range": (lambda c: edited(c, settings={"noise_size": 10**9}), "must be between"),
    "settings of another kind": (lambda c: edited(c, settings={"layers": 3}), "Unknown setting"),
    "weights are garbage": (lambda c: {**c, WEIGHTS: bytes(range(256)) * 40}, "no safetensors file"),
    "weights are a pickle": (lambda c: {**c, WEIGHTS: b"\x80\x04." * 40}, "no safetensors file"),
    "weights cut off": (lambda c: {**c, WEIGHTS: c[WEIGHTS][:-100]}, "no safetensors file"),
    "foreign weights": (lambda c: {**c, WEIGHTS: save({"w": torch.zeros(3)})}, "other networks"),
    "weights that are no numbers": (with_nan, "not all numbers"),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_model_that_can_not_be_used_is_refused(choir: dict[str, bytes], fault: str) -> None:
    spoil, words = BAD[fault]
    refused(zipped(spoil(choir)), words)
