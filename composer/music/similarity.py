"""The similarity index: how far generated music is from real music, 0 where the two cannot be told apart.

It is the Jensen-Shannon distance (base 2, so 0..1; Endres and Schindelin 2003) between histograms of
two sets of music, taken for each musical feature and averaged within two halves: *horizontal* (how each line goes)
and *vertical* (how the lines sound together). It falls as a model learns. Small samples differ by chance, so compare
only figures made from the same number of windows, beside the real-against-real floor of that number.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from composer.music.measures import EIGHTH
from composer.music.voices import REST, Voices

Histograms = dict[str, NDArray[np.float64]]
_LENGTHS = 33
_INTERVALS = 25
"""Melodic intervals are clipped to an octave either way."""


def _count(values: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    return np.bincount(np.clip(values, 0, size - 1).ravel(), minlength=size).astype(float)


def horizontal(voices: Voices, voice: int) -> Histograms:
    """Counts of one line's pitch classes, melodic intervals, note lengths, places in the bar and registers."""
    pitch = voices.pitch[voice].astype(np.int64)
    notes = voices.notes(voice)
    heights = notes["pitch"].astype(np.int64)
    places = voices.bar_position()[voices.attack[voice]]
    return {
        "pitch class": _count(pitch[pitch != REST] % 12, 12),
        "interval": _count(np.clip(np.diff(heights), -12, 12) + 12, _INTERVALS),
        "length": _count(np.rint(notes["duration"] * 4).astype(np.int64), _LENGTHS),
        "place in bar": _count(places * 48 // voices.steps_per_bar, 48),
        "register": _count(pitch[pitch != REST] // 3, 43),
    }


def vertical(voices: Voices) -> Histograms:
    """Counts of the intervals between voices, of sonorities, and of how pairs of voices move, all voices together.

    A sonority is the set of pitch classes above the lowest sounding voice, at every eighth note. A motion is whether
    each voice of a pair falls, stays or rises, with the interval they arrive at.
    """
    pitch = voices.pitch[:, ::EIGHTH].astype(np.int64)
    bass = np.where(pitch == REST, 999, pitch).min(axis=0)
    sets = np.bitwise_or.reduce(np.where(pitch == REST, 0, 1 << (pitch - bass) % 12), axis=0)
    counts = {"sonority": _count(sets[bass < 999], 4096), "interval": np.zeros(49), "motion": np.zeros(108)}
    for a, b in combinations(range(len(pitch)), 2):
        both = (pitch[a] != REST) & (pitch[b] != REST)
        gap = (pitch[a] - pitch[b]) % 12
        motion = (np.sign(np.diff(pitch[a])) + 1) * 3 + np.sign(np.diff(pitch[b])) + 1
        moved = both[1:] & both[:-1] & (motion != 4)
        counts["interval"] += _count(np.clip(pitch[a] - pitch[b], -12, 36)[both] + 12, 49)
        counts["motion"] += _count((motion * 12 + gap[1:])[moved], 108)
    return counts


def _distance(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    """Jensen-Shannon distance of two histograms, base 2; 1 where just one of them is empty, 0 where both are."""
    if not p.sum() or not q.sum():
        return float(bool(p.sum()) != bool(q.sum()))
    p, q = p / p.sum(), q / q.sum()
    middle = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.nansum(p * np.log2(p / middle)) + np.nansum(q * np.log2(q / middle))
    return float(np.sqrt(max(gain / 2, 0.0)))


def _totals(pieces: Sequence[Voices]) -> tuple[Histograms, Histograms]:
    flat: Histograms = {}
    tall: Histograms = {}
    for piece in pieces:
        lines = {f"{name} {v}": h for v in range(len(piece.pitch)) for name, h in horizontal(piece, v).items()}
        for totals, counts in ((flat, lines), (tall, vertical(piece))):
            for name, histogram in counts.items():
                totals[name] = totals.get(name, 0.0) + histogram
    return flat, tall


def _mean_distance(one: Histograms, other: Histograms) -> float:
    return float(np.mean([_distance(one[name], other[name]) for name in one]))


def similarity_index(generated: Sequence[Voices], real: Sequence[Voices]) -> float:
    """Similarity index of two sets of music with the same number of voices: 0 = the same, 1 = nothing in common.

    The mean of the horizontal and the vertical half; see the module's text for its formula and its floor.
    """
    (flat, tall), (real_flat, real_tall) = _totals(generated), _totals(real)
    return (_mean_distance(flat, real_flat) + _mean_distance(tall, real_tall)) / 2


def melody_similarity(voices: Voices) -> float:
    """How far the added voices' lines (rows 1 and up) are from the melody's (row 0): the horizontal half alone.

    Register is left out, since the voices are meant to lie lower. Bach's own arrangements score BACH_MELODY_SIMILARITY.
    """
    lines = [horizontal(voices, v) for v in range(len(voices.pitch))]
    names = [name for name in lines[0] if name != "register"]
    added = {name: np.sum([line[name] for line in lines[1:]], axis=0) for name in names}
    return _mean_distance(added, {name: lines[0][name] for name in names})


BACH_MELODY_SIMILARITY = 0.29
"""Mean of `melody_similarity` over Bach's own arrangements of the 71 test melodies."""
