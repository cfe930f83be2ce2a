"""Chords for a tune: those that fit its notes best and follow one another as chords in songs do."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from composer.music.arranger.bars import SCALE, Layout
from composer.music.arranger.paths import cheapest_path
from composer.music.score import Key
from composer.music.theory import find_key
from composer.music.voices import REST, Voices

QUALITIES: dict[str, tuple[int, ...]] = {
    "major": (0, 4, 7),
    "minor": (0, 3, 7),
    "dominant": (0, 4, 7, 10),
    "diminished": (0, 3, 6),
    "minor7": (0, 3, 7, 10),
    "major7": (0, 4, 7, 11),
}
"""Semitones above the root; the last two are only colours, put on afterwards."""
NAMES = tuple(QUALITIES)
_PLAIN = 4
"""How many of QUALITIES are looked for in a tune."""
MAJOR_SCALE, MINOR_SCALE = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)

_HOME = {
    "major": {
        (0, "major"): 0.0,
        (7, "major"): 0.15,
        (5, "major"): 0.2,
        (7, "dominant"): 0.25,
        (9, "minor"): 0.4,
        (2, "minor"): 0.45,
        (4, "minor"): 0.75,
        (10, "major"): 0.8,
        (2, "dominant"): 1.0,
        (11, "diminished"): 1.2,
        (9, "dominant"): 1.5,
        (0, "dominant"): 1.2,
        (4, "dominant"): 1.8,
        (5, "minor"): 1.4,
        (7, "minor"): 1.4,
    },
    "minor": {
        (0, "minor"): 0.0,
        (10, "major"): 0.25,
        (3, "major"): 0.3,
        (5, "minor"): 0.3,
        (8, "major"): 0.4,
        (7, "major"): 0.45,
        (7, "dominant"): 0.4,
        (7, "minor"): 0.55,
        (5, "major"): 0.7,
        (2, "minor"): 0.9,
        (2, "diminished"): 1.1,
        (10, "dominant"): 0.8,
        (11, "diminished"): 1.2,
        (0, "major"): 1.4,
    },
}
"""How unusual a chord is in a key, by its degree in semitones above the tonic and its quality."""
_FOREIGN = 2.5
_ROOT_MOVES = np.array([0.0, 0.7, 0.0, 0.2, 0.2, -0.35, 1.0, -0.1, 0.1, 0.0, 0.05, 0.7])
"""What it costs that a root moves up by 0..11 semitones: falling fifths (5) are the best move, tritones the worst."""
_UNRESOLVED, _RESOLVED = 0.5, -0.4
"""A dominant seventh or a diminished chord that goes elsewhere, or a fifth down (a diminished one a semitone up)."""
_CHANGE_INSIDE = 0.7
"""What a change of chord inside a bar costs: chords like to change on bar lines."""
_FIT = 3.0
"""Weight of the notes of the tune beside the wish for usual chords."""
_LAST, _BEFORE_LAST, _PHRASE_END, _BEGIN = 4.0, 0.8, 0.6, 0.8
"""Wishes for the tonic at the end and at the beginning, for a dominant before the end, for either at phrase ends."""
PHRASE_BARS = 4


@dataclass(frozen=True)
class Chords:
    """A chord in each slot of a Layout: `root` (n,) is a pitch class, `quality` (n,) an index into QUALITIES."""

    key: Key
    root: NDArray[np.int64]
    quality: NDArray[np.int64]

    def tones(self, slot: int) -> NDArray[np.int64]:
        """Pitch classes of a slot's chord, the root first."""
        return np.asarray((self.root[slot] + np.array(QUALITIES[NAMES[self.quality[slot]]])) % 12)


