"""Trainings that wait their turn: one small file each in home()/queue, so that a restart of anything forgets none.

No program has to run for the queue to move: a training that ends becomes the next one (`hand_over`), a server whose
training was killed starts the next one, and so does every look at the Train page (`advance`). A lock sees to it that
no two of them start the same.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock

from composer.algorithms.models import WEIGHTS
from composer.errors import BadInput
from composer.jobs.house import check_not_a_guest
from composer.jobs.local import BEGIN, become, launch_order, prepare
from composer.jobs.order import Order, read_order, write_order
from composer.jobs.process import is_alive, leave
from composer.jobs.status import active_runs
from composer.paths import home
from composer.training.run import Run

PAUSED = "PAUSED"
AT_ONCE, MOST_WAITING = "COMPOSER_AT_ONCE", "COMPOSER_MOST_WAITING"
"""Environment variables: how many trainings run at the same time (1), and how many may wait (20)."""
ROOM = 200 * 10**6
"""Bytes of disk that must be free for the next training to start; else one after the other would break off."""


@dataclass(frozen=True)
class Waiting:
    """An order in the queue. `number` counts up, whatever the clock says, and is the place in line."""

    number: int
    order: Order

    @property
    def file(self) -> Path:
        """Where it is written."""
        return _folder() / f"{self.number:06d}.json"

    @property
    def belongings(self) -> Path:
        """The folder for the weights it begins from, if it does not begin from nothing."""
        return self.file.with_suffix("")


def waiting() -> list[Waiting]:
    """All that waits, the next one first; files that can't be read are passed over."""
    files = sorted(path for path in _folder().glob("*.json") if path.stem.isdigit())
    return [Waiting(int(path.stem), order) for path in files if (order := read_order(path)) is not None]


def place_of(run: Run) -> int | None:
    """Where `run` is in the queue, 1 being the next; None where it doesn't wait."""
    ids = [entry.order.run_id for entry in waiting()]
    return ids.index(run.id) + 1 if run.id in ids else None


def submit(*orders: Order) -> None:
    """Let these trainings run as soon as it is their turn, which may be at once; all of them wait, or none.

    One that is being trained already is left to that, one that waits already keeps its place and takes the new goal.
    Raises BadInput where the queue is full, can't be written, or this is a second server.
    """
    check_not_a_guest()
    with _told_of_trouble(), _lock():
        places = {entry.order.run_id: entry for entry in waiting()}
        new = [order for order in orders if not is_alive(order.run) and order.run_id not in places]
        if len(places) + len(new) > most_waiting() + free_places():
            raise BadInput(
                f"At most {most_waiting()} trainings can wait in the queue, and {len(places)} do already; cancel some, "
                "or add these later."
            )
        for order in orders:
            if order.run_id in places:
                write_order(places[order.run_id].file, replace(order, start=places[order.run_id].order.start))
        for number, order in enumerate(new, _next_number()):
            _write(Waiting(number, order))
    advance()


def advance() -> list[Run]:
    """Start the next trainings where there is room for them, and return their runs.

    Returns at once, with nothing, where another process is just doing so. What can't be started now keeps waiting.
    """
    started: list[Run] = []
    if not waiting():
        return started
    with suppress(OSError), _lock(timeout=1):
        while (entry := _next()) is not None:
            launch_order(entry.order, then=advance)
            cancel(entry)
            started.append(entry.order.run)
    return started


def hand_over(ended: Run) -> None:
    """Let this process, which has trained `ended`, become the training of what is next in the queue, if anything is.

    So no process is left without a parent that waits for it, and none has to watch the others.
    """
    leave(ended)
    if os.name == "nt":  # there a process can't become another one
        advance()
        return
    order: Order | None = None
    with suppress(OSError), _lock():
        if (entry := _next()) is not None:
            order = prepare(entry.order)
            cancel(entry)
    if order is not None:
        become(order)


def cancel(entry: Waiting) -> None:
    """Take one out of the queue; nothing happens where it has begun meanwhile."""
    entry.file.unlink(missing_ok=True)
    shutil.rmtree(entry.belongings, ignore_errors=True)


def pause() -> None:
    """Start nothing more from the queue; what is being trained goes on."""
    check_not_a_guest()
    with _told_of_trouble():
        _folder().mkdir(parents=True, exist_ok=True)
        (_folder() / PAUSED).touch()


def go_on_with_queue() -> None:
    """End a pause."""
    check_not_a_guest()
    (_folder() / PAUSED).unlink(missing_ok=True)
    advance()


def is_paused() -> bool:
    """Whether the queue is paused."""
    return (_folder() / PAUSED).exists()


def short_of_disk() -> bool:
    """Whether the disk is so full that nothing more is started."""
    return shutil.disk_usage(home()).free < ROOM


def at_once() -> int:
    """How many trainings run at the same time."""
    return _from_environment(AT_ONCE, 1)


def free_places() -> int:
    """How many more can begin now."""
    return max(at_once() - len(active_runs()), 0)


def most_waiting() -> int:
    """How many trainings may wait."""
    return _from_environment(MOST_WAITING, 20)


def _next() -> Waiting | None:
    """What is to be started now; None where nothing waits, or it has to wait longer."""
    for entry in waiting():
        if is_alive(entry.order.run):  # it was started, and what started it died before it could say so
            cancel(entry)
    if is_paused() or short_of_disk() or free_places() < 1:
        return None
    return next(iter(waiting()), None)


def _next_number() -> int:
    return max((int(path.stem) for path in _folder().glob("*.json") if path.stem.isdigit()), default=0) + 1


def _write(entry: Waiting) -> None:
    """Write the entry, with a copy of the weights it begins from: the model may learn more, or go, meanwhile."""
    order = entry.order
    if order.start is not None and order.run not in (Run(parent) for parent in Path(order.start).parents):
        copy = entry.belongings / BEGIN / Path(order.start).parent.name / WEIGHTS
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(order.start, copy)
        order = replace(order, start=str(copy))
    write_order(entry.file, order)


def _folder() -> Path:
    return home() / "queue"


def _lock(timeout: float = 30) -> FileLock:
    _folder().mkdir(parents=True, exist_ok=True)
    return FileLock(_folder() / "queue.lock", timeout=timeout)


@contextmanager
def _told_of_trouble() -> Iterator[None]:
    """Turn what the disk refuses, and a lock that never comes free, into a sentence."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or "something else is using it"
        raise BadInput(f"The queue of trainings could not be written ({reason}); please try again.") from None


def _from_environment(name: str, default: int) -> int:
    try:
        return max(int(os.environ[name]), 1)
    except (KeyError, ValueError):
        return default
