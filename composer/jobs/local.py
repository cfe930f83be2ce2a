"""Training on this machine, each run in a process of its own at low priority, so that pages stay quick."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

import composer
from composer.algorithms.registry import find_algorithm
from composer.data.dataset import Source
from composer.data.own import library
from composer.data.registry import find_source, sources
from composer.errors import BadInput
from composer.jobs.process import is_alive, lock, write_owner
from composer.settings import Settings
from composer.training.loop import STOP
from composer.training.run import Run, run_for, runs_folder, runs_on

LOG = "log.txt"
PROGRAM: tuple[str, ...] = (sys.executable, "-m", "composer")
"""What is launched to train; its arguments are those of the command line."""
LOW_PRIORITY: int = getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 10)
"""For psutil's nice(): a priority class on Windows, a nice value elsewhere."""


def start(
    algorithm_name: str, dataset_name: str, settings: Settings, seed: int = 0, start_from: Path | None = None
) -> Run:
    """Train in a process of its own and return the run at once; one that is being trained already is left to it.

    It begins from nothing or from a file of a model's weights. A run of the same dataset, algorithm, settings, seed and
    beginning is gone on with. The dataset is loaded here (built where it
    never was, which takes a while). Raises BadInput for names that don't exist.
    """
    algorithm, dataset = find_algorithm(algorithm_name), find_source(dataset_name).load()
    run = run_for(algorithm, dataset, settings, seed, start_from)
    with lock(run):
        if not is_alive(run):
            (run.folder / STOP).unlink(missing_ok=True)
            arguments = train_arguments(algorithm_name, dataset_name, settings)
            arguments += [] if start_from is None else ["--start", str(start_from)]
            process = launch([*arguments, "--seed", str(seed), "--quiet"], run.folder / LOG)
            write_owner(run, process.pid, int(settings.as_dict()["epochs"]))
    return run


def go_on(run: Run, epochs: int) -> Run:
    """Train `run` further until it has `epochs` in all.

    Raises BadInput where its config can't be read, and where its dataset was deleted or is another one now.
    """
    config = run.config
    if config["dataset"] not in sources():
        raise BadInput(
            f"The music that this run learned from, “{config['dataset']}”, was deleted, so it can't be trained any "
            "further; its model can still be used."
        )
    if find_source(config["dataset"]).load().fingerprint != config["fingerprint"]:
        raise BadInput(
            f"“{config['dataset']}” holds other music now than when this run began, so it can't be trained further; "
            "please start a new training."
        )
    settings = run.settings()
    more = type(settings).from_dict(settings.as_dict() | {"epochs": epochs})
    return start(config["algorithm"], config["dataset"], more, config["seed"], run.start)


def stop(run: Run) -> None:
    """Ask the training to stop soon; what it learned is kept. Nothing happens where none is under way."""
    if is_alive(run):
        (run.folder / STOP).touch()


def delete(run: Run) -> None:
    """Remove a run for good; raises BadInput while it is being trained."""
    if is_alive(run):
        raise BadInput("This run is still training; stop it first, then delete it.")
    run.delete()


def delete_dataset(source: Source) -> list[Run]:
    """Remove a person's dataset for good and return the runs that learned from it; their models stay.

    Raises BadInput for a built-in dataset, and while a run is learning from it.
    """
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


def launch(arguments: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    """Start the program at low priority, with all it prints going to `log`, and return its process at once.

    It outlives this process and the terminal, and is waited for, so that it never stays behind as a zombie.
    """
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
    threading.Thread(target=process.wait, daemon=True, name=f"waits for {process.pid}").start()
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
