"""What a musician has: tracks of notes, a tempo map, meters and a key. Every reader and writer speaks this type."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

NOTE = np.dtype([("onset", "f8"), ("duration", "f8"), ("pitch", "i2"), ("velocity", "i2")])
"""One note: onset and duration in quarter notes, MIDI pitch 0..127, velocity 1..127."""

Notes = NDArray[np.void]
"""A one-dimensional array of dtype NOTE, sorted by onset, then pitch."""

DEFAULT_VELOCITY = 80


def make_notes(
    onset: ArrayLike, duration: ArrayLike, pitch: ArrayLike, velocity: ArrayLike = DEFAULT_VELOCITY
) -> Notes:
    """Notes from four broadcastable arrays of shape (n,): onset and duration in quarters, MIDI pitch, velocity.

    The result is sorted by onset, then pitch; empty arrays give an empty result.
    """
    columns = np.broadcast_arrays(*map(np.atleast_1d, (onset, duration, pitch, velocity)))
    notes = np.empty(columns[0].shape, NOTE)
    for name, column in zip(NOTE.names or (), columns, strict=True):
        notes[name] = column
    return sort_notes(notes)


def sort_notes(notes: Notes) -> Notes:
    """The same notes, shape (n,), sorted by onset, then pitch (a stable order)."""
    return notes[np.lexsort((notes["pitch"], notes["onset"]))]


@dataclass(frozen=True)
class Track:
    """One instrument's notes. `program` is the General MIDI number 0..127 and is ignored where `is_drum`."""

    name: str
    notes: Notes
    program: int = 0
    is_drum: bool = False

    @property
    def end(self) -> float:
        """Where the last note stops, in quarters; 0 for an empty track."""
        return float((self.notes["onset"] + self.notes["duration"]).max(initial=0.0))


@dataclass(frozen=True)
class Tempo:
    """`bpm` quarter notes a minute from `onset` (in quarters) on."""

    onset: float
    bpm: float


@dataclass(frozen=True)
class Meter:
    """A time signature from `onset` (in quarters) on; 6/8 is numerator 6, denominator 8."""

    onset: float
    numerator: int
    denominator: int

    @property
    def bar_quarters(self) -> float:
        """Length of one bar in quarter notes: 3 for 6/8 and for 3/4."""
        return self.numerator * 4 / self.denominator


_Event = TypeVar("_Event", Tempo, Meter)


def from_start(events: Iterable[_Event], default: _Event) -> tuple[_Event, ...]:
    """Tempos or meters in the order of a Score: by onset, the last of each instant, `default` at 0 if there is none."""
    latest = {0.0: default} | {event.onset: event for event in sorted(events, key=lambda event: event.onset)}
    return tuple(latest.values())


@dataclass(frozen=True)
class Key:
    """A tonic pitch class 0..11 (0 = C) and a mode, "major" or "minor"."""

    tonic: int
    mode: str = "major"

    def __str__(self) -> str:
        names = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
        return f"{names[self.tonic % 12]} {self.mode}"


@dataclass(frozen=True)
class Score:
    """A piece of music. Times are quarter notes from the start of the file.

    `tempos` and `meters` are sorted by onset and each begins at 0. `pickup` is the length in quarters of an
    incomplete first bar (0 where the piece starts on a bar line), so bar lines of the first meter stand at
    `pickup + k * bar_quarters`.
    """

    tracks: tuple[Track, ...]
    tempos: tuple[Tempo, ...] = (Tempo(0.0, 120.0),)
    meters: tuple[Meter, ...] = (Meter(0.0, 4, 4),)
    key: Key | None = None
    pickup: float = 0.0
    title: str = ""
    _knots: tuple[NDArray[np.float64], NDArray[np.float64]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        onsets = np.array([t.onset for t in self.tempos])
        spans = np.diff(onsets) * 60 / np.array([t.bpm for t in self.tempos])[:-1]
        object.__setattr__(self, "_knots", (onsets, np.concatenate([[0.0], np.cumsum(spans)])))

    @property
    def end(self) -> float:
        """Where the last note of any track stops, in quarters; 0 for no notes."""
        return max((track.end for track in self.tracks), default=0.0)

    @property
    def note_count(self) -> int:
        """How many notes all tracks hold together."""
        return sum(len(track.notes) for track in self.tracks)

    def seconds(self, quarters: ArrayLike) -> NDArray[np.float64]:
        """Times in seconds of positions in quarters, any shape, through the tempo map."""
        onsets, starts = self._knots
        quarters = np.asarray(quarters, float)
        index = np.clip(np.searchsorted(onsets, quarters, side="right") - 1, 0, None)
        bpm = np.array([t.bpm for t in self.tempos])
        return np.asarray(starts[index] + (quarters - onsets[index]) * 60 / bpm[index])

    def bar_lines(self) -> NDArray[np.float64]:
        """Positions of all bar lines in quarters, from the first full bar to the end of the music, all meters."""
        ends = [m.onset for m in self.meters[1:]] + [max(self.end, self.pickup) + 1e-9]
        lines = [
            np.arange(meter.onset + (self.pickup if i == 0 else 0.0), end, meter.bar_quarters)
            for i, (meter, end) in enumerate(zip(self.meters, ends, strict=True))
        ]
        return np.concatenate(lines)

    def with_tempo(self, bpm: float) -> Score:
        """The same notes at one constant tempo of `bpm` quarters a minute."""
        return replace(self, tempos=(Tempo(0.0, bpm),))
