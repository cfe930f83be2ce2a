"""Keys, names of pitches and voice ranges."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from composer.music.score import Key, Notes

SOPRANO_RANGE = (60, 81)
"""Lowest and highest MIDI pitch of the sopranos in Bach's chorales."""

_PROFILES = np.array(
    [
        [0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400],
        [0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330],
    ]
)
"""How often each degree above the tonic sounds in major and in minor (Temperley, Music and Probability, 2007)."""


def find_key(notes: Notes) -> Key:
    """The key whose profile correlates best with the time that each pitch class sounds in `notes`, shape (n,).

    The method is Krumhansl and Schmuckler's with Temperley's profiles. Without notes the answer is C major.
    """
    sounding = np.bincount(notes["pitch"] % 12, notes["duration"], minlength=12)
    if not sounding.any():
        return Key(0)
    degree = (np.arange(12)[None, :] - np.arange(12)[:, None]) % 12  # (tonic, pitch class)
    profiles = _PROFILES[:, degree]  # (mode, tonic, pitch class)
    centred = profiles - profiles.mean(-1, keepdims=True)
    fit = centred @ (sounding - sounding.mean()) / np.linalg.norm(centred, axis=-1)
    mode, tonic = np.unravel_index(np.argmax(fit), fit.shape)
    return Key(int(tonic), ("major", "minor")[mode])


def key_fifths(key: Key) -> int:
    """Sharps in the key signature, -5..6, negative for flats: 1 for G major and E minor, -3 for C minor."""
    major_tonic = key.tonic + (3 if key.mode == "minor" else 0)
    return (major_tonic * 7 + 5) % 12 - 5


def spell(pitch: int, fifths: int = 0) -> tuple[str, int, int]:
    """Letter, alteration in semitones and octave of a MIDI pitch in a key of `fifths` sharps; 60 is ("C", 0, 4).

    Of the names of a pitch class, the one that lies from three fifths below the major tonic to eight above.
    """
    place = (pitch * 7 - fifths + 3) % 12 + fifths - 3  # on the line of fifths, C = 0
    letter, alter = "FCGDAEB"[(place + 1) % 7], (place + 1) // 7
    return letter, alter, (pitch - alter) // 12 - 1


def pitch_name(pitch: int, key: Key | None = None) -> str:
    """The name of a MIDI pitch as people say it, spelled as `key` asks for: 60 is "C4", 66 is "F♯4"."""
    letter, alter, octave = spell(pitch, key_fifths(key) if key else 0)
    return f"{letter}{'♯' * alter}{'♭' * -alter}{octave}"


def fit_range(pitches: ArrayLike, low: int, high: int) -> int:
    """The transposition in semitones that brings MIDI pitches, shape (n,), into low..high.

    Fewest notes outside come first; then whole octaves before other shifts; then the smallest shift, up before down.
    """
    pitch, count = np.unique(np.asarray(pitches, int), return_counts=True)
    shift = np.arange(-127, 128)
    moved = pitch + shift[:, None]  # (shift, pitch)
    outside = ((moved < low) | (moved > high)) @ count
    best = np.lexsort((-shift, np.abs(shift), shift % 12 != 0, outside))[0]
    return int(shift[best])


def fold_into_range(pitches: ArrayLike, low: int, high: int) -> NDArray[np.int64]:
    """MIDI pitches, any shape, with each outside low..high moved by the fewest octaves that bring it inside.

    The range must span an octave at least (ValueError otherwise).
    """
    if high - low < 11:
        raise ValueError(f"{low}..{high} is less than an octave")
    pitches = np.asarray(pitches, int)
    up = -(-np.maximum(low - pitches, 0) // 12)
    down = -(-np.maximum(pitches - high, 0) // 12)
    return np.asarray(pitches + 12 * (up - down))
