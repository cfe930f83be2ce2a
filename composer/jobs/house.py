"""Which server may change a data folder: the first one; a second one on the same folder only reads.

The command line is no server: trainings started there are kept apart by the lock of each run.
"""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from composer.errors import BadInput
from composer.paths import home

READS_ONLY = (
    "Another studio is open on this computer with the same data folder. Here you can look, listen and generate; "
    "training and deleting are left to the other one until it is closed."
)
_held: dict[Path, FileLock] = {}
_guests: set[Path] = set()


def hold() -> bool:
    """Whether this process is the server that may change `home()`; it becomes that where no other one is.

    The lock is the operating system's: it ends with the process, however that ends.
    """
    folder = home()
    if folder not in _held:
        lock = FileLock(folder / "server.lock", blocking=False, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            _guests.add(folder)
            return False
        _held[folder] = lock
        _guests.discard(folder)
    return True


def check_not_a_guest() -> None:
    """Raise BadInput where this process is a second server, and the first one still lives."""
    if home() in _guests and not hold():
        raise BadInput(READS_ONLY)
