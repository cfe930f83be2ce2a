"""How long a person waits until their own files are a dataset, and how much memory that takes."""

from __future__ import annotations

import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from composer.data.dataset import write_pieces
from composer.data.own.archive import open_path
from composer.data.own.assembling import assemble
from composer.data.own.parts import propose_layout
from composer.data.own.reading import judge_all

SECONDS = 180
"""Length of each file in the music's own time."""
_BPM = 120
_TICKS = 480
_QUARTERS = SECONDS * _BPM // 60


def measure_import(files: int) -> tuple[float, float, int]:
    """Seconds and peak megabytes, all processes together, for `files` MIDI files to become a dataset; pieces kept.

    The files are written before the clock starts: a band of five tracks, three minutes long, each another tune.
    """
    with tempfile.TemporaryDirectory() as folder:
        music = Path(folder, "music")
        music.mkdir()
        for number in range(files):
            (music / f"{number:04d}.mid").write_bytes(band_file(number))
        with _peak_memory() as peak:
            start = time.perf_counter()
            read = judge_all(open_path(music))
            assembly = assemble(read, propose_layout(read))
            write_pieces(Path(folder, "dataset.safetensors"), assembly.pieces)
            spent = time.perf_counter() - start
    return spent, peak() / 1e6, len(assembly.pieces)


def band_file(seed: int) -> bytes:
    """A MIDI file of three minutes at 120 beats a minute, about 3,600 notes in five tracks, drawn from `seed`."""
    random = np.random.default_rng(seed)
    eighths = 2 * _QUARTERS
    tune = np.cumsum(random.choice([-3, -2, -1, 1, 2, 3], eighths)) % 24 + 60
    roots = np.repeat(random.choice([36, 38, 40, 41, 43, 45], _QUARTERS // 4), 4)
    chords = np.repeat(roots + 24, 3) + np.tile([0, 4, 7], len(roots))
    tracks = [
        _track(0, 73, tune, _TICKS // 2),
        _track(1, 33, np.repeat(roots, 2), _TICKS // 2),
        _track(2, 0, chords, _TICKS // 3),
        _track(3, 48, np.repeat(roots[::4] + 36, 2), 2 * _TICKS),
        _track(9, 0, np.tile([36, 42, 38, 42], _QUARTERS // 2), _TICKS // 2),
    ]
    return struct.pack(">4sLHHH", b"MThd", 6, 1, len(tracks), _TICKS) + b"".join(tracks)


def _track(channel: int, program: int, pitch: NDArray[np.int64], ticks: int) -> bytes:
    """An MTrk chunk of equal notes one after another; times are written with two bytes each."""
    events = np.zeros((len(pitch), 2, 5), np.uint8)
    events[:, 0, :2] = (0x80, 0)
    events[:, 1, :2] = (0x80 | ticks >> 7, ticks & 0x7F)
    events[:, :, 2] = (0x90 | channel, 0x80 | channel)
    events[:, :, 3] = pitch[:, None]
    events[:, :, 4] = 80
    body = bytes([0, 0xC0 | channel, program]) + events.tobytes() + b"\x00\xff\x2f\x00"
    return b"MTrk" + struct.pack(">L", len(body)) + body


@contextmanager
def _peak_memory() -> Iterator[Callable[[], float]]:
    """The most bytes that this process and its children held at once while inside, looked at ten times a second."""
    highest, done = [0.0], threading.Event()

    def _watch() -> None:
        process = psutil.Process()
        while not done.wait(0.1):
            highest[0] = max(highest[0], sum(map(_held, [process, *process.children(recursive=True)])))

    watcher = threading.Thread(target=_watch, daemon=True)
    watcher.start()
    try:
        yield lambda: highest[0]
    finally:
        done.set()
        watcher.join()


def _held(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss)
    except psutil.Error:
        return 0.0
