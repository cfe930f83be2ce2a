"""Results on disk: what was asked for and the takes that came, one file each, found again by the request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from composer.music.grid import fit_to_grid
from composer.music.pianoroll import Music, Pianoroll
from composer.music.voices import Voices
from composer.paths import assets, home, write_atomically
from composer.projects.request import Request

KEPT = 200
"""Results kept for a person; older ones make room."""


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


@dataclass(frozen=True)
class ResultStore:
    """A folder of results, one safetensors file each with the request as JSON inside; the newest `limit` are kept."""

    folder: Path
    limit: int = KEPT

    def find(self, result_id: str) -> Result | None:
        """The result of that id, or None where there is none or its file is damaged."""
        path = self._path(result_id)
        try:
            result = _read(path)
        except (OSError, SafetensorError, ValueError, KeyError, TypeError):
            return None
        return result if result.id == path.stem else None

    def save(self, result: Result) -> None:
        """Keep a result, whole or not at all, and let the oldest go where there are more than `limit`."""
        write_atomically(self._path(result.id), _as_bytes(result))
        for path in self._files()[self.limit :]:
            path.unlink(missing_ok=True)

    def newest(self) -> Result | None:
        """The result saved last that can be read, or None."""
        return next(filter(None, (self.find(path.stem) for path in self._files())), None)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.safetensors"), key=lambda path: path.stat().st_mtime_ns, reverse=True)

    def _path(self, result_id: str) -> Path:
        name = result_id if re.fullmatch(r"[0-9a-f]{16}", result_id) else "none"
        return self.folder / f"{name}.safetensors"


def kept_results() -> ResultStore:
    """The results this person's requests gave."""
    return ResultStore(home() / "results")


def ready_made() -> ResultStore:
    """The results that ship with the program."""
    return ResultStore(assets() / "takes")


def find_result(result_id: str) -> Result | None:
    """A kept or shipped result by its id, or None."""
    return ready_made().find(result_id) or kept_results().find(result_id)


def arrange(request: Request, generate: Callable[[Voices], Sequence[Music]], about: Mapping[str, Any]) -> Result:
    """The request's result: found again where it was made before, else from `generate` and then kept.

    `generate` is given the melody on the grid, shape (1, steps), and answers with the takes, all voices or all rolls.
    """
    found = find_result(request.id)
    if found is None:
        found = Result(request, tuple(generate(fit_to_grid(request.melody, 0).voices)), about)
        kept_results().save(found)
    return found


def _as_bytes(result: Result) -> bytes:
    first = result.takes[0]
    grid = [first.steps_per_bar, first.pickup_steps]
    if isinstance(first, Pianoroll):
        grid += [first.tracks, first.steps]
    tensors = {f"{name}_{take}": array for take, music in enumerate(result.takes) for name, array in _arrays(music)}
    words = {"request": result.request.as_dict(), "about": dict(result.about), "grid": grid, "takes": len(result.takes)}
    return save(tensors, metadata={name: json.dumps(value) for name, value in words.items()})


def _read(path: Path) -> Result:
    with safe_open(path, framework="numpy") as file:
        words = {name: json.loads(text) for name, text in (file.metadata() or {}).items()}
        takes = tuple(_music(file.get_tensor, take, words["grid"]) for take in range(words["takes"]))
    return Result(Request.from_dict(words["request"]), takes, words["about"])


def _arrays(music: Music) -> list[tuple[str, NDArray[Any]]]:
    if isinstance(music, Pianoroll):
        return [("notes", np.ascontiguousarray(music.notes))]
    return [("pitch", np.ascontiguousarray(music.pitch)), ("attack", np.ascontiguousarray(music.attack))]


def _music(tensor: Callable[[str], NDArray[Any]], take: int, grid: Sequence[int]) -> Music:
    """`grid` is steps a bar and of the pickup; of rolls, then the number of tracks and of steps."""
    if len(grid) > 2:
        return Pianoroll(tensor(f"notes_{take}"), grid[2], grid[3], *grid[:2])
    return Voices(tensor(f"pitch_{take}"), tensor(f"attack_{take}"), *grid)
