"""Numbers that say how an arrangement in voices behaves, each beside what Bach does. The definitions are fixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from composer.music.voices import REST, Voices

EIGHTH = 2
"""Steps between the moments at which harmony is read."""
WINDOW = 32
"""Steps of the window that onsets are counted in: two bars of 4/4."""
_CHORDS = (
    (0, 4, 7),
    (0, 3, 7),
    (0, 3, 6),
    (0, 4, 8),
    (0, 4, 7, 10),
    (0, 3, 7, 10),
    (0, 4, 7, 11),
    (0, 3, 6, 10),
    (0, 3, 6, 9),
)
"""Major, minor, diminished, augmented; dominant, minor, major, half-diminished and diminished sevenths."""


@dataclass(frozen=True)
class Measure:
    """What a number means: a title, one everyday sentence, and its mean over Bach's 71 test chorales."""

    title: str
    sentence: str
    bach: float


MEASURES: dict[str, Measure] = {
    "chord_rate": Measure("Clear chords", "Share of moments at which the notes together form a known chord.", 0.888),
    "agreement": Measure(
        "Agreement with the melody", "How well the other parts sound with the melody, from -1 to 1.", 0.675
    ),
    "parallels": Measure(
        "Parallel fifths and octaves", "Two voices moving in lockstep, which hides one of them.", 0.17
    ),
    "crossing": Measure("Crossed voices", "Share of time a lower voice sings above a higher one.", 0.0065),
    "spacing": Measure("Wide gaps", "Share of time neighbouring upper voices are more than an octave apart.", 0.0073),
    "steps": Measure("Smooth lines", "Share of melodic moves of at most a whole tone, mean of all parts.", 0.77),
}


def _chord_table() -> NDArray[np.bool_]:
    """For each of the 4096 pitch-class sets (bit k = class k): does it fit inside one chord?"""
    masks = np.array([sum(1 << (note + root) % 12 for note in chord) for chord in _CHORDS for root in range(12)])
    sets = np.arange(4096)
    return np.asarray(((sets[:, None] & ~masks) == 0).any(axis=1))


_FITS = _chord_table()
_BITS = np.array([bin(k).count("1") for k in range(4096)])


def chord_rate(voices: Voices) -> float:
    """Share of eighth-note moments with at least two pitch classes sounding whose classes fit inside one chord.

    The chords are the four triads and five seventh chords on any root. NaN where no moment has two classes.
    """
    pitch = voices.pitch[:, ::EIGHTH]
    sets = np.bitwise_or.reduce(np.where(pitch == REST, 0, 1 << (pitch % 12).astype(np.int64)), axis=0)
    chords = _FITS[sets[_BITS[sets] >= 2]]
    return float(chords.mean()) if chords.size else float("nan")


def crossing(voices: Voices) -> float:
    """Share of neighbouring voice pairs, both sounding at a sixteenth, with the upper one below the lower."""
    upper, lower = voices.pitch[:-1], voices.pitch[1:]
    both = (upper != REST) & (lower != REST)
    return float((both & (upper < lower)).sum() / max(both.sum(), 1))


def parallel_moves(voices: Voices) -> list[tuple[int, int, NDArray[np.int64]]]:
    """Where pairs of voices move in parallel fifths or octaves: (upper, lower, steps of arrival) for each pair.

    Both voices move, in the same direction, from a fifth to a fifth or from an octave (or unison) to another, both
    taken modulo 12, between successive sixteenths.
    """
    found = []
    for a, b in combinations(range(len(voices.pitch)), 2):
        upper, lower = voices.pitch[a].astype(int), voices.pitch[b].astype(int)
        sounding = (upper != REST) & (lower != REST)
        interval = np.abs(upper - lower) % 12
        same_way = np.diff(upper) * np.diff(lower) > 0
        perfect = (interval[1:] == interval[:-1]) & np.isin(interval[1:], (0, 7))
        found.append((a, b, np.flatnonzero(same_way & perfect & sounding[1:] & sounding[:-1]) + 1))
    return found


def parallels(voices: Voices) -> int:
    """How many parallel fifths and octaves the piece holds, over all pairs of voices."""
    return sum(len(steps) for _, _, steps in parallel_moves(voices))


def spacing(voices: Voices) -> float:
    """Share of sixteenths, over the neighbouring pairs above the bass, with the two more than an octave apart.

    Of four voices these are soprano with alto and alto with tenor; without three voices the answer is 0.
    """
    upper, lower = voices.pitch[:-2].astype(int), voices.pitch[1:-1].astype(int)
    wide = (upper != REST) & (lower != REST) & (upper - lower > 12)
    return float(wide.mean()) if wide.size else 0.0


_AGREEMENT = np.array([1, -1, -1, 1, 1, 0, -1, 1, 1, 1, -1, -1])


def agreement(voices: Voices) -> float:
    """Pitch consonance score of every other voice against the first, at every eighth note, from -1 to 1.

    +1 for unison, octave, thirds, fifth and sixths, 0 for a fourth, -1 otherwise. NaN where nothing sounds together.
    """
    pitch = voices.pitch[:, ::EIGHTH].astype(int)
    melody, others = pitch[:1], pitch[1:]
    both = (melody != REST) & (others != REST)
    return float(_AGREEMENT[np.abs(melody - others)[both] % 12].mean()) if both.any() else float("nan")


def onsets(voices: Voices) -> NDArray[np.float64]:
    """Attacks in a window of 32 steps, repeated notes counted; shape (voices,)."""
    return np.asarray(voices.attack.sum(axis=1) * WINDOW / voices.steps)


def stepwise(voices: Voices) -> NDArray[np.float64]:
    """Share of each voice's melodic moves that are at most a whole tone; shape (voices,), NaN for no move."""
    pitch = voices.pitch.astype(int)
    moves = np.abs(np.diff(pitch, axis=1))
    moving = (moves > 0) & (pitch[:, 1:] != REST) & (pitch[:, :-1] != REST)
    with np.errstate(invalid="ignore"):
        return np.asarray((moving & (moves <= 2)).sum(axis=1) / moving.sum(axis=1))


def measure(voices: Voices) -> dict[str, float]:
    """Every measure of MEASURES for one arrangement, by name."""
    moves = stepwise(voices)
    return {
        "chord_rate": chord_rate(voices),
        "agreement": agreement(voices),
        "parallels": float(parallels(voices)),
        "crossing": crossing(voices),
        "spacing": spacing(voices),
        "steps": float(np.nanmean(moves)) if np.isfinite(moves).any() else float("nan"),
    }


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def mean_measures(pieces: Sequence[Voices]) -> dict[str, float]:
    """Each measure's mean over pieces (parallels: a piece), NaN left out, and `onsets_<voice>` over all steps."""
    rows = [measure(piece) for piece in pieces]
    means = {name: _mean([row[name] for row in rows if np.isfinite(row[name])]) for name in MEASURES}
    steps = sum(piece.steps for piece in pieces)
    attacks = np.sum([piece.attack.sum(axis=1) for piece in pieces], axis=0) * WINDOW / steps
    return means | {f"onsets_{voice}": float(rate) for voice, rate in enumerate(attacks)}
