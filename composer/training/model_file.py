"""A model as one file, a zip, to give away and to take in; what comes from elsewhere is checked before it is used."""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from composer.algorithms.base import ModelInfo
from composer.algorithms.models import (
    CARD,
    CONFIG,
    WEIGHTS,
    imported_folder,
    imported_models,
    load_model,
    read_info,
    shipped_models,
)
from composer.algorithms.registry import ALGORITHMS, find_algorithm
from composer.data.own.library import slug
from composer.data.zips import BROKEN_ZIP, UNREADABLE, check_directory, refuse_member, size_of
from composer.errors import BadInput
from composer.music.voices import Voices
from composer.training.card import model_card
from composer.training.checking import check_info
from composer.training.critic_file import CRITIC, critic_weights, load_judge

MAX_FILE_BYTES = 300_000_000
"""The largest zip that is looked at."""
LIMITS = {CONFIG: 200_000, WEIGHTS: 300_000_000, CRITIC: 100_000_000, CARD: 200_000}
"""The files of a model and the most bytes of each, unpacked."""
_NEEDED = (CONFIG, WEIGHTS)
_THEN = (1980, 1, 1, 0, 0, 0)
"""The time written into the zip, always the same, so that one model gives one file, byte for byte."""


def pack(folder: Path, name: str = "") -> bytes:
    """The model in `folder` as a zip of config.json, model.safetensors and CARD.md, which is made where it is missing.

    A critic, where there is a sound one, travels along as critic.safetensors.
    `name` is what its card calls it. Raises BadInput where there is no model, or config.json can't be read.
    """
    card = model_card(folder, name)
    out = io.BytesIO()
    try:
        files = {CONFIG: (folder / CONFIG).read_bytes(), WEIGHTS: (folder / WEIGHTS).read_bytes(), CARD: card.encode()}
    except OSError:
        raise BadInput(f"“{folder.name}” holds no finished model; let it train for an epoch first.") from None
    with suppress(BadInput):  # a damaged critic is no reason to keep the model back
        critic = critic_weights(folder)
        files |= {} if critic is None else {CRITIC: save(critic)}
    with zipfile.ZipFile(out, "w") as archive:
        for entry, content in files.items():
            kind = zipfile.ZIP_STORED if entry in (WEIGHTS, CRITIC) else zipfile.ZIP_DEFLATED  # weights don't pack
            archive.writestr(zipfile.ZipInfo(entry, _THEN), content, kind)
    return out.getvalue()


def unpack(file: BinaryIO, file_name: str) -> Path:
    """Take the model in a zip in, under a name like the file's, and return its folder among the imported models.

    Raises BadInput, and keeps nothing, for whatever is no whole and sound model that this program can use.
    """
    content = _read_zip(file)
    wanted = slug(Path(file_name).stem.removesuffix(".model"))
    imported_folder().mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=imported_folder(), prefix=".") as holder:
            folder = Path(holder, wanted)
            folder.mkdir()
            for entry, data in content.items():
                (folder / entry).write_bytes(data)
            _check(folder, [content[name] for name in (WEIGHTS, CRITIC) if name in content])
            place = _free_place(wanted)
            shutil.move(folder, place)
            return place
    except OSError as error:
        raise BadInput(f"The model can't be kept ({error.strerror}); please free some disk space.") from None


def _read_zip(file: BinaryIO) -> dict[str, bytes]:
    """The files of a model in a zip; raises BadInput for a zip that holds anything else, or that isn't safe."""
    if size_of(file) > MAX_FILE_BYTES:
        raise BadInput(f"This file is larger than {MAX_FILE_BYTES // 1_000_000} MB, and no model of this program is.")
    foreign = "This zip holds other files than a model's, so nothing was taken from it; a model's zip holds only "
    foreign += f"{CONFIG}, {WEIGHTS}, {CRITIC} and {CARD}."
    try:
        check_directory(file, len(LIMITS), foreign)
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            for info in members:
                if refusal := refuse_member(info):
                    raise BadInput(f"The file “{_short(info.filename)}” in this zip isn't safe. {refusal}")
            names = [info.filename for info in members]
            if not set(names) <= LIMITS.keys() or len(set(names)) < len(names):
                raise BadInput(foreign)
            missing = [name for name in _NEEDED if name not in names]
            if missing:
                raise BadInput(f"This zip lacks {' and '.join(missing)}, so it is no model; please export it again.")
            return {info.filename: _read_member(archive, info) for info in members}
    except BadInput:
        raise
    except UNREADABLE:
        raise BadInput(BROKEN_ZIP) from None


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    limit = LIMITS[info.filename]
    with archive.open(info) as member:
        data = member.read(limit + 1)  # a zip may lie about sizes
    if len(data) > limit:
        raise BadInput(f"{info.filename} in this zip is larger than that of any model; nothing was taken from it.")
    return data


def _check(folder: Path, weights: Sequence[bytes]) -> None:
    """Raise BadInput unless the model in `folder` is one that this program can use."""
    info = read_info(folder)
    check_info(info)
    if info.algorithm not in ALGORITHMS:
        raise BadInput(
            f"This model needs the algorithm “{info.algorithm}”, which this program doesn't have; a newer one "
            "may, so please update it."
        )
    if info.version > find_algorithm(info.algorithm).version:
        raise BadInput("This model was made by a newer version of this program; update it, then bring the model again.")
    try:
        tensors = [tensor for data in weights for tensor in load(data).values() if tensor.is_floating_point()]
        finite = all(bool(tensor.isfinite().all()) for tensor in tensors)
    except (SafetensorError, ValueError, RuntimeError):
        raise BadInput(f"{WEIGHTS} in this zip is damaged or no safetensors file; please export it again.") from None
    if not finite:
        raise BadInput("This model's weights are not all numbers: its training went wrong. Please bring another one.")
    _try_out(folder, info)
    load_judge(folder)
    for name, other in _here().items():
        if all((other / part).read_bytes() == (folder / part).read_bytes() for part in _NEEDED):
            raise BadInput(f"This very model is here already; it is called “{name}”.")


def _try_out(folder: Path, info: ModelInfo) -> None:
    """Let the model play along with one beat; raises BadInput where it can't."""
    beat = Voices(np.full((1, 16), 72, np.int16), np.zeros((1, 16), bool))
    model = load_model(folder)
    try:
        settings = find_algorithm(info.algorithm).GenerateSettings.from_dict({"takes": 1})
        with torch.no_grad():
            model.generate(beat, settings, 0)
    except (RuntimeError, ValueError, IndexError, KeyError, TypeError, ZeroDivisionError):
        raise BadInput("This model can't make music: its weights make no sense. Please export it again.") from None


def _free_place(wanted: str) -> Path:
    taken = _here()
    names = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, 10_000))
    return imported_folder() / next(name for name in names if name not in taken)


def _here() -> dict[str, Path]:
    return shipped_models() | imported_models()


def _short(name: str) -> str:
    printable = "".join(c for c in name if c.isprintable())
    return printable if len(printable) <= 60 else f"{printable[:60]}…"
