"""The beat under sung notes: how fast it is, and where in it each note begins though the singer drifts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from composer.music.singing.pitch import Floats
from composer.music.voices import STEPS_PER_QUARTER

COMMON_BPM = 100.0
"""The tempo that is taken where the notes don't tell, and that is preferred where they leave it open."""

_SLOWEST, _FASTEST = 50.0, 190.0
_NEIGHBOURS = 6
"""How many notes ahead a note's distance counts: over more, a singer's beat has drifted."""
_PHASE_GAIN, _TEMPO_GAIN = 0.6, 0.15


def estimate_bpm(onsets: Floats) -> float:
    """Quarter notes a minute that fit onsets in seconds, shape (n,), rising; COMMON_BPM for fewer than four.

    For each tempo the distances of near notes are laid around the beat and around its halves and quarters as a circle:
    where they agree, the tempo fits. Tempos near COMMON_BPM are preferred, for half and double fit nearly as well.
    """
    if len(onsets) < 4:
        return COMMON_BPM
    bpm = np.exp(np.arange(np.log(_SLOWEST), np.log(_FASTEST), 0.004))
    distance = np.concatenate([onsets[k:] - onsets[:-k] for k in range(1, min(_NEIGHBOURS, len(onsets) - 1) + 1)])
    beats = distance[:, None] * bpm / 60  # (pair, tempo)
    nearness = np.exp(-distance / 3.0)[:, None]
    fit = sum(weight * np.cos(2 * np.pi * part * beats) for weight, part in ((1.0, 1), (0.7, 2), (0.35, 4)))
    score = (fit * nearness).sum(axis=0) / nearness.sum() - np.square(np.log2(bpm / COMMON_BPM))
    return float(bpm[score.argmax()])


def place_in_beats(onsets: Floats, bpm: float) -> Floats:
    """Positions in quarters, shape (n,), of onsets in seconds, the first at 0, as a listener follows a singer.

    From note to note the beat gives way to the singer, in phase and in tempo (a phase-locked loop, as in Large & Kolen
    1994), so a tempo that drifts doesn't push late notes off their places.
    """
    places, beat_s, lag = np.zeros(len(onsets)), 60 / bpm, 0.0
    for i, distance_s in enumerate(np.diff(onsets), 1):
        moved = distance_s / beat_s
        places[i] = places[i - 1] - _PHASE_GAIN * lag + moved
        lag = places[i] - round(places[i] * STEPS_PER_QUARTER) / STEPS_PER_QUARTER
        beat_s *= 1 + _TEMPO_GAIN * float(np.clip(lag / max(moved, 0.5), -0.2, 0.2))
    return places


def durations_in_beats(onsets: Floats, ends: Floats, places: Floats, bpm: float) -> NDArray[np.float64]:
    """Lengths in quarters, shape (n,): within a note the beat is as fast as to the next note."""
    beat_s = np.append(np.diff(onsets) / np.maximum(np.diff(places), 1e-3), 60 / bpm)
    return np.asarray((ends - onsets) / np.clip(beat_s, 30 / bpm, 120 / bpm))
