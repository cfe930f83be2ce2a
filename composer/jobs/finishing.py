"""Giving the model of a run its finish (see composer.evaluation.finishing), in a process of its own."""

from __future__ import annotations

from contextlib import suppress

import psutil
from safetensors import SafetensorError, safe_open

from composer.algorithms.models import WEIGHTS
from composer.algorithms.musegan.listener import LISTENER
from composer.algorithms.registry import ALGORITHMS
from composer.errors import BadInput
from composer.jobs import queue
from composer.jobs.house import check_not_a_guest
from composer.jobs.local import launch
from composer.jobs.process import FINISH, is_alive, lock, read_owner, release, write_owner
from composer.jobs.status import FINISH_LOG, status
from composer.training.run import Run


def can_be_finished(run: Run) -> bool:
    """Whether `run` has a model of an algorithm that is finished once it has learned, and none is there yet."""
    try:
        algorithm = ALGORITHMS.get(run.config["algorithm"])
    except (BadInput, KeyError):
        return False
    return algorithm is not None and algorithm.finishes and run.has_model() and not is_finished(run)


def is_finished(run: Run) -> bool:
    """Whether there is a listener among the weights of the model; training goes on without it."""
    try:
        with safe_open(run.folder / WEIGHTS, framework="numpy") as file:
            return any(name.startswith(LISTENER) for name in file.keys())  # noqa: SIM118  (it is no dictionary)
    except (OSError, SafetensorError):
        return False


def finish(run: Run) -> None:
    """Begin to finish the model of `run`, and return at once; what waits in the queue waits for that, too.

    Raises BadInput while as many trainings and finishes are under way as may be at once, and on a second server.
    """
    check_not_a_guest()
    with lock(run):
        if is_alive(run) or queue.free_places() < 1:
            raise BadInput("A training is under way on this computer; teach the listener when it has ended.")
        epochs = status(run).epochs
        process = launch(["models", "finish", run.id], run.folder / FINISH_LOG, then=queue.advance)
        write_owner(run, process.pid, epochs, FINISH)


def break_off(run: Run) -> None:
    """End the finishing of `run`; its model stays as it was."""
    check_not_a_guest()
    with lock(run):
        owner = read_owner(run)
        if owner is not None and owner.task == FINISH and is_alive(run):
            with suppress(psutil.Error):
                psutil.Process(owner.pid).kill()
            release(run)
