"""Bass lines: from the signs of a pattern to one pitch each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from composer.music.arranger.chords import MAJOR_SCALE, MINOR_SCALE, NAMES, QUALITIES, Chords
from composer.music.arranger.rhythm import Events
from composer.music.arranger.voicing import voice
from composer.music.score import Key

_THIRD, _FIFTH = ([QUALITIES[name][k] for name in NAMES] for k in (1, 2))


def bass_pitches(events: Events, chords: Chords, low: int, high: int) -> NDArray[np.int64]:
    """A MIDI pitch within low..high for each event, shape (e,).

    Roots move as little as they can, and a new chord begins with its root. An approach note "a" lies a step of the
    scale from the root that comes next, on the side from which the line comes; where the chord stays, it is the fifth.
    """
    roots = voice(chords, 1, low, high)[:, 0]
    root, quality = roots[events.slot], chords.quality[events.slot]
    fifth = np.array(_FIFTH)[quality]
    fifth = np.where(root + fifth > high, fifth - 12, fifth)
    target = np.append(roots[events.slot][1:], root[-1:])
    below, above = (_steps(chords.key, side)[target % 12] for side in (-1, 1))
    approach = np.where(root <= target, target - below, target + above)
    approach = np.where(target == root, root + fifth, approach)
    choices = [root + 12, root + np.array(_THIRD)[quality], root + fifth, approach]
    again = np.diff(roots[events.slot], prepend=-1) == 0
    pitch = np.select([(events.sign == sign) & (again | (sign == "8")) for sign in "835a"], choices, root)
    return np.asarray(np.where(pitch < low, pitch + 12, np.where(pitch > high, pitch - 12, pitch)))


def _steps(key: Key, side: int) -> NDArray[np.int64]:
    """Semitones from each pitch class (12,) down (side -1) or up (1) to a neighbour, one in the key if it can be."""
    scale = np.array(MAJOR_SCALE if key.mode == "major" else MINOR_SCALE)
    return np.where(np.isin((np.arange(12) + side) % 12, (scale + key.tonic) % 12), 1, 2)
