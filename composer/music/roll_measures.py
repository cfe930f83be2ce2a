"""The measures of MuseGAN (Dong et al. 2018, section 5) for music in several polyphonic tracks."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from composer.music.pianoroll import FINE_STEPS, LENGTH, ONSET, PITCH, TRACK, Pianoroll

Floats = NDArray[np.float64]
THIRTY_SECOND, EIGHTH, SIXTEENTH = FINE_STEPS / 8, FINE_STEPS // 2, FINE_STEPS // 4


def sounding_bars(roll: Pianoroll) -> NDArray[np.bool_]:
    """In which bars each track sounds, (tracks, bars); a pickup is a bar of its own."""
    return np.asarray(_classes_a_bar(roll).sum(axis=2) > 0)


def empty_bars(roll: Pianoroll) -> Floats:
    """EB: the share of bars in which a track does not sound, (tracks,); the paper gives it in per cent."""
    return np.asarray(1 - sounding_bars(roll).mean(axis=1))


def used_pitch_classes(roll: Pianoroll) -> Floats:
    """UPC: pitch classes that a track uses in a bar, mean over the bars in which it sounds, (tracks,); NaN for none."""
    used = (_classes_a_bar(roll) > 0).sum(axis=2)
    playing = (used > 0).sum(axis=1)
    return np.asarray(np.where(playing > 0, used.sum(axis=1) / np.maximum(playing, 1), np.nan))


def share_of_notes(roll: Pianoroll, steps: float) -> Floats:
    """Share of a track's notes that last at least so many `steps`, (tracks,); NaN for none.

    With THIRTY_SECOND that is QN, the paper's qualified notes (3 of its 96 steps a bar); with EIGHTH, long ones.
    """
    return _mean_a_track(roll, roll.notes[:, LENGTH] >= steps)


def drum_patterns(roll: Pianoroll) -> Floats:
    """DP: share of a track's notes that begin on sixteenths of the bar, (tracks,), as 8- and 16-beat patterns do."""
    return _mean_a_track(roll, (roll.notes[:, ONSET] - roll.pickup_steps) % SIXTEENTH == 0)


def tonal_distances(roll: Pianoroll) -> dict[tuple[int, int], float]:
    """TD: the mean distance of two tracks' tonal centroids over the bars in which both sound; NaN where in none.

    The centroid is that of Harte, Sandler and Gasser 2006: a bar's chroma as shares of its sounding time, on the
    circles of fifths, minor thirds (radius 1) and major thirds (radius 1/2).
    """
    chroma = _classes_a_bar(roll)
    total = chroma.sum(axis=2, keepdims=True)
    centroid = np.divide(chroma, total, out=np.zeros_like(chroma), where=total > 0) @ _CENTROIDS
    distances = {}
    for one, other in combinations(range(roll.tracks), 2):
        both = (total[one, :, 0] > 0) & (total[other, :, 0] > 0)
        gap = np.linalg.norm(centroid[one] - centroid[other], axis=1)[both]
        distances[one, other] = float(gap.mean()) if len(gap) else float("nan")
    return distances


def _tonal_basis() -> Floats:
    """The place of each pitch class on the three circles, (12, 6)."""
    classes = np.arange(12)[:, None]
    angles = classes * np.pi * np.array([7 / 6, 3 / 2, 2 / 3])
    radii = np.array([1.0, 1.0, 0.5])
    return np.concatenate([radii * np.sin(angles), radii * np.cos(angles)], axis=1)


_CENTROIDS = _tonal_basis()


def _classes_a_bar(roll: Pianoroll) -> Floats:
    """Steps for which each pitch class sounds, (tracks, bars, 12)."""
    sounding, _ = roll.planes()
    padded = np.pad(sounding, ((0, 0), (0, 0), (0, -sounding.shape[2] % 12)))
    classes = padded.reshape(roll.tracks, roll.steps, -1, 12).any(axis=2)
    bar = (np.arange(roll.steps) - roll.pickup_steps) // roll.steps_per_bar + (roll.pickup_steps > 0)
    of_bar = (bar == np.arange(bar.max() + 1)[:, None]).astype(float)
    return np.asarray(np.einsum("bs,tsc->tbc", of_bar, classes.astype(float)))


def _mean_a_track(roll: Pianoroll, holds: NDArray[np.bool_]) -> Floats:
    track = roll.notes[:, TRACK]
    count = np.bincount(track, minlength=roll.tracks)
    good = np.bincount(track, weights=holds, minlength=roll.tracks)
    return np.asarray(np.where(count > 0, good / np.maximum(count, 1), np.nan))


def pitches_at_eighths(roll: Pianoroll) -> NDArray[np.bool_]:
    """Which pitches of which tracks sound at every eighth note, (tracks, eighths, 128)."""
    return roll.planes()[0][:, ::EIGHTH]


def note_counts(roll: Pianoroll) -> Floats:
    """How many notes each track has, (tracks,)."""
    return np.bincount(roll.notes[:, TRACK], minlength=roll.tracks).astype(float)


def drum_histogram(roll: Pianoroll, track: int) -> Floats:
    """Hits of each drum pitch in each sixteenth of the bar, (128 * 16,)."""
    notes = roll.notes[roll.notes[:, TRACK] == track]
    place = (notes[:, ONSET] - roll.pickup_steps) % roll.steps_per_bar * 16 // roll.steps_per_bar
    return np.bincount(notes[:, PITCH] * 16 + place, minlength=128 * 16).astype(float)
