"""From notes to what stands on paper: bars, note values, ties and triplets.

Positions are whole numbers of UNITS a quarter. Notes off the grid are quantised for notation, beat by beat, to
sixteenths or to triplet eighths, whichever lies nearer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from composer.music.midi import resolve_overlaps
from composer.music.score import Meter, Notes, Score, make_notes

UNITS = 12
_SIXTEENTH, _TRIPLET, _DOTTED_QUARTER = 3, 4, 18

Ints = NDArray[np.int64]

VALUES: dict[int, tuple[str, int, bool]] = {
    96: ("breve", 0, False),
    72: ("whole", 1, False),
    48: ("whole", 0, False),
    36: ("half", 1, False),
    24: ("half", 0, False),
    18: ("quarter", 1, False),
    12: ("quarter", 0, False),
    9: ("eighth", 1, False),
    8: ("quarter", 0, True),
    6: ("eighth", 0, False),
    4: ("eighth", 0, True),
    3: ("16th", 0, False),
    2: ("16th", 0, True),
    1: ("32nd", 0, True),
}
"""Name, dots and whether it is one of a triplet, for each length that one symbol can have."""


@dataclass(frozen=True)
class Bar:
    """A bar from `start` for `length` units; `meter` is the one in force, and `index` counts from 0 for a pickup."""

    start: int
    length: int
    index: int
    meter: Meter

    @property
    def is_full(self) -> bool:
        """Whether the bar is as long as its meter says; a pickup and a bar cut by a new meter aren't."""
        return self.length == self.meter.bar_quarters * UNITS


@dataclass(frozen=True)
class Symbol:
    """A note, chord or rest of one written value, or a rest for a whole bar.

    `sounds` holds, for each note, pitch, velocity, whether it is tied from before, and whether it is tied on.
    """

    start: int
    length: int
    sounds: tuple[tuple[int, int, bool, bool], ...]


def score_bars(score: Score) -> list[Bar]:
    """The bars of a score, the pickup (index 0) first, to the end of its last note; one bar at least."""
    lines = _to_sixteenth(score.bar_lines())
    onsets = _to_sixteenth([meter.onset for meter in score.meters])
    last = max(int(lines.max(initial=0)), 0)
    final = score.meters[int(np.searchsorted(onsets, last, side="right")) - 1]
    after = last + max(int(_to_sixteenth(final.bar_quarters)), _SIXTEENTH)
    edges = np.unique(np.concatenate([[0], lines, [after]])).astype(np.int64)
    edges = edges[: max(int(np.searchsorted(edges, _end(score))), 1) + 1]
    in_force = np.searchsorted(onsets, edges[:-1], side="right") - 1
    offset = 0 if score.pickup > 0 else 1
    spans = zip(edges[:-1].tolist(), np.diff(edges).tolist(), in_force.tolist(), strict=True)
    return [Bar(start, length, i + offset, score.meters[m]) for i, (start, length, m) in enumerate(spans)]


def engrave(notes: Notes, bars: list[Bar]) -> list[list[Symbol]]:
    """The symbols of each bar, which fill it, for notes of shape (n,); chords share one symbol, ties join the rest.

    Values begin and end on beats as readers expect: one that starts between beats is split at the next beat, and a
    long one into the fewest values from there on. Notes beyond the last bar are left out.
    """
    edges = np.array([bar.start for bar in bars] + [bars[-1].start + bars[-1].length])
    placed = _quantise(notes, bars)
    placed = placed[placed["onset"] < edges[-1]]
    onset = placed["onset"].astype(np.int64)
    end = np.minimum(onset + placed["duration"].astype(np.int64), edges[-1])
    bounds = np.unique(np.concatenate([edges, onset, end]))
    first, after = np.searchsorted(bounds, onset), np.searchsorted(bounds, end)
    members = _members(first, after, len(bounds) - 1)
    rows = list(zip(*(x.tolist() for x in (placed["pitch"], placed["velocity"], onset, end)), strict=True))
    symbols: list[list[Symbol]] = [[] for _ in bars]
    bar_of = np.searchsorted(edges, bounds[:-1], side="right") - 1
    for i, (start, stop) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
        bar = bars[bar_of[i]]
        sounding = [rows[n] for n in members[i]]
        at = start
        silent_bar = bar.is_full and not sounding and stop - start == bar.length
        for length in [bar.length] if silent_bar else _split(start - bar.start, stop - start, bar):
            sounds = tuple((p, v, begin < at, finish > at + length) for p, v, begin, finish in sounding)
            symbols[bar_of[i]].append(Symbol(at, length, sounds))
            at += length
    return symbols