def find_chords(melody: Voices, layout: Layout) -> Chords:
    """The chords of a tune, shape (1, steps): the row of chords, one a slot, with the least sum of three costs.

    The first is how badly a chord's notes fit those of the tune, weighed by length and by the strength of the beat on
    which they begin; the second how unusual it is in the key, with a tonic at the beginning, a cadence (a dominant,
    then the tonic) at the end and a resting point at the ends of phrases; the third the step from one chord to the
    next, where roots like to fall by fifths. Found by dynamic programming over all roots and qualities; harmonising
    a melody this way goes back to Ponsford, Wiggins and Mellish (1999) and Paiement et al. (2006).
    """
    key = tune_key(melody)
    weights = note_weights(melody, layout)
    cost = _FIT * _misfit(weights) + _strangeness(key) + _places(key, layout)
    changes = np.where(layout.first[1:], 0.0, _CHANGE_INSIDE)[:, None, None] * (1 - np.eye(cost.shape[1]))
    path = cheapest_path(cost, _moves() + changes)
    return Chords(key, path % 12, path // 12)


def tune_key(melody: Voices) -> Key:
    """The key of a tune, in which the last note counts for a tenth of the whole: tunes end on their tonic."""
    notes = melody.notes(0)
    if len(notes):
        notes["duration"][-1] += notes["duration"].sum() / 10
    return find_key(notes)


def note_weights(melody: Voices, layout: Layout) -> NDArray[np.float64]:
    """How much each pitch class sounds in each slot, shape (n, 12), each row summing to 1 (or to 0 for silence).

    A sixteenth counts twice in a note that begins with the slot, 1.5 times in one on a beat, once in one on an
    eighth and 0.7 times in others.
    """
    steps = np.arange(melody.steps) * SCALE
    slot = layout.slot_at(steps)
    place = steps - layout.slots[slot]
    begun = np.maximum.accumulate(np.where(melody.attack[0], np.arange(melody.steps), 0))
    strength = np.select([place == 0, place % layout.beat == 0, place % 6 == 0], [2.0, 1.5, 1.0], 0.7)[begun]
    pitch = melody.pitch[0].astype(np.int64)
    sounding = (pitch != REST) & (steps >= layout.slots[0])
    weights = np.zeros((len(layout.slots), 12))
    np.add.at(weights, (slot[sounding], pitch[sounding] % 12), strength[sounding])
    return np.asarray(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9))


def coloured(chords: Chords, colours: dict[str, str], weights: NDArray[np.float64]) -> Chords:
    """The chords with the sevenths that a style puts on them, but for those that would rub against the tune.

    `colours` maps names of qualities; `weights` is `note_weights` (n, 12). A seventh stays away where the tune has a
    note a semitone from it for more than a tenth of the slot.
    """
    target = np.array([NAMES.index(colours.get(name, name)) for name in NAMES])[chords.quality]
    seventh = (chords.root + np.array([QUALITIES[name][-1] for name in NAMES])[target]) % 12
    rows = np.arange(len(target))
    rubs = weights[rows, (seventh + 1) % 12] + weights[rows, (seventh - 1) % 12] > 0.1
    return replace(chords, quality=np.where(rubs, chords.quality, target))


def _misfit(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cost (n, 12 * _PLAIN) of each chord in each slot; the state is quality * 12 + root."""
    tables = []
    for name in NAMES[:_PLAIN]:
        tones = np.array(QUALITIES[name])
        fit = np.full(12, -0.6)
        fit[(tones[:3] + 1) % 12] = -1.0  # a semitone above a note of the chord sounds worst
        fit[tones] = (1.0, 1.0, 0.9, 0.6)[: len(tones)]
        tables.append(fit[(np.arange(12)[None] - np.arange(12)[:, None]) % 12])  # (root, pitch class)
    return np.asarray(-weights @ np.concatenate(tables).T)


def _strangeness(key: Key) -> NDArray[np.float64]:
    """Cost (12 * _PLAIN,) of each chord in the key."""
    cost = np.full((_PLAIN, 12), _FOREIGN)
    for (degree, name), price in _HOME[key.mode].items():
        cost[NAMES.index(name), (key.tonic + degree) % 12] = price
    return cost.ravel()


def _places(key: Key, layout: Layout) -> NDArray[np.float64]:
    """Cost (n, 12 * _PLAIN), mostly below 0, of chords where a tune begins, rests and ends."""
    cost = np.zeros((len(layout.slots), _PLAIN, 12))
    home, fifth = NAMES.index(key.mode), (key.tonic + 7) % 12
    phrase_end = (layout.slot_bar % PHRASE_BARS == PHRASE_BARS - 1) & ~np.append(False, layout.first[1:])
    cost[phrase_end, home, key.tonic] -= _PHRASE_END
    cost[phrase_end, NAMES.index("major"), fifth] -= _PHRASE_END / 2
    cost[0, home, key.tonic] -= _BEGIN
    cost[-1, home, key.tonic] -= _LAST
    before = np.flatnonzero(layout.slot_bar < layout.slot_bar[-1])[-1:]
    for name in ("major", "dominant"):
        cost[before, NAMES.index(name), fifth] -= _BEFORE_LAST
    return cost.reshape(len(cost), -1)


def _moves() -> NDArray[np.float64]:
    """Cost (12 * _PLAIN, 12 * _PLAIN) of each step from chord to chord."""
    state = np.arange(12 * _PLAIN)
    root, quality = state % 12, state // 12
    up = (root[None] - root[:, None]) % 12
    cost: NDArray[np.float64] = _ROOT_MOVES[up]
    for name, resolution in (("dominant", 5), ("diminished", 1)):
        from_here = (quality == NAMES.index(name))[:, None] & (state[:, None] != state[None])
        cost += np.where(from_here, np.where(up == resolution, _RESOLVED, _UNRESOLVED), 0.0)
    return cost
