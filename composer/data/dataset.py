"""What a dataset is: pieces of music in voices, each in one split, under stated terms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from composer.errors import BadInput
from composer.music.voices import Voices
from composer.paths import home, write_atomically

SPLITS = ("train", "valid", "test")
Progress = Callable[[float, str], None]
"""Called with the share done (0..1) and a few words."""


@dataclass(frozen=True)
class Piece:
    """One piece: its name, its split ("train", "valid" or "test") and its music."""

    name: str
    split: str
    voices: Voices


@dataclass(frozen=True)
class Dataset:
    """Pieces with the same parts, highest first. The first part is the melody an accompanist is given."""

    name: str
    part_names: tuple[str, ...]
    pieces: tuple[Piece, ...] = field(repr=False)

    def split(self, name: str) -> list[Voices]:
        """The music of the pieces of one split, in order of their names."""
        return [piece.voices for piece in sorted(self.pieces, key=lambda p: p.name) if piece.split == name]

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the training and validation music itself, in the order in which it is learned."""
        digest = hashlib.sha256()
        for split in ("train", "valid"):
            digest.update(split.encode())
            for voices in self.split(split):
                digest.update(f"{voices.pitch.shape}{voices.steps_per_bar}/{voices.pickup_steps}".encode())
                digest.update(voices.pitch.tobytes() + voices.attack.tobytes())
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Source:
    """How a dataset comes to be: registered once, built at first use.

    `terms` says whose music it is and on what terms it may be learned from; `version` changes when `build` does.
    """

    name: str
    title: str
    summary: str
    terms: str
    version: int
    part_names: tuple[str, ...]
    build: Callable[[Progress], Sequence[Piece]]

    @property
    def path(self) -> Path:
        """The cached file in the data folder."""
        return home() / "datasets" / f"{self.name}-v{self.version}.safetensors"

    def load(self, progress: Progress = lambda share, words: None) -> Dataset:
        """The dataset, from its cached file, or built now (with progress) where that is missing or unreadable."""
        try:
            pieces = _read(self.path)
        except (OSError, SafetensorError, ValueError, KeyError, TypeError):
            pieces = tuple(self.build(progress))
            _write(self.path, pieces)
        return Dataset(self.name, self.part_names, pieces)


def _write(path: Path, pieces: Sequence[Piece]) -> None:
    rows = [[p.name, p.split, p.voices.steps, p.voices.steps_per_bar, p.voices.pickup_steps] for p in pieces]
    tensors = {
        "pitch": np.concatenate([p.voices.pitch for p in pieces], axis=1),
        "attack": np.concatenate([p.voices.attack for p in pieces], axis=1),
    }
    # safetensors writes the memory as it lies, so an array in Fortran order would come back scrambled
    content = save({name: np.ascontiguousarray(t) for name, t in tensors.items()}, {"pieces": json.dumps(rows)})
    try:
        write_atomically(path, content)
    except OSError as error:
        raise BadInput(
            f"The dataset can't be kept in {path.parent} ({error.strerror}); free some disk space."
        ) from None


def _read(path: Path) -> tuple[Piece, ...]:
    with safe_open(path, framework="numpy") as file:
        rows = json.loads(file.metadata()["pieces"])
        pitch, attack = file.get_tensor("pitch"), file.get_tensor("attack")
    starts = np.cumsum([0] + [row[2] for row in rows])
    return tuple(
        Piece(name, split, Voices(pitch[:, start : start + steps], attack[:, start : start + steps], bar, pickup))
        for start, (name, split, steps, bar, pickup) in zip(starts, rows, strict=False)
    )
