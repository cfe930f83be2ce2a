"""A run: the folder in which everything about one training lives, readable by a person, found again by its content."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from composer.algorithms.base import Algorithm, ModelInfo
from composer.algorithms.models import CONFIG, WEIGHTS
from composer.algorithms.registry import find_algorithm
from composer.data.dataset import Dataset
from composer.errors import BadInput
from composer.paths import home, write_atomically
from composer.settings import Settings

METRICS, CHECKPOINT, SAMPLES = "metrics.jsonl", "checkpoint.safetensors", "samples"
START = "start.safetensors"
"""The weights of the model that a run began from, if it did not begin from nothing."""
_FIGURES = ("generator", "critic", "similarity", "chord_rate", "seconds")
_NUMBERS = (int, float)


@dataclass(frozen=True)
class Run:
    """One training on disk. `config` is what config.json holds: the model's info and the similarity floor."""

    folder: Path

    @property
    def id(self) -> str:
        """The run's name: algorithm, dataset and a hash of all that decides how it goes."""
        return self.folder.name

    @property
    def config(self) -> dict[str, Any]:
        """The contents of config.json; raises BadInput where it is missing or damaged."""
        try:
            return dict(json.loads((self.folder / CONFIG).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, RecursionError):
            raise BadInput(f"The run “{self.id}” has no readable {CONFIG}; delete it and train again.") from None

    def metrics(self) -> list[dict[str, float]]:
        """One row an epoch, oldest first: epoch, generator, critic, similarity, chord_rate, seconds and more.

        A half-written last line (a killed training) is left out, and so is whatever else is no such row.
        """
        return self.read_metrics()[0]

    def read_metrics(self) -> tuple[list[dict[str, float]], int]:
        """The rows of `metrics`, and how many lines are no rows though they aren't a half-written last one."""
        try:
            text = (self.folder / METRICS).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return [], 0
        lines = [line for line in text.splitlines() if line.strip()]
        rows = _parse_all(lines)
        return [row for row in rows if row is not None], sum(row is None for row in rows[:-1])

    @property
    def start(self) -> Path | None:
        """The file of weights that the run began from; None where it began from nothing."""
        return self.folder / START if (self.folder / START).exists() else None

    @property
    def converged(self) -> dict[str, Any] | None:
        """Where the training stopped because it had converged: `epoch` and `why`, a sentence; None where it did not."""
        try:
            found: dict[str, Any] | None = self.config.get("converged")
        except BadInput:
            return None
        return found

    def settings(self) -> Settings:
        """The train settings it was started with, `epochs` being how many it is to reach."""
        config = self.config
        return find_algorithm(config["algorithm"]).TrainSettings.from_dict(config["settings"])

    def disk_bytes(self) -> int:
        """How much disk the run uses."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    def has_model(self) -> bool:
        """Whether an epoch is finished, so that the studio can use its model."""
        return (self.folder / WEIGHTS).exists()

    def delete(self) -> None:
        """Remove the run's folder and all in it."""
        shutil.rmtree(self.folder)


def _parse_all(lines: list[str]) -> list[dict[str, float] | None]:
    """Each line's row. All at once where every line is sound, which takes half the time."""
    try:
        found = json.loads(f"[{','.join(lines)}]")
    except (ValueError, RecursionError):
        found = []
    return [_checked(row) for row in found] if len(found) == len(lines) else [_parse(line) for line in lines]


def _parse(line: str) -> dict[str, float] | None:
    try:
        return _checked(json.loads(line))
    except (ValueError, RecursionError):
        return None


def _checked(row: Any) -> dict[str, float] | None:
    """A row with the number of its epoch and figures that are numbers; None for anything else."""
    if type(row) is not dict or type(row.get("epoch")) is not int:
        return None
    for name in _FIGURES:
        if type(row.get(name, 0)) not in _NUMBERS:
            return None
    return row


def runs_folder() -> Path:
    """Where runs are kept."""
    return home() / "runs"


def all_runs() -> list[Run]:
    """Every run on disk, newest first."""
    folders = [path.parent for path in runs_folder().glob(f"*/{CONFIG}")]
    return [Run(folder) for folder in sorted(folders, key=lambda f: (f / CONFIG).stat().st_mtime, reverse=True)]


def find_run(run_id: str) -> Run:
    """The run called `run_id`; raises BadInput where there is none."""
    found = {run.id: run for run in all_runs()}
    if run_id not in found:
        raise BadInput(f"There is no run called “{run_id}”; see the list of runs on the Runs page.")
    return found[run_id]


def runs_on(dataset_name: str) -> list[Run]:
    """The runs that learned from the dataset of this name, newest first; those that can't be read are left out."""
    found = []
    for run in all_runs():
        with suppress(BadInput):
            found += [run] if run.config.get("dataset") == dataset_name else []
    return found


def run_for(algorithm: Algorithm, dataset: Dataset, settings: Settings, seed: int, start: Path | None = None) -> Run:
    """The run of this dataset, algorithm, settings and seed, new or found again, for any number of epochs.

    `start` is the file of weights it begins from, None for a run that begins from nothing. Raises BadInput where that
    can't be read.
    """
    decisive = settings.as_dict() | {"epochs": None}
    identity = [dataset.fingerprint, algorithm.name, algorithm.version, decisive, seed]
    if start is not None:
        identity.append(_content(start))
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:10]
    return Run(runs_folder() / f"{algorithm.name}-{dataset.name}-{digest}")


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        raise BadInput("The model to start from can't be read any more; choose another one.") from None


def write_metrics(run: Run, rows: Sequence[Mapping[str, float]]) -> None:
    """Write metrics.jsonl, a line a row, whole or not at all."""
    write_atomically(run.folder / METRICS, "".join(json.dumps(row) + "\n" for row in rows).encode())


def write_config(run: Run, info: ModelInfo, extra: Mapping[str, Any]) -> None:
    """Write config.json whole or not at all."""
    write_atomically(run.folder / CONFIG, json.dumps(dataclasses.asdict(info) | dict(extra), indent=2).encode())
