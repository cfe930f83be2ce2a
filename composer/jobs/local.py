"""Training on this machine, each run in a process of its own at low priority, so that pages stay quick."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil

import composer
from composer.algorithms.registry import find_algorithm
from composer.data.dataset import Source
from composer.data.own import library
from composer.errors import BadInput
from composer.jobs.house import check_not_a_guest
from composer.jobs.order import ORDER, Order, write_order
from composer.jobs.process import is_alive, lock, write_owner
from composer.settings import Settings
from composer.training.loop import STOP
from composer.training.priority import LOW_PRIORITY
from composer.training.run import Run, runs_folder, runs_on

LOG, BEGIN = "log.txt", "begin"
"""In a run's folder: what its process prints, and the folder of the weights that were kept for it while it waited."""
PROGRAM: tuple[str, ...] = (sys.executable, "-m", "composer")
"""What is launched to train; its arguments are those of the command line."""


def launch_order(order: Order, then: Callable[[], object] = lambda: None) -> Run:
    """Start the training in a process of its own, unless it is under way, and return its run at once.

    `then` is called, in a thread, when the process has ended, however it ended.
    """
    check_not_a_guest()
    run = order.run
    with lock(run):
        if not is_alive(run):
            process = launch(_arguments(_made_ready(order)), run.folder / LOG, then)
            write_owner(run, process.pid, order.epochs)
    return run


def prepare(order: Order) -> Order:
    """Note that this very process is to train the order next, by `become`; the order as it is then."""
    with lock(order.run):
        order = _made_ready(order)
        write_owner(order.run, os.getpid(), order.epochs)
    return order


def become(order: Order) -> None:
    """Turn this process into the one that trains the order; it never returns. Not for Windows."""
    with (order.run.folder / LOG).open("wb") as log:
        sys.stdout.flush()
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.execve(PROGRAM[0], [*PROGRAM, *_arguments(order)], dict(environment()))


def _made_ready(order: Order) -> Order:
    """Write down in the run's folder what it is to do, so that it can be gone on with even if it is killed at once.

    Weights that were kept for it while it waited move into its folder.
    """
    folder = order.run.folder
    if order.start is not None and (kept := Path(order.start)).parents[1].name == BEGIN:
        place = folder / BEGIN
        if kept.exists() and kept.parents[1] != place:
            shutil.rmtree(place, ignore_errors=True)
            shutil.move(kept.parents[1], place)
        order = replace(order, start=str(place / kept.parent.name / kept.name))
    (folder / STOP).unlink(missing_ok=True)
    write_order(folder / ORDER, order)
    return order


def _arguments(order: Order) -> list[str]:
    """The command line that carries the order out, and refuses to where that would be another run by now."""
    settings = find_algorithm(order.algorithm).TrainSettings.from_dict(order.settings)
    start = [] if order.start is None else ["--start", order.start]
    rest = ["--seed", str(order.seed), "--quiet", "--expect", order.run_id]
    rest += [] if order.stop_when_converged else ["--no-stop"]
    return [*train_arguments(order.algorithm, order.dataset, settings), *start, *rest]


def stop(run: Run) -> None:
    """Ask the training to stop soon; what it learned is kept. Nothing happens where none is under way."""
    check_not_a_guest()
    if is_alive(run):
        (run.folder / STOP).touch()


def delete_dataset(source: Source) -> list[Run]:
    """Remove a person's dataset for good and return the runs that learned from it; their models stay.

    Raises BadInput for a built-in dataset, and while a run is learning from it.
    """
    check_not_a_guest()
    runs = runs_on(source.name)
    just_begun = [Run(folder) for folder in runs_folder().glob(f"*-{source.name}-*")]  # without a config as yet
    if any(map(is_alive, [*runs, *just_begun])):
        raise BadInput(f"A training is learning from “{source.title}” now; stop it first, then delete the dataset.")
    library.delete(source)
    return runs


def train_arguments(algorithm_name: str, dataset_name: str, settings: Settings) -> list[str]:
    """The command line that trains so: `train unet-gan --dataset chorales --update-ratio 1 ...`."""
    flags = [part for name, value in settings.as_dict().items() for part in (f"--{name.replace('_', '-')}", str(value))]
    return ["train", algorithm_name, "--dataset", dataset_name, *flags]


def launch(arguments: Sequence[str], log: Path, then: Callable[[], object] = lambda: None) -> subprocess.Popen[bytes]:
    """Start the program at low priority, with all it prints going to `log`, and return its process at once.

    It outlives this process and the terminal, and is waited for, so that it never stays behind as a zombie; `then` is
    called after that.
    """

    def _wait() -> None:
        process.wait()
        then()

    with log.open("wb") as output:
        process = subprocess.Popen(
            [*PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment(),
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    _lower_priority(process.pid)
    threading.Thread(target=_wait, daemon=True, name=f"waits for {process.pid}").start()
    return process


def _lower_priority(pid: int) -> None:
    """Let everything else go first.

    Linux may share the processor out between sessions before it looks at the priority of processes; there the new
    session is lowered as a whole, or else the priority would count for nothing.
    """
    with suppress(psutil.Error):
        psutil.Process(pid).nice(LOW_PRIORITY)
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(LOW_PRIORITY))


def environment() -> Mapping[str, str]:
    """This process's environment, in which the child finds this very package and writes UTF-8 at once."""
    package = str(Path(composer.__file__).parents[1])
    path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
    return os.environ | {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
