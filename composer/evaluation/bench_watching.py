"""What it costs a training to be watched: the same training with the Train page open and without.

A browser on the same machine takes its own share, which is told apart: once the page is kept open by
`composer.ui.watcher`, which asks the server for all that a tab asks for and draws nothing, and once by Chromium.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
import psutil

from composer.algorithms.base import Algorithm
from composer.data.dataset import Dataset
from composer.data.registry import find_source
from composer.errors import BadInput
from composer.evaluation.bench_page import PATIENCE_MS, chromium, serve
from composer.training.loop import STOP
from composer.training.priority import LOW_PRIORITY
from composer.training.run import Run, run_for

Way = Callable[[str, Run], AbstractContextManager[None]]
"""Keeps the page of a run open, or not, given the data folder."""

_EPOCHS = 2000
_OPENING_S = 10
"""The page's first run loads torch."""
_LEAST = 2
"""So many epochs are timed at the least, however slow they are; one that has begun already isn't."""


def measure_watching(algorithm: Algorithm, dataset: Dataset, minutes: float, rounds: int) -> tuple[list[float], ...]:
    """By how many percent an epoch takes longer where the page is kept open, and where Chromium shows it; a row each.

    One training goes on all the time. A round is `minutes` of it alone, as many watched without a browser, and as many
    in Chromium; which comes first changes from round to round. Raises BadInput where there is no Chromium.
    """
    ways: list[Way] = [_alone, _served, _shown]
    seconds: dict[Way, list[float]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as home:
        source = find_source(dataset.name).path
        (Path(home) / "datasets").mkdir()
        shutil.copy(source, Path(home) / "datasets")
        run = Run(Path(home) / "runs" / run_for(algorithm, dataset, algorithm.TrainSettings(), 0).id)
        with _training(home, run, ["train", algorithm.name, "--dataset", dataset.name, "--seed", "0"]):
            for number in range(rounds):
                for way in ways[number % 3 :] + ways[: number % 3]:
                    with way(home, run):
                        seconds[way].append(_seconds_an_epoch(run, minutes))
    alone = np.array(seconds[_alone])
    return tuple((100 * (np.array(seconds[way]) / alone - 1)).tolist() for way in (_served, _shown))


@contextmanager
def _alone(home: str, run: Run) -> Iterator[None]:
    yield


@contextmanager
def _served(home: str, run: Run) -> Iterator[None]:
    with serve(home) as (_, address):
        stream = f"{address.replace('http', 'ws')}/_stcore/stream"
        watcher = subprocess.Popen([sys.executable, "-m", "composer.ui.watcher", stream, "Train", f"run={run.id}"])
        try:
            time.sleep(_OPENING_S)
            if watcher.poll() is not None:
                raise BadInput("The page could not be kept open without a browser; the lines above say why.")
            yield
        finally:
            watcher.kill()
            watcher.wait()


@contextmanager
def _shown(home: str, run: Run) -> Iterator[None]:
    with serve(home) as (_, address), chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 1600})
        page.goto(f"{address}/Train?run={run.id}")
        page.wait_for_selector(".chart-mount[data-points]", timeout=10 * PATIENCE_MS)
        page.wait_for_selector(".hear[data-epoch]", timeout=PATIENCE_MS)
        yield


@contextmanager
def _training(home: str, run: Run, command: Sequence[str]) -> Iterator[None]:
    """The training in a process of its own at low priority; its run is removed at the end."""
    whole = [sys.executable, "-m", "composer", *command, "--epochs", str(_EPOCHS), "--no-stop", "--quiet"]
    environment = os.environ | {"COMPOSER_HOME": home, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(whole, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    psutil.Process(process.pid).nice(LOW_PRIORITY)
    try:
        while not run.metrics():
            if process.poll() is not None:
                raise BadInput("The training to be watched ended at once; try `composer train` to see why.")
            time.sleep(0.2)
        yield
    finally:
        (run.folder / STOP).touch()
        process.wait()
        run.delete()


def _seconds_an_epoch(run: Run, minutes: float) -> float:
    """Mean of the epochs that begin from now on and end within the time."""
    first, end = len(run.metrics()) + 1, time.monotonic() + 60 * minutes
    while time.monotonic() < end or len(run.metrics()) < first + _LEAST:
        time.sleep(0.5)
    return float(np.mean([row["seconds"] for row in run.metrics()[first:]]))
