"""How a run stands, read from its folder alone, so that any page, tab or terminal sees the same."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from composer.errors import BadInput
from composer.jobs.local import LOG
from composer.jobs.process import FINISH, PROCESS, Owner, read_owner
from composer.training.loop import STOP
from composer.training.run import METRICS, Run, runs_folder

_RECENT = 5
FINISHING = "finishing"
FINISH_LOG = "finish.txt"
"""In a run's folder: what the process prints that gives its model a finish."""
_KILLED = "The training was ended from outside, perhaps because memory ran out; it can go on from its last whole epoch."


@dataclass(frozen=True)
class Status:
    """How a run stands. `state` is "running", "stopping", "finished", "stopped", "crashed" or FINISHING.

    `epoch` of `epochs` are done. `seconds_left` is None where it isn't known yet; `message` says what went wrong, or
    what is being done to finish the model.
    """

    state: str
    epoch: int
    epochs: int
    seconds_left: float | None = None
    message: str = ""

    @property
    def active(self) -> bool:
        """Whether a process is at work on the run."""
        return self.state in ("running", "stopping", FINISHING)


def status(run: Run) -> Status:
    """How `run` stands now."""
    rows, owner = run.metrics(), read_owner(run)
    epoch = int(rows[-1]["epoch"]) if rows else 0
    if owner and owner.task == FINISH:
        return _standing_of_finish(run, owner, epoch)
    if owner and owner.alive():
        state = "stopping" if (run.folder / STOP).exists() else "running"
        return Status(state, epoch, owner.epochs, _seconds_left(run, rows, owner.epochs - epoch))
    epochs = owner.epochs if owner else _wanted(run)
    if epoch >= epochs:
        return Status("finished", epoch, epochs)
    if owner:
        return Status("crashed", epoch, epochs, message=_last_line(run, LOG) or _KILLED)
    return Status("stopped", epoch, epochs)


def active_runs() -> list[Run]:
    """The runs that are being trained now, the one begun last first."""
    owners = {Run(path.parent): read_owner(Run(path.parent)) for path in runs_folder().glob(f"*/{PROCESS}")}
    alive = [(owner.created, run.id, run) for run, owner in owners.items() if owner and owner.alive()]
    return [run for _, _, run in sorted(alive, key=lambda found: found[:2], reverse=True)]


def newest_active() -> Run | None:
    """The run that is being trained now, the one begun last where there are several; None where there is none."""
    return next(iter(active_runs()), None)


def _standing_of_finish(run: Run, owner: Owner, epoch: int) -> Status:
    """While the model is being finished, and where that went wrong: the training itself is over either way."""
    message = _last_line(run, FINISH_LOG).removeprefix("composer: ")
    if owner.alive():
        return Status(FINISHING, epoch, owner.epochs, message=message)
    state = "finished" if epoch >= owner.epochs else "stopped"
    return Status(state, epoch, owner.epochs, message=f"The listener was not taught to the end. {message}")


def _wanted(run: Run) -> int:
    try:
        return int(run.settings().as_dict()["epochs"])
    except (BadInput, KeyError, TypeError):
        return 0


def _seconds_left(run: Run, rows: list[dict[str, float]], epochs: int) -> float | None:
    """From the median of the last few epochs, less what has passed since the last one was written.

    Where the clock was set back nothing has passed.
    """
    if not rows:
        return None
    passed = time.time() - (run.folder / METRICS).stat().st_mtime
    each = float(np.median([row["seconds"] for row in rows[-_RECENT:]]))
    return max(epochs * each - min(max(passed, 0.0), each), 0.0)


def _last_line(run: Run, log: str) -> str:
    try:
        lines = (run.folder / log).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
