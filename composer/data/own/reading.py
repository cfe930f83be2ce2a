"""Goes through all that a person brought, on every core, and judges file after file while memory stays bounded."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice

from composer.data.dataset import Progress
from composer.data.own.archive import Entry
from composer.data.own.judging import Judged, judge
from composer.errors import BadInput

MAX_NOTES = 20_000_000
"""Notes of one dataset, 16 bytes each in memory."""
_FEW = 16
"""So many files are read sooner than other processes are started."""
_MAX_WORKERS = 8
_BATCH = 8
_WAITING = 4
"""Batches that are handed out ahead of each worker."""


def judge_all(entries: Iterable[Entry], progress: Progress = lambda share, words: None) -> list[Judged]:
    """All files judged, in their order, with `progress` as they are; what lies beyond MAX_NOTES is refused.

    Raises BadInput where nothing was brought, or where memory ran out.
    """
    found: list[Judged] = []
    notes = 0
    for file, share in _judged(iter(entries)):
        if file.roll is not None and notes + len(file.roll.notes) > MAX_NOTES:
            found.append(Judged(file.name, f"The dataset is full: {MAX_NOTES:,} notes came before it."))
        else:
            notes += 0 if file.roll is None else len(file.roll.notes)
            found.append(file)
        progress(share, f"Read {len(found):,} file{'s' * (len(found) != 1)}")
    if not found:
        raise BadInput("There are no files in it; please choose MIDI, MusicXML or .npz files, or a zip of them.")
    return found


def _judged(entries: Iterator[Entry]) -> Iterator[tuple[Judged, float]]:
    first = list(islice(entries, _FEW))
    if len(first) < _FEW:
        yield from ((judge(entry), entry.share) for entry in first)
    else:
        yield from _judged_by_many(chain(first, entries))


def _judged_by_many(entries: Iterator[Entry]) -> Iterator[tuple[Judged, float]]:
    """The same in several processes, each a fresh interpreter: forking a server with threads isn't safe."""
    workers = min(os.cpu_count() or 1, _MAX_WORKERS)
    waiting: deque[tuple[Future[list[Judged]], list[float]]] = deque()
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))
    try:
        while batch := list(islice(entries, _BATCH)):
            waiting.append((pool.submit(judge_batch, batch), [entry.share for entry in batch]))
            if len(waiting) > _WAITING * workers:
                yield from _finished(*waiting.popleft())
        while waiting:
            yield from _finished(*waiting.popleft())
    except BrokenProcessPool:
        raise BadInput("Reading broke off, perhaps because memory ran out; please bring fewer files at once.") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _finished(batch: Future[list[Judged]], shares: list[float]) -> Iterator[tuple[Judged, float]]:
    return zip(batch.result(), shares, strict=True)


def judge_batch(entries: list[Entry]) -> list[Judged]:
    """Each file judged; what a worker does for one message."""
    return [judge(entry) for entry in entries]
