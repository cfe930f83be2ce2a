"""Starting a sweep: how long it will take here, and its runs into the queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from composer.algorithms.base import Algorithm
from composer.data.dataset import Dataset
from composer.errors import BadInput
from composer.jobs import queue
from composer.jobs.estimate import known_seconds
from composer.jobs.order import order_for
from composer.settings import Settings
from composer.training.sweep import Sweep, forget_sweep, new_sweep

BEGIN_S = 4.0
"""Seconds that pass in each run before it learns: Python, torch and the music are loaded anew."""


def sweep_seconds(
    algorithm: Algorithm, dataset: Dataset, settings: Settings, points: Sequence[Mapping[str, Any]]
) -> float | None:
    """About how long a sweep takes here, one run after the other; None where no epoch has been timed yet.

    Runs with settings that were never timed count as much as one with `settings`.
    """
    usual = known_seconds(algorithm, dataset, settings)
    each = [known_seconds(algorithm, dataset, _with(settings, point)) or usual for point in points]
    known = [seconds for seconds in each if seconds is not None]
    if not known or (usual is None and len(known) < len(each)):
        return None
    epochs = int(settings.as_dict()["epochs"])
    at_once = min(queue.at_once(), len(points))
    return sum(BEGIN_S + epochs * seconds for seconds in known) / at_once


def start_sweep(
    algorithm_name: str,
    dataset_name: str,
    settings: Settings,
    kind: str,
    points: Sequence[Mapping[str, Any]],
    seed: int = 0,
    start_from: Path | None = None,
    stop_when_converged: bool = True,
) -> Sweep:
    """Put a run for each of `points`, which say what differs from `settings`, into the queue.

    All of them get in, or none. Raises BadInput where the queue has no room for them, or the disk.
    """
    orders = [
        order_for(algorithm_name, dataset_name, _with(settings, point), seed, start_from, stop_when_converged)
        for point in points
    ]
    try:
        sweep = new_sweep(algorithm_name, dataset_name, kind, points, [order.run_id for order in orders])
    except OSError as error:
        raise BadInput(f"The sweep could not be written ({error.strerror}); free some disk space.") from None
    try:
        queue.submit(*orders)
    except BadInput:
        forget_sweep(sweep)
        raise
    return sweep


def cancel_rest(sweep: Sweep) -> None:
    """Take the runs of a sweep that still wait out of the queue."""
    with suppress(OSError):
        for entry in queue.waiting():
            if entry.order.run_id in sweep.runs:
                queue.cancel(entry)


def _with(settings: Settings, point: Mapping[str, Any]) -> Settings:
    return type(settings).from_dict(settings.as_dict() | dict(point))
