"""From a pitch curve to notes: one steady pitch after another, and a new onset wherever a syllable begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from composer.music.singing.pitch import HOP_S, Floats, PitchCurve
from composer.music.singing.tuning import tuning_at

SUNG = np.dtype([("onset", "f8"), ("end", "f8"), ("pitch", "i8"), ("sung", "f8"), ("loudness", "f8")])
"""A sung note: onset and end in seconds, MIDI pitch, the pitch as it was sung, and loudness in dB below the loudest."""

SungNotes = NDArray[np.void]

_FARTHEST = 1.5
"""Semitones beyond which a moment is no further from a note: an octave error of the tracker costs no more."""
_GAP = 0.5
"""What a moment without tone costs within a note, in semitones away from it."""
_REACH_S = 0.2
"""How far to both sides a dip in loudness is compared: two slow syllables are further apart than that."""


@dataclass(frozen=True)
class Ear:
    """How willing one is to hear a new note. `change`: what a change of note costs, in moments a semitone away;
    `dip_db`: how far the loudness must fall between two syllables; `shortest_s`: the shortest note there is.
    """

    change: float
    dip_db: float
    shortest_s: float

    @classmethod
    def of(cls, sensitivity: float) -> Ear:
        """An ear from 0 (few, long notes) to 1 (every turn is a note); 0.5 is made for common singing."""
        fewer = 1 - 2 * sensitivity  # 1 to -1
        return cls(7 * 3**fewer, 6 * 2**fewer, 0.08 * 2**fewer)


def find_notes(curve: PitchCurve, sensitivity: float = 0.5) -> tuple[SungNotes, Floats]:
    """The notes of a curve, shape (n,) of dtype SUNG, in order, and the singer's tuning in semitones at each moment.

    The curve, less the tuning, goes to the semitones by dynamic programming, with a price on every change (as in the
    note tracking of Mauch et al. 2015, "Tony"): vibrato, glides and a tracker's slips pass without a note of their own.
    Notes are then parted where the loudness dips, and what is too short is left out.
    """
    ear = Ear.of(sensitivity)
    moments_s = np.arange(len(curve.pitch), dtype=float) * HOP_S
    sounding = curve.voiced
    if not sounding.any():
        return np.empty(0, SUNG), np.zeros(len(moments_s))
    tuning = tuning_at(moments_s, moments_s[sounding], curve.pitch[sounding], np.ones(int(sounding.sum())))
    notes = _notes(curve, tuning, ear)
    if len(notes):
        tuning = tuning_at(moments_s, notes["onset"], notes["sung"], notes["end"] - notes["onset"])
        notes = _notes(curve, tuning, ear)
    return notes, tuning


def _notes(curve: PitchCurve, tuning: Floats, ear: Ear) -> SungNotes:
    path = _steadiest(curve.pitch - tuning, ear.change)
    starts = np.flatnonzero((np.diff(path, prepend=-1) != 0) | _syllables(curve, ear.dip_db))
    ends = np.append(starts[1:], len(path))
    spans = [(a, b, path[a]) for a, b in zip(starts, ends, strict=True) if path[a] >= 0]
    rows = [row for a, b, pitch in spans if (row := _note(curve, int(a), int(b), int(pitch), ear)) is not None]
    return np.array(rows, SUNG)


def _note(
    curve: PitchCurve, start: int, end: int, pitch: int, ear: Ear
) -> tuple[float, float, int, float, float] | None:
    """A note from the moments start..end, ending with its last tone; None where too little of it sounds."""
    sounding = np.flatnonzero(curve.voiced[start:end])
    if len(sounding) * HOP_S < ear.shortest_s:
        return None
    start, end = start + int(sounding[0]), start + int(sounding[-1]) + 1
    sung = float(np.nanmedian(curve.pitch[start:end]))
    return start * HOP_S, end * HOP_S, pitch, sung, float(curve.loudness[start:end].max())


def _steadiest(pitch: Floats, change: float) -> NDArray[np.int64]:
    """The semitone of each moment, shape (n,), -1 for a rest, at the least cost (Viterbi 1967).

    A moment costs its distance from the semitone, in semitones, within a rest as much as the farthest; a change costs
    `change`.
    """
    low, high = int(np.floor(np.nanmin(pitch))), int(np.ceil(np.nanmax(pitch)))
    semitones = np.arange(low, high + 1)
    voiced = ~np.isnan(pitch)
    cost = np.minimum(np.abs(np.nan_to_num(pitch)[:, None] - semitones), _FARTHEST)  # (moment, semitone)
    cost[~voiced] = _GAP
    cost = np.column_stack([cost, np.where(voiced, _FARTHEST, 0.0)])  # the last state is the rest
    came_from = np.empty(cost.shape, np.int64)
    stay, total = np.arange(cost.shape[1]), cost[0].copy()
    for moment in range(1, len(cost)):
        best = int(total.argmin())
        changed = total[best] + change < total
        came_from[moment] = np.where(changed, best, stay)
        total = np.where(changed, total[best] + change, total) + cost[moment]
    states = np.empty(len(cost), np.int64)
    states[-1] = total.argmin()
    for moment in range(len(cost) - 1, 0, -1):
        states[moment - 1] = came_from[moment, states[moment]]
    return np.where(states == len(semitones), -1, states + low)


def _syllables(curve: PitchCurve, dip_db: float) -> NDArray[np.bool_]:
    """The moments, shape (n,), at which the loudness has half recovered from a dip of `dip_db` or more."""
    reach = round(_REACH_S / HOP_S)
    padded = np.pad(curve.loudness, reach, constant_values=-np.inf)
    windows = sliding_window_view(padded, reach + 1).max(axis=1)  # (n + reach,)
    before, after = windows[: len(curve.loudness)], windows[reach:]
    depth = np.minimum(before, after) - curve.loudness
    rises = np.zeros(len(depth), bool)
    deep = np.flatnonzero(depth >= dip_db)
    for dip in np.split(deep, np.flatnonzero(np.diff(deep) > 1) + 1) if len(deep) else []:
        bottom = dip[np.argmin(curve.loudness[dip])]
        loud_enough = curve.loudness[bottom:] >= curve.loudness[bottom] + depth[bottom] / 2
        rises[bottom + int(np.argmax(loud_enough))] = True
    return rises
