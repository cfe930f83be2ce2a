"""What it costs a training to be watched: pairs of the same training, with the Train page open and without."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil

from composer.algorithms.base import Algorithm
from composer.data.dataset import Dataset
from composer.data.registry import find_source
from composer.errors import BadInput
from composer.evaluation.bench_page import PATIENCE_MS, chromium, serve
from composer.training.loop import STOP
from composer.training.run import Run, run_for

_LOW_PRIORITY: int = getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 10)
"""As low as that of a training that the Train page starts, so that watching gets in its way as it does there."""
_EPOCHS = 1000
_LEAST = 2
"""So many epochs are timed at the least, however slow they are; the first of a training isn't."""


def measure_watching(algorithm: Algorithm, dataset: Dataset, minutes: float, pairs: int) -> list[float]:
    """By how many percent an epoch takes longer while the Train page shows the training, for each pair.

    A pair is the same training twice, `minutes` each: with the page open in Chromium, its charts and rolls growing, and
    with no server at all; which comes first changes from pair to pair. Raises BadInput where there is no Chromium.
    """
    slower = []
    with tempfile.TemporaryDirectory() as home:
        source = find_source(dataset.name).path
        (Path(home) / "datasets").mkdir()
        shutil.copy(source, Path(home) / "datasets")
        for pair in range(pairs):
            run = Run(Path(home) / "runs" / run_for(algorithm, dataset, algorithm.TrainSettings(), pair).id)
            command = ["train", algorithm.name, "--dataset", dataset.name, "--seed", str(pair)]
            ways = (_alone, _watched) if pair % 2 == 0 else (_watched, _alone)
            seconds = {way: way(home, run, command, minutes) for way in ways}
            slower.append(100 * (seconds[_watched] / seconds[_alone] - 1))
    return slower


def _alone(home: str, run: Run, command: Sequence[str], minutes: float) -> float:
    with _training(home, run, command):
        return _seconds_an_epoch(run, minutes)


def _watched(home: str, run: Run, command: Sequence[str], minutes: float) -> float:
    with serve(home) as (_, address), chromium() as browser, _training(home, run, command):
        page = browser.new_page(viewport={"width": 1440, "height": 1600})
        page.goto(f"{address}/Train?run={run.id}")
        page.wait_for_selector(".chart-mount[data-points]", timeout=10 * PATIENCE_MS)
        page.wait_for_selector(".hear[data-epoch]", timeout=PATIENCE_MS)
        return _seconds_an_epoch(run, minutes)


@contextmanager
def _training(home: str, run: Run, command: Sequence[str]) -> Iterator[None]:
    """The training in a process of its own at low priority; its run is removed at the end."""
    whole = [sys.executable, "-m", "composer", *command, "--epochs", str(_EPOCHS), "--no-stop", "--quiet"]
    environment = os.environ | {"COMPOSER_HOME": home, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(whole, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    psutil.Process(process.pid).nice(_LOW_PRIORITY)
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
