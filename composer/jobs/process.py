"""Which process is at work on a run: a small file beside the run, and whether that process still lives."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from filelock import FileLock

from composer.errors import BadInput
from composer.paths import write_atomically
from composer.training.loop import STOP
from composer.training.run import Run

PROCESS = "process.json"
TRAIN, FINISH = "train", "finish"
"""What a process does to a run: it trains it, or gives its model a finish (see finishing)."""
_NOBODY = 0
_SAME_START_S = 1.0
"""Two readings of one process's start may differ by less than this; a reused number differs by more."""


@dataclass(frozen=True)
class Owner:
    """The process at work on a run: its number, when it began (seconds since 1970) and the epochs it is to reach.

    `birth` says when it began so that setting the clock changes nothing; "" where the system doesn't tell. `task` is
    TRAIN or FINISH.
    """

    pid: int
    created: float
    epochs: int
    birth: str = ""
    task: str = TRAIN

    def alive(self) -> bool:
        """Whether it still runs; a zombie, or another process that was given the same number, doesn't count."""
        try:
            process = psutil.Process(self.pid)
            began = abs(process.create_time() - self.created) < _SAME_START_S
            same = _birth(self.pid) == self.birth if self.birth else began
            return bool(same and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.Error:
            return False


def _birth(pid: int) -> str:
    """The start of this computer and the ticks from there to the start of the process; "" where it can't be read.

    What a process's time of start is in seconds since 1970 moves with the clock.
    """
    try:
        computer = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{computer} {Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[19]}"
    except OSError:
        return ""


def read_owner(run: Run) -> Owner | None:
    """The process at work on `run`, or that died at it; None where there was none or the last ended in good order."""
    try:
        return Owner(**json.loads((run.folder / PROCESS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def is_alive(run: Run) -> bool:
    """Whether a process is at work on `run` now."""
    owner = read_owner(run)
    return owner is not None and owner.alive()


def write_owner(run: Run, pid: int, epochs: int, task: str = TRAIN) -> None:
    """Note that the living process `pid` is at work on `run`, of so many `epochs`; to be called under `lock`."""
    try:
        owner = Owner(pid, psutil.Process(pid).create_time(), epochs, _birth(pid), task)
    except psutil.NoSuchProcess:  # it ended at once
        owner = Owner(_NOBODY, 0.0, epochs, task=task)
    _write(run, owner)


def lock(run: Run) -> FileLock:
    """Held while a process is started, or claims the run, so that two never train the same one."""
    run.folder.mkdir(parents=True, exist_ok=True)
    return FileLock(run.folder / "process.lock", timeout=30)


def claim(run: Run, epochs: int, task: str = TRAIN) -> None:
    """Make this process the one at work on `run`; raises BadInput where another is.

    The process that launched this one may have claimed the run in its name: where Python is started through a launcher
    (as in an environment on Windows), the number it noted is that of the launcher, this one's parent.
    """
    with lock(run):
        owner = read_owner(run)
        if owner and owner.pid not in (os.getpid(), os.getppid()) and owner.alive():
            raise BadInput(f"The run “{run.id}” is at work already; stop it first, or watch it on the Train page.")
        if not (owner and owner.alive()):
            (run.folder / STOP).unlink(missing_ok=True)
        write_owner(run, os.getpid(), epochs, task)


def leave(run: Run) -> None:
    """Note that this process no longer trains `run`, if it did and broke off: what it does next is another thing."""
    owner = read_owner(run)
    if owner is not None and owner.pid == os.getpid():
        with suppress(OSError):
            _write(run, Owner(_NOBODY, owner.created, owner.epochs))


def release(run: Run) -> None:
    """Note that the work ended in good order; a training that dies without this counts as crashed."""
    (run.folder / PROCESS).unlink(missing_ok=True)


def _write(run: Run, owner: Owner) -> None:
    write_atomically(run.folder / PROCESS, json.dumps(asdict(owner)).encode())
