"""`composer bench survive`: trainings and servers are killed at random moments, and what that cost is counted."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil
import torch
from filelock import FileLock
from safetensors import safe_open
from safetensors.torch import load_file

from composer.algorithms.models import WEIGHTS
from composer.data.dataset import Dataset, Piece, write_pieces
from composer.evaluation.bench import Result, Subject
from composer.evaluation.intervals import Figure
from composer.jobs import again, queue
from composer.jobs.local import environment
from composer.jobs.order import Order, order_for, order_to_go_on
from composer.jobs.process import read_owner
from composer.jobs.status import active_runs, status
from composer.paths import home
from composer.training.run import CHECKPOINT, Run

TRAINER_KILLS, SERVER_KILLS = 20, 10
_PIECES = {"train": 2, "valid": 1, "test": 1}
_STEPS = 64
_NAME = "survivors"
_ROOM_ON_DISK = 100_000
"""Bytes that a file may have when the disk is full: enough to say so, too few for weights."""
_PATIENCE_S, _LONG_S = 300.0, 3600.0
_SERVER = "import time; from composer.jobs.again import catch_up; catch_up(); time.sleep(600)"
"""What a server does about trainings when its first page is opened, without the pages."""


@dataclass
class Toll:
    """What the kills cost: `lost` whole epochs, `orphans` and half-written `partials` left, `unequal` runs.

    `untold` counts full disks about which the run says nothing.
    """

    lost: int = 0
    orphans: int = 0
    partials: int = 0
    unequal: int = 0
    broken_by_server: int = 0
    untold: int = 0
    seconds: list[float] = field(default_factory=list)


def bench_survive(subject: Subject) -> list[Result]:
    """Kill trainings and servers as often as TRAINER_KILLS and SERVER_KILLS say, fill a disk, tell what was lost."""
    toll = survive(subject, TRAINER_KILLS, SERVER_KILLS)
    kills = f"{TRAINER_KILLS} kills of a training, {SERVER_KILLS} of a server, a full disk"
    return [
        Result(f"Whole epochs lost in {kills}", Figure(toll.lost), "", "0; the one under way is learned again"),
        Result("Runs whose weights differ from an unbroken training's", Figure(toll.unequal), "of 2", "0"),
        Result("Trainings that ended with their server", Figure(toll.broken_by_server), "", "0"),
        Result("Full disks that the run says nothing about", Figure(toll.untold), "of 1", "0"),
        Result("Processes and zombies left", Figure(toll.orphans), "", "0"),
        Result("Half-written files left", Figure(toll.partials), "", "0"),
        Result(
            "From going on to the next whole epoch (median)", Figure(sorted(toll.seconds)[len(toll.seconds) // 2]), "s"
        ),
    ]


def survive(subject: Subject, trainer_kills: int, server_kills: int, seed: int = 0) -> Toll:
    """Train two runs in a queue on a few bars, kill what trains them and what started them, and compare the end.

    All happens in a data folder of its own; chance decides the moments, from `seed`. Not for Windows.
    """
    chance, toll = random.Random(seed), Toll()
    others = set(psutil.Process().children(recursive=True))
    data = _few_bars(subject.dataset)
    with _own_home(data):
        first, second = _order(subject, 0, epochs=1000), _order(subject, 1, epochs=2)
        queue.submit(first)
        for number in range(trainer_kills):
            _kill_trainer(first.run, toll, chance, wait_for_epoch=number % 2 == 1)
        for _ in range(server_kills):
            _kill_server(first.run, toll, chance)
        _fill_disk(first.run, toll)
        _kill(first.run)
        queue.submit(order_to_go_on(first.run, max(_checkpoint_epoch(first.run), 1) + 2), second)
        _until(lambda: not queue.waiting() and not active_runs(), _LONG_S)
        again.catch_up()
        toll.orphans = _children_left(others)
        toll.partials = len(list(home().rglob("*.partial")))
        goals = [status(order.run).epoch for order in (first, second)]
        broken = [order.run.folder for order in (first, second)]
        with _own_home(data):
            unbroken = [_order(subject, seed, goal) for seed, goal in enumerate(goals)]
            queue.submit(*unbroken)
            _until(lambda: not queue.waiting() and not active_runs(), _LONG_S)
            toll.unequal = sum(
                not _same_weights(folder, order.run.folder) for folder, order in zip(broken, unbroken, strict=True)
            )
            toll.orphans += _children_left(others)
    return toll


def _kill_trainer(run: Run, toll: Toll, chance: random.Random, wait_for_epoch: bool) -> None:
    """Kill what trains `run`, somewhere in its start or around an epoch's end, and go on with it."""
    _until(lambda: run in active_runs())
    begun, start = status(run).epoch, time.monotonic()
    if wait_for_epoch:
        _until(lambda: status(run).epoch > begun)
        toll.seconds.append(time.monotonic() - start)
        time.sleep(chance.uniform(0, 2 * run.metrics()[-1]["seconds"]))
    else:
        time.sleep(chance.uniform(0, 4))
    _kill(run)
    toll.lost += max(status(run).epoch - _checkpoint_epoch(run), 0)
    again.go_on_with(again.broken_off())


