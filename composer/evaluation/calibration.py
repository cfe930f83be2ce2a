"""The finish of a trained MuseGAN: how much noise suits it, how often its tracks repeat, and a listener."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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
from composer.data.dataset import Dataset
from composer.data.registry import find_source
from composer.errors import BadInput
from composer.evaluation.bands import describe, first_bars
from composer.evaluation.classifier import FOLDS, Floats, told_apart
from composer.evaluation.evaluate import arrange
from composer.music.editing import as_roll
from composer.music.pianoroll import Pianoroll
from composer.paths import write_atomically

SCALES = (0.1, 0.3, 0.5, 0.7, 1.0)
PIECES = 40
ALIKE = 0.01
"""AUCs that differ by less are alike: two seeds differ by as much."""
TAKES = 3
"""Takes of each training piece that a listener hears."""


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
    finish = Finish(noise_scale=suitable(find_noise_scale(band, dataset, seed, say)))
    finish = replace(finish, repeats=find_repeats(band.finished(finish), dataset, seed, say))
    return replace(finish, listener=find_listener(band.finished(finish), dataset, seed, takes, say))


def suitable(found: dict[float, float]) -> float:
    """Of the AUC at each scale, the largest scale that is as good as the best: more noise, more flavours."""
    return max(scale for scale, value in found.items() if value <= min(found.values()) + ALIKE)


def find_noise_scale(
    band: Band, dataset: Dataset, seed: int = 0, say: Callable[[str], None] = print
) -> dict[float, float]:
    """The AUC of real or generated at each of SCALES, on up to PIECES validation pieces; the lower, the better.

    What a noise means is learned from real music (see noises), and music made from any other noise is the less like it
    the more the noise has to say. So a scale is chosen once training is done, as the temperature of a language model
    is. `say` hears each figure. Raises ValueError for fewer than five validation pieces.
    """
    exam = _Exam.of(dataset, seed)
    plain = band.finished(Finish())
    found: dict[float, float] = {}
    for scale in SCALES:
        found[scale] = exam.auc(_play(plain, exam.real, seed, creativity=scale))
        say(f"noise scale {scale:g}: real or generated (AUC) {found[scale]:.3f}")
    return found


def find_repeats(band: Band, dataset: Dataset, seed: int = 0, say: Callable[[str], None] = print) -> Tensor:
    """What to add to the log odds of a repeat, (M,), so that each track repeats notes more as in real music does.

    It is half of what lacks on up to PIECES validation pieces; the other half brought the band's parts out of tune with
    each other (mean difference of the tonal distances 0.027 -> 0.033, three seeds). It is nothing where that makes the
    music easier to tell from real, and for the melody, which is a person's own.
    """
    exam = _Exam.of(dataset, seed)
    plain = _play(band, exam.real, seed)
    real, made = (repeat_odds([draw(roll, band.lines) for roll in rolls], band.lines) for rolls in (exam.real, plain))
    repeats = (real - made) / 2
    repeats[0] = 0
    without = exam.auc(plain)
    value = exam.auc(_play(band.finished(replace(band.finish, repeats=repeats)), exam.real, seed))
    said = ", ".join(f"{lean:+.2f}" for lean in repeats.tolist())
    say(f"repeats {said}: real or generated (AUC) {without:.3f} -> {value:.3f}")
    return repeats if value < without else torch.zeros_like(repeats)


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
        say(f"listener: playing {len(real)} pieces, take {take} of {takes}")
        made.append([draw(roll, band.lines) for roll in _play(band, real, seed + take)])
    return teach_listener(band.lines, [draw(roll, band.lines) for roll in real], made, seed, say=say)


@dataclass(frozen=True)
class _Exam:
    """Validation pieces, what the classifier sees of them, and the names of their tracks."""

    real: list[Pianoroll]
    natural: list[Floats]
    names: Sequence[str]
    seed: int

    @classmethod
    def of(cls, dataset: Dataset, seed: int) -> _Exam:
        """That of up to PIECES validation pieces."""
        real, names = [first_bars(roll) for roll in dataset.rolls("valid")[:PIECES]], dataset.part_names
        return cls(real, [describe(piece, names) for piece in real], names, seed)

    def auc(self, takes: Sequence[Pianoroll]) -> float:
        """How well takes of all the pieces are told from them."""
        return told_apart([describe(take, self.names) for take in takes], self.natural, self.seed).value


def _play(band: Band, real: Sequence[Pianoroll], seed: int, creativity: float = 1.0) -> list[Pianoroll]:
    """A take of usual settings around the melody of each piece."""
    settings = replace(BandSettings(), creativity=creativity)
    return [as_roll(take) for take in arrange(band, [roll.top_lines([0]) for roll in real], settings, seed)]
