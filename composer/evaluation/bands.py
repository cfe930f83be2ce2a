"""How good a band's music is: the measures of MuseGAN for each track, beside the real thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from composer.algorithms.base import Model
from composer.algorithms.cells import common_key_shift
from composer.data.dataset import Dataset
from composer.evaluation.classifier import features, told_apart
from composer.evaluation.evaluate import Evaluation, Figures, arrange
from composer.evaluation.intervals import Figure, mean_figure
from composer.music import roll_measures as rolls
from composer.music.editing import as_roll
from composer.music.measures import WINDOW, measure
from composer.music.pianoroll import DRUMS, FINE_STEPS, Pianoroll, pitched_lines
from composer.music.voices import STEPS_PER_QUARTER, Voices
from composer.settings import Settings

Floats = NDArray[np.float64]
MOST_BARS = 32
"""Bars of a test piece that are arranged."""
PHRASE = 8 * FINE_STEPS
"""Steps of the windows that are compared: two bars of 4/4."""
_DISTANCE = "Tonal distance, "
NEAR = 0.05
"""A generated phrase is too near to the training music where real, held-out ones come as near so seldom."""


def evaluate_band(
    model: Model, dataset: Dataset, choices: Mapping[str, Settings], seed: int = 0, say: Callable[[str], None] = print
) -> Evaluation:
    """Measure one take around the first track of every test piece under each of `choices`, track by track.

    `say` hears what is being done. Intervals are over pieces; the same seed gives the same figures.
    """
    names = dataset.part_names
    real = [first_bars(roll) for roll in dataset.rolls("test")]
    melodies = [roll.top_lines([0]) for roll in real]
    facts, natural = measures(real, names), [describe(piece, names) for piece in real]
    held_out = phrases(real, names)
    learned = phrases([first_bars(roll) for roll in dataset.rolls("train")], names)
    columns: dict[str, Figures] = {}
    for name, settings in choices.items():
        say(f"{name}: playing {len(real)} pieces")
        takes = [as_roll(take) for take in arrange(model, melodies, settings, seed)]
        say(f"{name}: measuring")
        columns[name] = measures(takes, names)
        columns[name][f"{_DISTANCE}mean difference"] = tonal_difference(columns[name], facts)
        described = [describe(piece, names) for piece in takes]
        columns[name]["Real or generated (AUC)"] = told_apart(described, natural, seed)
        columns[name] |= novelty(phrases(takes, names), held_out, learned)
    return Evaluation(len(real), seed, facts, columns)


def measures(pieces: Sequence[Pianoroll], names: Sequence[str]) -> Figures:
    """EB, UPC, QN and more of every track, and TD of every pair of pitched ones, means over pieces."""
    found: Figures = {}
    for title, values in {
        "Empty bars": [rolls.empty_bars(piece) for piece in pieces],
        "Used pitch classes a bar": [rolls.used_pitch_classes(piece) for piece in pieces],
        "Qualified notes": [rolls.share_of_notes(piece, rolls.THIRTY_SECOND) for piece in pieces],
        "Notes of an eighth or more": [rolls.share_of_notes(piece, rolls.EIGHTH) for piece in pieces],
        "Notes in drum patterns": [rolls.drum_patterns(piece) for piece in pieces],
    }.items():
        for track, name in enumerate(names):
            if (title == "Notes in drum patterns") == (name == DRUMS) or title == "Empty bars":
                found[f"{title}, {name}"] = mean_figure([float(row[track]) for row in values])
    distances = [rolls.tonal_distances(piece) for piece in pieces]
    pitched = [track for track, name in enumerate(names) if name != DRUMS]
    for pair in combinations(pitched, 2):
        title = f"{_DISTANCE}{names[pair[0]]} and {names[pair[1]]}"
        found[title] = mean_figure([row[pair] for row in distances])
    lines = [measure(pitched_lines(piece, names)) for piece in pieces]
    found["Clear chords"] = mean_figure([row["chord_rate"] for row in lines])
    return found | {"Gap to a strange melody": melody_gap(pieces, names)}


def describe(piece: Pianoroll, names: Sequence[str]) -> Floats:
    """What the classifier sees of a piece, (windows, features): lines, polyphony, note lengths, and drums."""
    starts = range(piece.pickup_steps % PHRASE, max(piece.steps - PHRASE, 0) + 1, PHRASE)
    return np.array([_describe_window(piece.window(start, PHRASE), names) for start in starts])


def melody_gap(pieces: Sequence[Pianoroll], names: Sequence[str]) -> Figure:
    """How much better parts agree with their own melody than with the next piece's, both in the common key."""
    lines = [_in_common_key(pitched_lines(piece, names)) for piece in pieces]
    gaps = []
    for own, strange in zip(lines, [*lines[1:], lines[0]], strict=True):
        steps = min(own.steps, strange.steps)
        here, there = own.window(0, steps), strange.window(0, steps)
        swapped = Voices(
            np.concatenate([there.pitch[:1], here.pitch[1:]]),
            np.concatenate([there.attack[:1], here.attack[1:]]),
            here.steps_per_bar,
            here.pickup_steps,
        )
        gaps.append(measure(here)["agreement"] - measure(swapped)["agreement"])
    return mean_figure(gaps)