def _kill(run: Run) -> None:
    owner = read_owner(run)
    assert owner is not None
    psutil.Process(owner.pid).kill()
    _until(lambda: not owner.alive())


def _kill_server(run: Run, toll: Toll, chance: random.Random) -> None:
    """Start what a server is to trainings, kill it, and see whether the training goes on and the folder is free."""
    server = subprocess.Popen([sys.executable, "-c", _SERVER], env=dict(environment()))
    try:
        _until(_is_taken)
        time.sleep(chance.uniform(0, 1))
    finally:
        server.kill()
        server.wait()
    toll.broken_by_server += run not in active_runs()
    _until(lambda: not _is_taken())


def _fill_disk(run: Run, toll: Toll) -> None:
    """Let the training's next write of its weights fail, see what it says, and go on with it. Only Linux can do so."""
    owner = read_owner(run)
    if owner is None or not hasattr(psutil, "RLIMIT_FSIZE"):
        return
    before = status(run).epoch
    psutil.Process(owner.pid).rlimit(psutil.RLIMIT_FSIZE, (_ROOM_ON_DISK, _ROOM_ON_DISK))
    _until(lambda: not owner.alive())
    found = status(run)
    toll.untold += "free some disk space" not in found.message
    toll.lost += max(before, found.epoch) - _checkpoint_epoch(run)
    again.go_on_with(again.broken_off())
    _until(lambda: run in active_runs())


def _children_left(others: set[psutil.Process]) -> int:
    """Processes besides `others` that this one began and that are still there, zombies too, once they had time to end.

    At their low priority, on a machine that is busy, they need far longer for that than for what they write last.
    """
    with suppress(TimeoutError):
        _until(lambda: not set(psutil.Process().children(recursive=True)) - others)
    return len(set(psutil.Process().children(recursive=True)) - others)


def _is_taken() -> bool:
    try:
        with FileLock(home() / "server.lock", blocking=False):
            return False
    except OSError:
        return True


def _order(subject: Subject, seed: int, epochs: int) -> Order:
    settings = subject.algorithm.TrainSettings.from_dict({"epochs": epochs, "batch_size": 2})
    return order_for(subject.algorithm.name, _NAME, settings, seed, stop_when_converged=False)


def _few_bars(dataset: Dataset) -> Dataset:
    """So little music that an epoch takes a moment."""
    pieces: list[Piece] = []
    for split, count in _PIECES.items():
        found = [piece for piece in dataset.pieces if piece.split == split and piece.music.steps >= _STEPS]
        pieces += [replace(piece, music=piece.music.window(0, _STEPS)) for piece in found[:count]]
    return replace(dataset, name=_NAME, pieces=tuple(pieces))


@contextmanager
def _own_home(data: Dataset) -> Iterator[None]:
    """An empty data folder that holds this dataset as a person's own."""
    before = os.environ.get("COMPOSER_HOME")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COMPOSER_HOME"] = folder
        about = {"title": "Survivors", "parts": data.part_names, "pieces": len(data.pieces), "bars": 16}
        write_pieces(Path(folder) / "datasets" / "own" / f"{_NAME}.safetensors", data.pieces, about)
        try:
            yield
        finally:
            for run in active_runs():
                owner = read_owner(run)
                with suppress(psutil.Error):
                    psutil.Process(owner.pid if owner else 0).kill()
            if before is None:
                del os.environ["COMPOSER_HOME"]
            else:
                os.environ["COMPOSER_HOME"] = before


def _checkpoint_epoch(run: Run) -> int:
    if not (run.folder / CHECKPOINT).exists():
        return 0
    with safe_open(run.folder / CHECKPOINT, framework="pt") as file:
        return int(json.loads(file.metadata()["row"])["epoch"])


def _same_weights(one: Path, other: Path) -> bool:
    for name in (WEIGHTS, CHECKPOINT):
        a, b = load_file(one / name), load_file(other / name)
        if a.keys() != b.keys() or not all(torch.equal(value, b[key]) for key, value in a.items()):
            return False
    return True


def _until(condition: Callable[[], bool], patience_s: float = _PATIENCE_S) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing happened for {patience_s:.0f} s")
        time.sleep(0.02)
