"""How far a singer is from the piano's tuning, which may drift slowly while nobody plays along."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BIN_S = 0.25
_MEMORY_S = 6.0
"""Standard deviation of the stretch of singing that tells the tuning at a moment: some fifteen notes to each side."""


def tuning_at(moments_s: Floats, time_s: Floats, pitch: Floats, weight: Floats) -> Floats:
    """Semitones above the piano's tuning at each of `moments_s`, shape (m,), the whole being nearest to 0 on average.

    What was sung is given by times in seconds, pitches as MIDI numbers and weights, all of shape (n,). It is laid
    around the semitone as a circle and averaged over the neighbourhood, so that a singer who sinks by a semitone in the
    end isn't heard in another key.
    """
    bins = np.arange(0, time_s.max(initial=0.0) + _BIN_S, _BIN_S)
    place = (time_s / _BIN_S).astype(int)
    circle = weight * np.exp(2j * np.pi * pitch)
    total = np.bincount(place, circle.real, len(bins)) + 1j * np.bincount(place, circle.imag, len(bins))
    near = np.exp(-np.square((bins[:, None] - bins) / _MEMORY_S) / 2)  # (bin, bin)
    turns = np.unwrap(np.angle(near @ total)) / (2 * np.pi)
    turns -= round(float(np.average(turns, weights=np.abs(total) + 1e-9)))
    return np.asarray(np.interp(moments_s, bins + _BIN_S / 2, turns))
