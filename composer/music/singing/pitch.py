"""How high and how loud a voice is, moment by moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.music.singing.packages import late
from composer.music.singing.sound import RATE
from composer.music.stems import Audio

HOP_S = 0.008
"""Seconds from one moment to the next."""

_HOP = round(HOP_S * RATE)
_WINDOW = 3 * _HOP
_CONFIDENT = 0.5
_SILENT = 1e-12
_LOUD = 0.1
"""Level (root of the mean square of the louder half) at which the tracker hears every recording."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PitchCurve:
    """A voice over time, all of shape (n,): moment i is `i * HOP_S` seconds after the start.

    `pitch` is a MIDI number with its fraction, NaN where no tone sounds; `loudness` is in dB below the loudest moment,
    high frequencies lifted, as they tell syllables apart.
    """

    pitch: Floats
    loudness: Floats

    @property
    def voiced(self) -> NDArray[np.bool_]:
        """Where a tone sounds."""
        return ~np.isnan(self.pitch)


def track_pitch(audio: Audio) -> PitchCurve:
    """The pitch curve of mono sound at RATE, shape (frames,), by SwiftF0 (Nieradzik 2025, arXiv:2508.18440).

    A small convolutional network reads the pitch off a spectrogram; it knows 47 to 2,093 Hz (F♯1 to C7). The file of
    its weights comes inside the package.
    """
    count = len(audio) // _HOP
    found = _tracker().detect(_levelled(audio), RATE)
    midi = 69 + 12 * np.log2(np.maximum(np.asarray(found.pitch_hz, float), 1.0) / 440)
    times = np.arange(count) * HOP_S
    nearest = np.clip(np.rint(np.interp(times, found.timestamps, np.arange(len(midi)))).astype(int), 0, len(midi) - 1)
    sounding = np.asarray(found.confidence)[nearest] >= _CONFIDENT
    return PitchCurve(np.where(sounding, np.interp(times, found.timestamps, midi), np.nan), _loudness(audio, count))


def warm_up() -> None:
    """Load the tracker and let it hear a second of silence, so that a first recording doesn't wait for that."""
    track_pitch(np.zeros(RATE, np.float32))


@cache
def _tracker() -> Any:
    late("onnxruntime").disable_telemetry_events()  # nothing about its use leaves this computer
    return late("swift_f0").SwiftF0(threads=1, spin=False)


def _levelled(audio: Audio) -> Audio:
    energy = np.square(audio)
    level = float(np.sqrt(energy[energy >= np.median(energy)].mean()))
    return np.asarray(np.clip(audio * (_LOUD / max(level, 1e-9)), -1, 1), np.float32)


def _loudness(audio: Audio, count: int) -> Floats:
    """dB below the loudest of `count` moments, each heard through a window of 24 ms."""
    bright = np.diff(audio, prepend=audio[:1]) + 0.1 * audio
    padded = np.pad(np.square(bright.astype(float)), (_WINDOW // 2, _WINDOW))
    total = np.concatenate([[0.0], np.cumsum(padded)])
    starts = np.arange(count) * _HOP
    power = (total[starts + _WINDOW] - total[starts]) / _WINDOW
    below = np.maximum(power, _SILENT) / max(power.max(initial=0.0), _SILENT)
    return np.asarray(10 * np.log10(below))
