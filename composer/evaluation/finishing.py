"""The finish of a trained MuseGAN: a listener that learns to tell what it plays from real music."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from pathlib import Path

import torch
from safetensors.torch import load_file, save

from composer.algorithms.models import WEIGHTS, load_model, read_info
from composer.algorithms.musegan.band import Band, BandSettings
from composer.algorithms.musegan.beside import without
from composer.algorithms.musegan.listener import LISTENER, Listener
from composer.algorithms.musegan.listening import teach_listener
from composer.algorithms.musegan.windows import draw
from composer.algorithms.noisy import mix
from composer.data.dataset import Dataset
from composer.data.registry import find_source
from composer.errors import BadInput
from composer.evaluation.bands import first_bars
from composer.music.pianoroll import Pianoroll
from composer.paths import write_atomically

AT_ONCE = 8
"""Pieces played together by each of two cores, in 0.11 s each; two by two it is 0.16 s."""
TAKES = 3
"""Takes of each training piece that a listener hears."""


def finish(folder: Path, say: Callable[[str], None] = print) -> None:
    """Teach the MuseGAN in `folder` a listener, and write it among its weights in the place of any former one.

    `say` hears what is being done. Raises BadInput where it is no MuseGAN, or its dataset isn't there.
    """
    model, info = load_model(folder), read_info(folder)
    if not isinstance(model, Band):
        raise BadInput(f"Only a MuseGAN can be given a listener; “{folder.name}” is another algorithm's.")
    listener = find_listener(model, find_source(info.dataset).load(), say=say)
    write_atomically(folder / WEIGHTS, save(without(load_file(folder / WEIGHTS), LISTENER) | listener.tensors()))


def find_listener(
    band: Band, dataset: Dataset, seed: int = 0, takes: int = TAKES, say: Callable[[str], None] = print
) -> Listener:
    """A listener that tells the training music from so many `takes` of each of its pieces."""
    alone = band.heard_by(None)
    real = [first_bars(roll) for roll in dataset.rolls("train")]
    made = []
    for take in range(1, takes + 1):
        say(f"Playing {len(real)} pieces for the listener, take {take} of {takes}")
        made.append([draw(roll, band.lines) for roll in _play(alone, real, seed + take)])
    return teach_listener(band.lines, [draw(roll, band.lines) for roll in real], made, seed, say=say)


def _play(band: Band, real: Sequence[Pianoroll], seed: int) -> list[Pianoroll]:
    """A take of usual settings around the melody of each piece.

    Each core plays AT_ONCE pieces of about one length: networks as small as these keep no two cores busy.
    """
    settings = replace(BandSettings(), takes=1)
    melodies = [roll.top_lines([0]) for roll in real]
    order = sorted(range(len(real)), key=lambda piece: real[piece].steps)
    few = [order[start : start + AT_ONCE] for start in range(0, len(order), AT_ONCE)]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            played = pool.map(
                lambda rows, own: band.arrange([melodies[row] for row in rows], settings, own),
                few,
                (mix(seed, number) for number in range(len(few))),
            )
            takes = dict(zip(order, chain.from_iterable(played), strict=True))
    finally:
        torch.set_num_threads(threads)
    return [takes[piece] for piece in range(len(real))]
