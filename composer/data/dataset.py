"""What a dataset is: pieces of music in voices, each in one split, under stated terms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from composer.errors import BadInput
from composer.music.pianoroll import DRUMS, Music, Pianoroll, pianoroll_from_voices, pitched_lines
from composer.music.voices import Voices
from composer.paths import home, write_atomically

SPLITS = ("train", "valid", "test")
UNREADABLE = (OSError, SafetensorError, ValueError, IndexError, KeyError, TypeError)
"""What reading a damaged or foreign file of pieces raises."""
Progress = Callable[[float, str], None]
"""Called with the share done (0..1) and a few words."""


@dataclass(frozen=True)
class Piece:
    """One piece: its name, its split ("train", "valid" or "test") and its music."""

    name: str
    split: str
    music: Music


@dataclass(frozen=True)
class Dataset:
    """Pieces with the same parts, all Voices or all Pianorolls. The first part is the melody an accompanist is given.

    A part called DRUMS is a drum kit.
    """

    name: str
    part_names: tuple[str, ...]
    pieces: tuple[Piece, ...] = field(repr=False)

    @property
    def voice_names(self) -> tuple[str, ...]:
        """The parts that `split` gives: all but the drums."""
        return tuple(name for name in self.part_names if name != DRUMS)

    def split(self, name: str) -> list[Voices]:
        """The music of the pieces of one split, in order of their names; of polyphonic parts the top line."""
        return [pitched_lines(music, self.part_names) for music in self._music(name)]

    def rolls(self, name: str) -> list[Pianoroll]:
        """The music of the pieces of one split, in order of their names, with every note and the drums."""
        return [music if isinstance(music, Pianoroll) else pianoroll_from_voices(music) for music in self._music(name)]

    def _music(self, split: str) -> list[Music]:
        return [piece.music for piece in sorted(self.pieces, key=lambda p: p.name) if piece.split == split]

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the training and validation music itself, in the order in which it is learned."""
        digest = hashlib.sha256()
        for split in ("train", "valid"):
            digest.update(split.encode())
            for music in self._music(split):
                arrays = list(_arrays(music).values())
                digest.update(f"{arrays[0].shape}{music.steps_per_bar}/{music.pickup_steps}".encode())
                digest.update(b"".join(array.tobytes() for array in arrays))
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Source:
    """How a dataset comes to be: registered once, built at first use.

    `terms` says whose music it is and on what terms it may be learned from; `version` changes when `build` does. A
    person's own dataset lies in `file` from the start.
    """

    name: str
    title: str
    summary: str
    terms: str
    version: int
    part_names: tuple[str, ...]
    build: Callable[[Progress], Sequence[Piece]]
    file: Path | None = None

    @property
    def path(self) -> Path:
        """The file with the pieces: `file` where it is said, else a cached one in the data folder."""
        return self.file or home() / "datasets" / f"{self.name}-v{self.version}.safetensors"

    def load(self, progress: Progress = lambda share, words: None) -> Dataset:
        """The dataset, from its cached file, or built now (with progress) where that is missing or unreadable."""
        try:
            pieces, _ = read_pieces(self.path)
        except UNREADABLE:
            pieces = tuple(self.build(progress))
            write_pieces(self.path, pieces)
        return Dataset(self.name, self.part_names, pieces)


def write_pieces(path: Path, pieces: Sequence[Piece], about: Mapping[str, Any] | None = None) -> None:
    """Keep pieces, all of one kind, in one safetensors file, with plain values `about` them; whole or not at all.

    Raises BadInput where the disk is full or the folder can't be written.
    """
    rows = [
        [p.name, p.split, p.music.steps, p.music.steps_per_bar, p.music.pickup_steps, *_extent(p.music)] for p in pieces
    ]
    kinds = [_arrays(piece.music) for piece in pieces]
    # safetensors writes the memory as it lies, so an array in Fortran order would come back scrambled
    tensors = {
        name: np.ascontiguousarray(np.concatenate([arrays[name] for arrays in kinds], axis=1)) for name in kinds[0]
    }
    try:
        write_atomically(path, save(tensors, {"pieces": json.dumps(rows), "about": json.dumps(dict(about or {}))}))
    except OSError as error:
        raise BadInput(
            f"The dataset can't be kept in {path.parent} ({error.strerror}); free some disk space."
        ) from None


def read_pieces(path: Path) -> tuple[tuple[Piece, ...], dict[str, Any]]:
    """The pieces of a file that `write_pieces` made, and what it says about them.

    Raises one of UNREADABLE for any other file.
    """
    with safe_open(path, framework="numpy") as file:
        words = {name: json.loads(text) for name, text in (file.metadata() or {}).items()}
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dictionary
    rows = words["pieces"]
    ends = np.cumsum([row[5] if len(row) > 5 else row[2] for row in rows])
    cut = {name: np.split(array, ends[:-1], axis=1) for name, array in arrays.items()}
    pieces = tuple(
        Piece(row[0], row[1], _music({name: parts[number] for name, parts in cut.items()}, *row[2:]))
        for number, row in enumerate(rows)
    )
    return pieces, words.get("about", {})


def _arrays(music: Music) -> dict[str, NDArray[Any]]:
    """All notes of a piece as arrays (rows, n) that can be laid end to end."""
    if isinstance(music, Voices):
        return {"pitch": music.pitch, "attack": music.attack}
    return {"notes": music.notes.T}


def _extent(music: Music) -> tuple[int, ...]:
    """What `_music` needs besides the arrays: of a roll, the number of notes and of tracks."""
    return () if isinstance(music, Voices) else (len(music.notes), music.tracks)


def _music(arrays: Mapping[str, NDArray[Any]], steps: int, bar: int, pickup: int, *extent: int) -> Music:
    if extent:
        return Pianoroll(arrays["notes"].T, extent[1], steps, bar, pickup)
    return Voices(arrays["pitch"], arrays["attack"], bar, pickup)
