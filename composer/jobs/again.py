"""Going on with trainings: those that were broken off, and one from an earlier epoch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from composer.errors import BadInput
from composer.jobs import queue
from composer.jobs.house import check_not_a_guest, hold
from composer.jobs.order import check_same_music, order_to_go_on
from composer.jobs.process import PROCESS, is_alive, lock
from composer.jobs.status import status
from composer.paths import home
from composer.training import checkpoints
from composer.training.run import Run, runs_folder

RESUME = "COMPOSER_RESUME"
"""An environment variable: 1 lets a server that starts go on by itself with what was broken off."""


def broken_off() -> list[Run]:
    """The runs whose training ended too early, by a kill, a fault or a power cut, and that don't wait already."""
    waiting = {entry.order.run_id for entry in queue.waiting()}
    owned = sorted(path.parent for path in runs_folder().glob(f"*/{PROCESS}"))
    return [run for run in map(Run, owned) if run.id not in waiting and status(run).state == "crashed"]


def go_on_with(runs: Iterable[Run]) -> list[str]:
    """Put `runs` into the queue, each up to the epochs it was to reach; a sentence for each that can't go on."""
    problems = []
    for run in runs:
        try:
            queue.submit(order_to_go_on(run))
        except BadInput as error:
            problems.append(str(error))
    return problems


def continue_to(run: Run, epochs: int) -> None:
    """Put `run` into the queue until it has `epochs` in all.

    Raises BadInput where its config can't be read, where its dataset was deleted or is another one now, or where the
    queue is full.
    """
    order = order_to_go_on(run, epochs)
    check_same_music(order)
    queue.submit(order)


def go_back(run: Run, epoch: int) -> None:
    """Make the kept `epoch` the newest of `run`; see `checkpoints.go_back`. Raises BadInput while it is trained."""
    with _at_rest(run):
        checkpoints.go_back(run, epoch)


def start_again(run: Run, epoch: int) -> None:
    """Go back to the kept `epoch` and train from there to where the run has been. Raises BadInput while it is trained.

    It stays the same run, and since chance goes on as it did, it ends with the same weights, bit for bit.
    """
    goal = max(checkpoints.epoch_set_aside(run) or 0, status(run).epoch)
    go_back(run, epoch)
    continue_to(run, goal)


def undo_going_back(run: Run) -> None:
    """Bring back the later epochs; see `checkpoints.undo_going_back`. Raises BadInput while it is trained."""
    with _at_rest(run):
        checkpoints.undo_going_back(run)


def forget_kept(run: Run) -> None:
    """Free the disk that earlier and later epochs take; the newest one stays. Raises BadInput while it is trained."""
    with _at_rest(run):
        checkpoints.forget_kept(run)


def catch_up() -> None:
    """Clear up what a killed process left half written, go on with what it broke off where that is wished, start what
    waits. A second server leaves all that to the first.
    """
    if not hold():
        return
    with suppress(OSError):
        for partial in _left_behind():
            partial.unlink(missing_ok=True)
    if os.environ.get(RESUME) == "1":
        go_on_with(broken_off())
    queue.advance()


def _left_behind() -> Iterator[Path]:
    """Half-written files of runs that nobody trains, of the queue and of the data folder itself."""
    yield from home().glob("*.*.partial")
    yield from (home() / "queue").rglob("*.*.partial")
    yield from (home() / "sweeps").glob("*.*.partial")
    for run in (Run(folder) for folder in runs_folder().glob("*") if folder.is_dir()):
        if not is_alive(run):
            yield from run.folder.rglob("*.*.partial")


@contextmanager
def _at_rest(run: Run) -> Iterator[None]:
    """While this lasts nobody begins to train `run`; what the disk refuses becomes a sentence."""
    check_not_a_guest()
    try:
        with lock(run):
            if is_alive(run):
                raise BadInput("This run is still at work; stop it first.")
            yield
    except OSError as error:
        raise BadInput(
            f"The run could not be written ({error.strerror}); free some disk space and try again."
        ) from None
