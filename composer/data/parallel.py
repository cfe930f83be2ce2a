"""Reading many files with two processes, with progress."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from composer.data.dataset import Progress

_PROCESSES = 2
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def read_all(
    read: Callable[[_Item], _Result], items: Sequence[_Item], progress: Progress, what: str, at_once: int = 1
) -> list[_Result]:
    """`read` of every item, in order, worked out by processes of their own that take `at_once` items at a time.

    `read` must be a function of a module; what it raises is raised here. `progress` is told "Reading <what> n of m".
    """
    # Spawned, not forked: a copy of a process with threads (the studio's) may hang.
    context = multiprocessing.get_context("spawn")
    results = []
    with ProcessPoolExecutor(_PROCESSES, mp_context=context) as pool:
        for done, result in enumerate(pool.map(read, items, chunksize=at_once)):
            progress(done / len(items), f"Reading {what} {done + 1} of {len(items)}")
            results.append(result)
    progress(1.0, f"Read {len(items)}")
    return results
