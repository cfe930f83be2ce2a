"""How much noise suits a trained MuseGAN: the most with which its music is as hard to tell from real as with any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save

from composer.algorithms.models import WEIGHTS, load_model, read_info
from composer.algorithms.musegan.band import NOISE_SCALE, Band, BandSettings
from composer.data.dataset import Dataset
from composer.data.registry import find_source
from composer.errors import BadInput
from composer.evaluation.bands import describe, first_bars
from composer.evaluation.classifier import told_apart
from composer.evaluation.evaluate import arrange
from composer.music.editing import as_roll
from composer.paths import write_atomically

SCALES = (0.1, 0.3, 0.5, 0.7, 1.0)
PIECES = 40
ALIKE = 0.01
"""AUCs that differ by less are alike: two seeds differ by as much."""


def calibrate(folder: Path, say: Callable[[str], None] = print) -> float:
    """Write the noise scale that suits the MuseGAN in `folder` best into its weights, and return it.

    Raises BadInput where it is no MuseGAN, or its dataset isn't there.
    """
    model, info = load_model(folder), read_info(folder)
    if not isinstance(model, Band):
        raise BadInput(f"Only a MuseGAN can be calibrated; “{folder.name}” is another algorithm's.")
    found = find_noise_scale(model, find_source(info.dataset).load(), say=say)
    scale = suitable(found)
    weights = load_file(folder / WEIGHTS) | {NOISE_SCALE: torch.tensor(scale)}
    write_atomically(folder / WEIGHTS, save(weights))
    return scale


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
    names = dataset.part_names
    real = [first_bars(roll) for roll in dataset.rolls("valid")[:PIECES]]
    natural = [describe(piece, names) for piece in real]
    melodies = [roll.top_lines([0]) for roll in real]
    plain = Band(band.network, band.lines, band.noise_size)
    found: dict[float, float] = {}
    for scale in SCALES:
        takes = arrange(plain, melodies, replace(BandSettings(), creativity=scale), seed)
        found[scale] = told_apart([describe(as_roll(take), names) for take in takes], natural, seed).value
        say(f"noise scale {scale:g}: real or generated (AUC) {found[scale]:.3f}")
    return found
