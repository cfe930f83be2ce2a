"""How long an epoch takes on this machine, known before a training starts."""

from __future__ import annotations

import hashlib
import json
import subprocess
import threading
import time
from dataclasses import replace
from typing import Any

import numpy as np

from composer.algorithms.base import Algorithm
from composer.data.dataset import Dataset
from composer.data.windows import even_windows
from composer.errors import BadInput
from composer.jobs.local import launch, train_arguments
from composer.music.measures import WINDOW
from composer.paths import home, write_atomically
from composer.settings import Settings
from composer.training.loop import JUDGED_WINDOWS
from composer.training.run import Run, all_runs
from composer.training.samples import SAMPLE_SEED

_NO_MATTER = ("epochs", "learning_rate")
"""Settings that have no part in how long an epoch takes."""
_WARM_UP, _TIMED = 1 / 32, 1 / 8
"""Shares of the training pieces that an estimate learns from, first to warm up and then by the clock."""


def known_seconds(algorithm: Algorithm, dataset: Dataset, settings: Settings) -> float | None:
    """Seconds an epoch from former runs here with settings that cost the same, else from a former measurement.

    None where there is neither; then `measure_seconds` finds out.
    """
    for run in all_runs():
        rows = run.metrics()
        if rows and _costs_the_same(run, algorithm, dataset, settings):
            return float(np.median([row["seconds"] for row in rows[-5:]]))
    return _read_estimates().get(_key(algorithm, dataset, settings))


def ask_seconds(algorithm: Algorithm, dataset: Dataset, settings: Settings) -> float | None:
    """Seconds an epoch where they are known; None while they are being measured, NaN where that failed.

    Returns at once: the measuring is done by a process of its own, one at a time, which the first call starts.
    """
    known, key = known_seconds(algorithm, dataset, settings), _key(algorithm, dataset, settings)
    if known is not None:
        return known
    with _measuring_lock:
        if key in _measuring and _measuring[key].poll() is not None:
            return float("nan")
        if all(process.poll() is not None for process in _measuring.values()):
            arguments = [*train_arguments(algorithm.name, dataset.name, settings), "--estimate"]
            _measuring[key] = launch(arguments, home() / "estimate.log")
    return None


_measuring: dict[str, subprocess.Popen[bytes]] = {}
_measuring_lock = threading.Lock()


def measure_seconds(algorithm: Algorithm, dataset: Dataset, settings: Settings) -> float:
    """Seconds an epoch takes here, found by learning from an eighth of the training music, and kept for the next time.

    The sample that follows each epoch is timed too. All in all it takes about a quarter of an epoch.
    """
    trainer = algorithm.trainer(_share(dataset, _WARM_UP), settings, seed=0)
    trainer.epoch()
    few = _share(dataset, _TIMED)
    trainer = algorithm.trainer(few, settings, seed=0)
    start = time.perf_counter()
    trainer.epoch()
    learned = time.perf_counter() - start
    windows = even_windows(dataset.split("valid") or dataset.split("train"), WINDOW, JUDGED_WINDOWS)
    trainer.sample([window.select([0]) for window in windows], SAMPLE_SEED)
    sampled = time.perf_counter() - start - learned
    seconds = learned * _steps(dataset) / _steps(few) + sampled
    estimates = _read_estimates() | {_key(algorithm, dataset, settings): seconds}
    write_atomically(home() / "estimates.json", json.dumps(estimates, indent=1).encode())
    return seconds


def _costs_the_same(run: Run, algorithm: Algorithm, dataset: Dataset, settings: Settings) -> bool:
    try:
        config = run.config
        described = (config["algorithm"], config["version"], config["fingerprint"])
        same = described == (algorithm.name, algorithm.version, dataset.fingerprint)
        return same and _matter(run.settings()) == _matter(settings)
    except (BadInput, KeyError):  # a damaged run, or one of another version
        return False


def _share(dataset: Dataset, share: float) -> Dataset:
    """The dataset with only the first few of its training pieces, one at least."""
    train = [piece for piece in dataset.pieces if piece.split == "train"]
    return replace(dataset, pieces=tuple(train[: max(round(len(train) * share), 1)]))


def _steps(dataset: Dataset) -> int:
    return sum(voices.steps for voices in dataset.split("train"))


def _matter(settings: Settings) -> dict[str, Any]:
    return {name: value for name, value in settings.as_dict().items() if name not in _NO_MATTER}


def _key(algorithm: Algorithm, dataset: Dataset, settings: Settings) -> str:
    identity = [algorithm.name, algorithm.version, dataset.fingerprint, _matter(settings)]
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]


def _read_estimates() -> dict[str, float]:
    try:
        return dict(json.loads((home() / "estimates.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
