"""A result as one file: safetensors that hold the takes, and beside them the request and more words as JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from composer.errors import BadInput
from composer.music.pianoroll import Music, Pianoroll
from composer.music.voices import Voices
from composer.projects.request import Request

MOST_TAKES = 16
_LENGTH_BYTES = 8
_OWN_WORDS = ("request", "about", "grid", "takes")


@dataclass(frozen=True)
class Result:
    """The takes of one request. `about` holds plain values for showing: `model` (title), `parts` (names) and more."""

    request: Request
    takes: tuple[Music, ...]
    about: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The request's id, which is the file's name and the word in the address."""
        return self.request.id

    def fingerprint(self, take: int) -> str:
        """16 hex digits that stand for the notes of take number `take` (from 0) and for the request they answer."""
        digest = hashlib.sha256(self.id.encode())
        for _, array in _arrays(self.takes[take]):
            digest.update(array.tobytes())
        return digest.hexdigest()[:16]


def pack_result(result: Result, beside: Mapping[str, NDArray[Any]] | None = None, /, **more: Any) -> bytes:
    """The bytes of a file from which `unpack_result` makes an equal result; `more` are further plain values.

    `beside` are further arrays by name, for others to read: `unpack_result` passes over them.
    """
    first = result.takes[0]
    grid = [first.steps_per_bar, first.pickup_steps]
    if isinstance(first, Pianoroll):
        grid += [first.tracks, first.steps]
    tensors = {f"{name}_{take}": array for take, music in enumerate(result.takes) for name, array in _arrays(music)}
    words = {"request": result.request.as_dict(), "about": dict(result.about), "grid": grid, "takes": len(result.takes)}
    return save(
        {**(beside or {}), **tensors}, metadata={name: json.dumps(value) for name, value in {**more, **words}.items()}
    )


def unpack_result(data: bytes) -> tuple[Result, dict[str, Any]]:
    """The result in the bytes of a file, and the further values; raises BadInput where it is damaged or foreign.

    Nothing is said about whether the values make sense.
    """
    try:
        words, tensors = read_words(data), load(data)
        takes = tuple(
            _music(tensors.__getitem__, take, words["grid"]) for take in range(min(words["takes"], MOST_TAKES))
        )
        if not takes:
            raise ValueError("no takes")
        result = Result(Request.from_dict(words["request"]), takes, dict(words["about"]))
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise BadInput("This file is damaged, or it holds no music of the studio; please choose another.") from None
    return result, {name: value for name, value in words.items() if name not in _OWN_WORDS}


def read_words(data: bytes) -> dict[str, Any]:
    """All values beside the takes, from the beginning of a file; raises ValueError, KeyError or TypeError otherwise."""
    end = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "little")
    if len(data) < end:
        raise ValueError("cut off")
    header = json.loads(data[_LENGTH_BYTES:end])
    return {name: json.loads(text) for name, text in header["__metadata__"].items()}


def _arrays(music: Music) -> list[tuple[str, NDArray[Any]]]:
    if isinstance(music, Pianoroll):
        return [("notes", np.ascontiguousarray(music.notes))]
    return [("pitch", np.ascontiguousarray(music.pitch)), ("attack", np.ascontiguousarray(music.attack))]


def _music(tensor: Callable[[str], NDArray[Any]], take: int, grid: Sequence[int]) -> Music:
    """`grid` is steps a bar and of the pickup; of rolls, then the number of tracks and of steps."""
    if len(grid) > 2:
        return Pianoroll(tensor(f"notes_{take}"), grid[2], grid[3], *grid[:2])
    return Voices(tensor(f"pitch_{take}"), tensor(f"attack_{take}"), *grid)
