"""Music for monophonic parts on a grid: what the networks read and write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from composer.music.score import DEFAULT_VELOCITY, Notes, make_notes

REST = -1
STEPS_PER_QUARTER = 4
"""The grid of the four-part models: sixteenth notes."""


@dataclass(frozen=True)
class Voices:
    """Monophonic parts on a grid of sixteenths; exact for any music that lies on the grid.

    `pitch` is int16 of shape (voices, steps): the MIDI pitch that sounds at each step, sustained pitches filled in,
    REST (-1) where none does. `attack` is bool of the same shape: a note starts here (so repeated notes survive).
    The first full bar starts at `pickup_steps`, and each bar has `steps_per_bar` steps. Every attack has a pitch, and
    a pitch that differs from the step before is always an attack.
    """

    pitch: NDArray[np.int16]
    attack: NDArray[np.bool_]
    steps_per_bar: int = 16
    pickup_steps: int = 0

    def __post_init__(self) -> None:
        pitch = np.asarray(self.pitch, np.int16)
        if pitch.ndim != 2 or pitch.shape != np.shape(self.attack):
            raise ValueError(
                f"pitch {pitch.shape} and attack {np.shape(self.attack)} must be one (voices, steps) shape"
            )
        object.__setattr__(self, "pitch", pitch)
        changes = np.diff(pitch, axis=1, prepend=np.int16(REST)) != 0
        attack = (np.asarray(self.attack, bool) | changes) & (pitch != REST)
        object.__setattr__(self, "attack", attack)

    @property
    def steps(self) -> int:
        """Length in steps of a sixteenth."""
        return int(self.pitch.shape[1])

    def bar_position(self) -> NDArray[np.int64]:
        """Step within its bar, 0..steps_per_bar-1, for each step; shape (steps,)."""
        return (np.arange(self.steps) - self.pickup_steps) % self.steps_per_bar

    def select(self, voices: slice | list[int]) -> Voices:
        """Only some of the voices, in the given order."""
        return replace(self, pitch=self.pitch[voices], attack=self.attack[voices])

    def window(self, start: int, length: int) -> Voices:
        """Steps start..start+length, with bar lines kept in place; a note cut at the start is attacked there."""
        return Voices(
            self.pitch[:, start : start + length],
            self.attack[:, start : start + length],
            self.steps_per_bar,
            (self.pickup_steps - start) % self.steps_per_bar,
        )

    def transposed(self, semitones: int) -> Voices:
        """Every pitch moved by `semitones`; rests stay rests."""
        return replace(self, pitch=np.where(self.pitch == REST, REST, self.pitch + semitones).astype(np.int16))

    def notes(self, voice: int, velocity: int = DEFAULT_VELOCITY) -> Notes:
        """One voice's notes, shape (n,), onset and duration in quarters from step 0."""
        pitch, attack = self.pitch[voice], self.attack[voice]
        onset = np.flatnonzero(attack)
        boundary = np.flatnonzero(attack | (pitch == REST))
        following = np.searchsorted(boundary, onset, side="right")
        end = np.append(boundary, self.steps)[following]
        return make_notes(onset / STEPS_PER_QUARTER, (end - onset) / STEPS_PER_QUARTER, pitch[onset], velocity)


def voices_from_notes(parts: Sequence[Notes], steps: int, steps_per_bar: int = 16, pickup_steps: int = 0) -> Voices:
    """Voices of shape (parts, steps) from one array of notes each, onset and duration in quarters from step 0.

    Onsets and ends go to the nearest step; a note ends at the latest where the next begins, of notes on one step the
    highest is kept, and notes from `steps` on are left out.
    """
    lines = [_draw_line(notes, steps) for notes in parts]
    pitch = np.array([line[0] for line in lines], np.int16).reshape(len(lines), steps)
    attack = np.array([line[1] for line in lines], bool).reshape(len(lines), steps)
    return Voices(pitch, attack, steps_per_bar, pickup_steps)


def _draw_line(notes: Notes, steps: int) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Pitch and attack of one voice, each of shape (steps,)."""
    onset = np.floor(notes["onset"] * STEPS_PER_QUARTER + 0.5).astype(np.int64)
    end = np.floor((notes["onset"] + notes["duration"]) * STEPS_PER_QUARTER + 0.5).astype(np.int64)
    order = np.lexsort((notes["pitch"], onset))
    order = order[np.append(np.diff(onset[order]) > 0, True)[: len(order)]]
    onset, end, pitches = onset[order], np.maximum(end, onset + 1)[order], notes["pitch"][order]
    attack = np.isin(np.arange(steps), onset)
    sounding = np.searchsorted(onset, np.arange(steps), side="right") - 1  # the note begun last, -1 before any
    ends = np.append(end, 0)[sounding]
    pitch = np.where(np.arange(steps) < ends, np.append(pitches, REST)[sounding], REST)
    return pitch.astype(np.int16), attack