def phrases(pieces: Sequence[Pianoroll], names: Sequence[str]) -> NDArray[np.float32]:
    """What sounds at the eighths of every two bars, (phrases, cells), without the melody and in the common key."""
    rows = []
    for piece in pieces:
        common = piece.transposed(common_key_shift(piece.top_lines([0])), _drums(names))
        eighths = rolls.pitches_at_eighths(common)[1:]
        first, size = piece.pickup_steps // rolls.EIGHTH, PHRASE // rolls.EIGHTH
        rows += [eighths[:, start : start + size].ravel() for start in range(first, eighths.shape[1] - size + 1, size)]
    return np.array([row for row in rows if row.any()], np.float32)


def novelty(made: NDArray[np.float32], held_out: NDArray[np.float32], learned: NDArray[np.float32]) -> Figures:
    """Whether phrases are new and differ: how near they come to the training music, and to each other.

    All are `phrases`, (n, cells): generated, real ones of pieces apart, and those of the training. A distance is
    1 - intersection / union. `Phrases nearer than real ones` counts those below the NEAR quantile of the real ones.
    """
    nearest, usual = _distances(made, learned).min(1), _distances(held_out, learned).min(1)
    spread, natural = _mean_distance(made), _mean_distance(held_out)
    return {
        "Phrases nearer than real ones": Figure(float((nearest < np.quantile(usual, NEAR)).mean())),
        "Exact copies": Figure(float((nearest == 0).mean())),
        "Exact copies in real music": Figure(float((usual == 0).mean())),
        "Variety beside real music": Figure(spread / natural),
    }


def tonal_difference(made: Figures, real: Figures) -> Figure:
    """How far the tonal distances among `measures` are from the real ones: the mean over the pairs of pitched tracks.

    As in the paper drums are left out, which have no pitches.
    """
    gaps = [abs(made[pair].value - real[pair].value) for pair in real if pair.startswith(_DISTANCE)]
    return Figure(float(np.nanmean(gaps)))


def _describe_window(window: Pianoroll, names: Sequence[str]) -> Floats:
    tracks = [
        rolls.empty_bars(window),
        rolls.used_pitch_classes(window),
        rolls.share_of_notes(window, rolls.EIGHTH),
        rolls.share_of_notes(window, rolls.SIXTEENTH),
        rolls.note_counts(window),
        rolls.pitches_at_eighths(window).sum(axis=2).mean(axis=1),
    ]
    drums = [rolls.drum_histogram(window, track) / max(rolls.note_counts(window)[track], 1) for track in _drums(names)]
    lines = features(pitched_lines(window, names).window(0, WINDOW))
    return np.asarray(np.nan_to_num(np.concatenate([lines, *(values[1:] for values in tracks), *drums])))


def _drums(names: Sequence[str]) -> list[int]:
    return [track for track, name in enumerate(names) if name == DRUMS]


def _distances(some: NDArray[np.float32], others: NDArray[np.float32]) -> Floats:
    both = some @ others.T
    union = some.sum(1)[:, None] + others.sum(1) - both
    return np.asarray(1 - both / union, float)


def _mean_distance(phrases: NDArray[np.float32]) -> float:
    distances = _distances(phrases, phrases)
    return float(distances[~np.eye(len(phrases), dtype=bool)].mean())


def first_bars(roll: Pianoroll) -> Pianoroll:
    """At most MOST_BARS bars of a piece, in whole sixteenths."""
    whole = min(roll.steps, roll.pickup_steps + MOST_BARS * roll.steps_per_bar)
    return roll.window(0, whole - whole % (FINE_STEPS // STEPS_PER_QUARTER))


def _in_common_key(lines: Voices) -> Voices:
    return lines.transposed(common_key_shift(lines))
