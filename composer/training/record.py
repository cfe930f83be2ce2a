"""All that the list of runs says of a run, read once and kept until a file of the run changes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf, isfinite
from pathlib import Path
from typing import Any

import numpy as np

from composer.algorithms.models import CONFIG, WEIGHTS
from composer.algorithms.registry import ALGORITHMS
from composer.errors import BadInput
from composer.training.labels import LABELS, Labels, read_labels
from composer.training.run import CHECKPOINT, METRICS, SAMPLES, Run, runs_folder

CURVE_POINTS = 60
_KEPT = 2048
_WATCHED = (".", CONFIG, METRICS, WEIGHTS, CHECKPOINT, LABELS, SAMPLES)
"""A run's record is read anew when one of these changes its time or its size."""

Stamps = tuple[tuple[int, int], ...]
"""Time of the last change in nanoseconds and size in bytes, of each of _WATCHED; zeros for what is missing."""


@dataclass(frozen=True)
class Record:
    """A run as the list shows it; `damage` says what is wrong with its folder, "" for nothing.

    `last` is the row of its last epoch, `curve` its generator loss at up to CURVE_POINTS epochs, `seconds` the time
    spent, `before` the model it began from and `changed` when it was last written to (seconds since 1970).
    """

    run: Run
    stamps: Stamps
    algorithm: str = ""
    dataset: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    before: str = ""
    labels: Labels = field(default_factory=Labels)
    epoch: int = 0
    seconds: float = 0.0
    last: Mapping[str, float] = field(default_factory=dict)
    curve: tuple[float, ...] = ()
    disk_bytes: int = 0
    damage: str = ""

    @property
    def changed(self) -> float:
        """When the training last wrote something, in seconds since 1970; naming the run doesn't count."""
        return max(self.stamps[_WATCHED.index(name)][0] for name in (CONFIG, METRICS)) / 1e9

    @property
    def has_model(self) -> bool:
        """Whether there is a file of weights."""
        return self.stamps[_WATCHED.index(WEIGHTS)][1] > 0


def all_records() -> list[Record]:
    """Every folder among the runs, newest first, also those that are damaged."""
    try:
        names = [entry.path for entry in os.scandir(runs_folder()) if entry.is_dir() and not entry.name.startswith(".")]
    except OSError:
        return []
    return sorted((read_record(Run(Path(name))) for name in names), key=lambda found: found.changed, reverse=True)


def read_record(run: Run) -> Record:
    """The record of `run`; never raises, whatever lies in the folder."""
    return _read(str(run.folder), stamps(run))


def read_metrics(run: Run) -> tuple[Mapping[str, float], ...]:
    """The rows of `run.metrics()`, read again only where the file has changed."""
    return _rows(str(run.folder), stamps(run)[_WATCHED.index(METRICS)])


def stamps(run: Run) -> Stamps:
    """What tells whether something in the run's folder has changed."""
    return tuple(_stamp(f"{run.folder}/{name}") for name in _WATCHED)


def _stamp(path: str) -> tuple[int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


@lru_cache(_KEPT)
def _read(folder: str, stamps: Stamps) -> Record:
    run = Run(Path(folder))
    known: dict[str, Any] = {
        "run": run,
        "stamps": stamps,
        "labels": read_labels(run),
        "disk_bytes": _disk_bytes(folder),
    }
    rows, unreadable = run.read_metrics()
    told: dict[str, Any] = {}
    try:
        told = _config_facts(run)
        damage = _damage(run, len(rows), unreadable, dict(zip(_WATCHED, stamps, strict=True)))
    except BadInput as error:
        damage = str(error)
    if rows:
        told |= {"epoch": int(rows[-1]["epoch"]), "last": rows[-1], "curve": _curve(rows)}
        told["seconds"] = float(sum(row.get("seconds", 0.0) for row in rows))
    return Record(**known, **told, damage=damage)


@lru_cache(16)
def _rows(folder: str, stamp: tuple[int, int]) -> tuple[Mapping[str, float], ...]:
    return tuple(Run(Path(folder)).metrics())


def _config_facts(run: Run) -> dict[str, Any]:
    """What config.json says; raises BadInput, with what is wrong with the file, where it can't be used."""
    if not (run.folder / CONFIG).exists():
        raise BadInput(f"{CONFIG} is missing")
    try:
        config = run.config
    except BadInput:
        raise BadInput(f"{CONFIG} can't be read") from None
    kinds = {"algorithm": str, "dataset": str, "settings": dict, "seed": int}
    wrong = next((name for name, kind in kinds.items() if not isinstance(config.get(name), kind)), None)
    if wrong is not None:
        raise BadInput(f"{CONFIG} has no usable “{wrong}”")
    if config["algorithm"] not in ALGORITHMS:
        raise BadInput(f"there is no algorithm called “{config['algorithm']}” in this program")
    before = config.get("before")
    model = before.get("model", "") if isinstance(before, dict) else ""
    return {name: config[name] for name in kinds} | {"before": str(model)}


def _damage(run: Run, epochs: int, unreadable: int, found: Mapping[str, tuple[int, int]]) -> str:
    """What is wrong with the rest of the folder; "" for nothing."""
    if unreadable:
        return f"{unreadable} line{'s' * (unreadable > 1)} of {METRICS} can't be read"
    if epochs and not found[WEIGHTS][1]:
        again = found[CHECKPOINT][1] > 0
        return f"{WEIGHTS} is missing" + "; training one more epoch makes it anew" * again
    if found[WEIGHTS][1] and not epochs:
        return f"{METRICS} is missing"
    if epochs and not _has_header(run.folder / WEIGHTS, found[WEIGHTS][1]):
        return f"{WEIGHTS} can't be read"
    return ""


def _has_header(path: Path, size: int) -> bool:
    """Whether a file begins as safetensors do: with the length of a header that it has room for."""
    try:
        with path.open("rb") as file:
            return 0 < int.from_bytes(file.read(8), "little") <= size - 8
    except OSError:
        return False


def _curve(rows: list[dict[str, float]]) -> tuple[float, ...]:
    loss = [row["generator"] for row in rows if isfinite(row.get("generator", inf))]
    places = np.linspace(0, len(loss) - 1, min(len(loss), CURVE_POINTS)).astype(int)
    return tuple(loss[place] for place in places)


def _disk_bytes(folder: str) -> int:
    """The bytes of all files in a folder and below; os.scandir, for a run may hold thousands of samples."""
    total = 0
    try:
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                total += _disk_bytes(entry.path)
            else:
                total += entry.stat(follow_symlinks=False).st_size
    except OSError:  # it is being deleted
        return total
    return total
