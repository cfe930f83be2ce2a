"""Results on disk: what was asked for and the takes that came, one file each, found again by the request."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from composer.errors import BadInput
from composer.music.grid import fit_to_grid
from composer.music.pianoroll import Music
from composer.music.voices import Voices
from composer.paths import assets, home, write_atomically
from composer.projects.request import Request
from composer.projects.result_file import Result, pack_result, unpack_result

__all__ = ["Result", "ResultStore", "arrange", "find_result", "kept_results", "ready_made"]

KEPT = 200
"""Results kept for a person; older ones make room."""


@dataclass(frozen=True)
class ResultStore:
    """A folder of results, one safetensors file each with the request as JSON inside; the newest `limit` are kept."""

    folder: Path
    limit: int = KEPT

    def find(self, result_id: str) -> Result | None:
        """The result of that id, or None where there is none or its file is damaged."""
        path = self._path(result_id)
        try:
            result, _ = unpack_result(path.read_bytes())
        except (OSError, BadInput):
            return None
        return result if result.id == path.stem else None

    def save(self, result: Result) -> None:
        """Keep a result, whole or not at all, and let the oldest go where there are more than `limit`."""
        write_atomically(self._path(result.id), pack_result(result))
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
