"""The finish of a trained MuseGAN: how much noise suits it, how often its tracks repeat, and a listener."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from composer.algorithms.cells import moves
from composer.algorithms.models import WEIGHTS, load_model, read_info
from composer.algorithms.musegan.band import Band, BandSettings
from composer.algorithms.musegan.finish import Finish, without_finish
from composer.algorithms.musegan.lines import Lines
from composer.algorithms.musegan.listener import Listener
from composer.algorithms.musegan.listening import teach_listener
from composer.algorithms.musegan.windows import Drawn, draw
from composer.algorithms.noisy import mix
from composer.data.dataset import Dataset
from composer.data.registry import find_source
from composer.errors import BadInput
from composer.evaluation.bands import describe, first_bars
from composer.evaluation.classifier import FOLDS, Floats, told_apart
from composer.music.pianoroll import Pianoroll
from composer.paths import write_atomically

SCALES = (0.1, 0.3, 0.5)
"""With more noise the parts share less: mean difference of the tonal distances of a choir after 14 minutes of learning
(valid chorales, one rehearsal) 0.03 at 0.3, 0.04 at 0.5, 0.07 at 0.7, 0.10 at 1."""
PIECES = 40
ALIKE = 0.01
"""AUCs that differ by less are alike: two seeds differ by as much."""
AT_ONCE = 4
"""Pieces played together, in 0.36 s each for 0.49 s alone; with eight it is 0.37 s."""
TAKES = 3
"""Takes of each training piece that a listener hears."""


@dataclass(frozen=True)
class Trial:
    """Takes of all pieces of an Exam, and how well they are told from real music."""

    takes: list[Pianoroll]
    auc: float


@dataclass(frozen=True)
class Exam:
    """Validation pieces, what the classifier sees of them, and the names of their tracks."""

    real: list[Pianoroll]
    natural: list[Floats]
    names: Sequence[str]
    seed: int

    @classmethod
    def of(cls, dataset: Dataset, seed: int) -> Exam:
        """That of up to PIECES validation pieces."""
        real, names = [first_bars(roll) for roll in dataset.rolls("valid")[:PIECES]], dataset.part_names
        return cls(real, [describe(piece, names) for piece in real], names, seed)

    def sit(self, band: Band, creativity: float = 1.0) -> Trial:
        """Let the band play around the melody of each piece; raises ValueError for fewer than five pieces."""
        takes = _play(band, self.real, self.seed, creativity)
        made = [describe(take, self.names) for take in takes]
        return Trial(takes, told_apart(made, self.natural, self.seed).value)


def calibrate(folder: Path, say: Callable[[str], None] = print) -> Finish:
    """Give the MuseGAN in `folder` the finish that suits it best, and write it into its weights.

    Raises BadInput where it is no MuseGAN, or its dataset isn't there or too small.
    """
    model, info = load_model(folder), read_info(folder)
    if not isinstance(model, Band):
        raise BadInput(f"Only a MuseGAN can be calibrated; “{folder.name}” is another algorithm's.")
    dataset = find_source(info.dataset).load()
    if len(dataset.rolls("valid")) < FOLDS:
        raise BadInput(
            f"To finish a model takes {FOLDS} validation pieces; “{info.dataset}” has fewer: add more music."
        )
    finish = find_finish(model, dataset, say=say)
    write_atomically(folder / WEIGHTS, save(without_finish(load_file(folder / WEIGHTS)) | finish.tensors()))
    return finish


def find_finish(
    band: Band, dataset: Dataset, seed: int = 0, takes: int = TAKES, say: Callable[[str], None] = print
) -> Finish:
    """The noise scale, then with it the repeats, and the listener, who hears so many `takes`.

    `say` hears what is found. Raises ValueError for fewer than five validation pieces.
    """
    exam = Exam.of(dataset, seed)
    trials = try_noise_scales(band, exam, say)
    scale = suitable({scale: trial.auc for scale, trial in trials.items()})
    finish = Finish(noise_scale=scale)
    finish = replace(finish, repeats=find_repeats(band.finished(finish), exam, trials[scale], say))
    return replace(finish, listener=find_listener(band.finished(finish), dataset, seed, takes, say))


def suitable(found: dict[float, float]) -> float:
    """Of the AUC at each scale, the largest scale that is as good as the best: more noise, more flavours."""
    return max(scale for scale, value in found.items() if value <= min(found.values()) + ALIKE)


def try_noise_scales(band: Band, exam: Exam, say: Callable[[str], None] = print) -> dict[float, Trial]:
    """What the band plays at each of SCALES, and how well that is told from real music.

    What a noise means is learned from real music (see noises), and music made from any other noise is the less like it
    the more the noise has to say. So a scale is chosen once training is done, as the temperature of a language model
    is. `say` hears each figure.
    """
    plain = band.finished(Finish())
    trials: dict[float, Trial] = {}
    for scale in SCALES:
        trials[scale] = exam.sit(plain, creativity=scale)
        say(f"Noise scale {scale:g}: the real one of two pieces can be told {trials[scale].auc:.1%} of the time (AUC)")
    return trials


def find_repeats(band: Band, exam: Exam, plain: Trial, say: Callable[[str], None] = print) -> Tensor:
    """What to add to the log odds of a repeat, (M,), so that each track repeats notes more as in real music does.

    It is half of what lacks in the `plain` takes of this very band; the other half brought the band's parts out of tune
    with each other (mean difference of the tonal distances 0.027 -> 0.033, three seeds). It is nothing where that makes
    the music easier to tell from real, and for the melody, which is a person's own.
    """
    real, made = (
        repeat_odds([draw(roll, band.lines) for roll in rolls], band.lines) for rolls in (exam.real, plain.takes)
    )
    repeats = (real - made) / 2
    repeats[0] = 0
    trial = exam.sit(band.finished(replace(band.finish, repeats=repeats)))
    said = ", ".join(f"{lean:+.2f}" for lean in repeats.tolist())
    say(f"Repeats {said}: the real one can be told {plain.auc:.1%} -> {trial.auc:.1%} of the time")
    return repeats if trial.auc < plain.auc else torch.zeros_like(repeats)


def repeat_odds(pieces: Sequence[Drawn], lines: Lines) -> Tensor:
    """For each track (M,) the log odds that a note is struck again where its pitch goes on; 0 where none does."""
    again, goes_on = torch.zeros(2, lines.tracks)
    for category, attack, _ in pieces:
        same = torch.from_numpy(category > 0) & ~moves(torch.from_numpy(category)[None])[0] & ~lines.drum[:, None]
        goes_on.index_add_(0, lines.track, same.sum(1).float())
        again.index_add_(0, lines.track, (same & torch.from_numpy(attack)).sum(1).float())
    return torch.where(goes_on > 0, ((again + 0.5) / (goes_on - again + 0.5)).log(), 0.0)


def find_listener(
    band: Band, dataset: Dataset, seed: int = 0, takes: int = TAKES, say: Callable[[str], None] = print
) -> Listener:
    """A listener that tells the training music from so many `takes` of each of its pieces."""
    real = [first_bars(roll) for roll in dataset.rolls("train")]
    made = []
    for take in range(1, takes + 1):
        say(f"Playing {len(real)} pieces for the listener, take {take} of {takes}")
        made.append([draw(roll, band.lines) for roll in _play(band, real, seed + take)])
    return teach_listener(band.lines, [draw(roll, band.lines) for roll in real], made, seed, say=say)


def _play(band: Band, real: Sequence[Pianoroll], seed: int, creativity: float = 1.0) -> list[Pianoroll]:
    """A take of usual settings around the melody of each piece.

    Each core plays AT_ONCE pieces of about one length: networks as small as these keep no two cores busy.
    """
    settings = replace(BandSettings(), takes=1, creativity=creativity)
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