def _to_sixteenth(quarters: ArrayLike) -> Ints:
    """The nearest sixteenths, in units; any shape."""
    return np.asarray(np.round(np.asarray(quarters, float) * UNITS / _SIXTEENTH).astype(np.int64) * _SIXTEENTH)


def _end(score: Score) -> int:
    """Where the last symbol ends, in units: a last onset may be moved to a bar line, and still needs its bar."""
    last_onset = max((float(t.notes["onset"].max(initial=0.0)) for t in score.tracks), default=0.0)
    return max(int(np.ceil(score.end * UNITS - 0.01)), int(_to_sixteenth(last_onset)) + 1)


def _quantise(notes: Notes, bars: list[Bar]) -> Notes:
    """The notes in units, on sixteenths or triplet eighths, without overlaps of equal pitch."""
    first_line = bars[0].start if bars[0].index else bars[0].start + bars[0].length
    triplets = all(bar.meter.denominator <= 4 for bar in bars)
    times = np.concatenate([notes["onset"], notes["onset"] + notes["duration"]]) * UNITS - first_line
    snapped, unit = _snap(times, triplets)
    onset, end = np.split(snapped + first_line, 2)
    end = np.maximum(end, onset + np.split(unit, 2)[0])
    return resolve_overlaps(make_notes(onset, end - onset, notes["pitch"], notes["velocity"]))


def _snap(times: NDArray[np.float64], triplets: bool) -> tuple[Ints, Ints]:
    """Times in units moved to the grid that fits their beat best, and that grid's unit; each of shape (n,)."""
    candidates = np.array([np.round(times / unit) * unit for unit in (_SIXTEENTH, _TRIPLET)])  # (grid, n)
    _, beat = np.unique(np.floor(times / UNITS + 1e-6), return_inverse=True)
    sixteenth_error, triplet_error = (np.bincount(beat, np.abs(times - c)) for c in candidates)
    is_triplet = triplets & (triplet_error < sixteenth_error - 1e-6)[beat]
    snapped = np.where(is_triplet, candidates[1], candidates[0]).astype(np.int64)
    return snapped, np.where(is_triplet, _TRIPLET, _SIXTEENTH)


def _members(first: Ints, after: Ints, count: int) -> list[Ints]:
    """For each of `count` slices, the notes that sound in it; note n sounds in slices first[n]..after[n]-1."""
    spans = after - first
    note = np.repeat(np.arange(len(first)), spans)
    slice_of = np.arange(len(note)) - np.repeat(np.cumsum(spans) - spans, spans) + np.repeat(first, spans)
    order = np.argsort(slice_of, kind="stable")
    return np.split(note[order], np.searchsorted(slice_of[order], np.arange(1, count)))


def _split(position: int, length: int, bar: Bar) -> Iterator[int]:
    """The written values, in units, of a length that starts `position` units into its bar."""
    compound = bar.meter.denominator >= 8 and bar.meter.numerator % 3 == 0
    beat = _DOTTED_QUARTER if compound else UNITS
    while length:
        into_beat = position % beat
        from_beat = not into_beat and length % (beat if compound else beat // 2) == 0
        if length in VALUES and (from_beat or into_beat + length <= beat):
            value = length
        elif into_beat or length < beat:
            value = max(v for v in VALUES if v <= min(length, beat - into_beat))
        else:
            value = max(v for v in VALUES if v <= length and v % beat == 0)
        yield value
        position, length = position + value, length - value
