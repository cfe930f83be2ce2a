"""A melody that is drawn by hand: its notes on a roll of whole bars, and the way back to what was there before."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from composer.errors import BadInput
from composer.music.grid import MAX_BARS
from composer.music.pianoroll import FINE_STEPS, Pianoroll, pianoroll_from_notes
from composer.music.score import Meter, Notes, Score, Tempo, Track
from composer.projects.melody import Melody

BARS = (4, 8, 16)
METERS = {"4/4": Meter(0.0, 4, 4), "3/4": Meter(0.0, 3, 4)}
FIRST_BPM = 100.0
NAME = "Drawn tune"
_EDITED = ", edited"
_REMEMBERED = 200
_SIXTEENTH = FINE_STEPS // 4


@dataclass(frozen=True)
class Drawing:
    """A melody on a roll of one track, with the meter of its bars, its tempo in quarters a minute and its name."""

    roll: Pianoroll
    meter: Meter
    bpm: float = FIRST_BPM
    name: str = NAME
    program: int = 0

    @classmethod
    def empty(cls, bars: int = 8, meter: Meter = METERS["4/4"]) -> Drawing:
        """So many bars without a note."""
        return cls(_roll(np.empty((0, 4), np.int32), bars, meter), meter)

    @classmethod
    def of(cls, melody: Melody) -> Drawing:
        """A melody's own notes, each at the nearest twelfth of a quarter and none longer than to the next.

        Bars are added up to one of BARS where that is enough. Raises BadInput where the melody has no notes.
        """
        grid = melody.grid
        notes = _one_by_one(grid.notes, float(grid.step_onsets[0]))
        pickup = grid.voices.pickup_steps * _SIXTEENTH
        rows = pianoroll_from_notes([notes], 2**20).notes
        last = int((rows[:, 1] + rows[:, 2]).max()) - pickup
        needed = -(-last // _bar_steps(grid.meter))
        bars = next((bars for bars in BARS if bars >= needed), min(needed, MAX_BARS))
        name = melody.name if melody.name.endswith((_EDITED, NAME)) else melody.name + _EDITED
        program = melody.score.tracks[melody.track].program
        meter = replace(grid.meter, onset=0.0)
        return cls(_roll(rows, bars, meter, pickup), meter, melody.bpm, name, program)

    @property
    def bars(self) -> int:
        """Full bars; a pickup is not counted."""
        return (self.roll.steps - self.roll.pickup_steps) // self.roll.steps_per_bar

    def with_notes(self, notes: NDArray[np.int32]) -> Drawing:
        """Other notes on the same bars."""
        return replace(self, roll=replace(self.roll, notes=notes))

    def with_bars(self, bars: int) -> Drawing:
        """So many bars; notes that begin later are left out."""
        return replace(self, roll=_roll(self.roll.notes, bars, self.meter, self.roll.pickup_steps))

    def with_tempo(self, bpm: float) -> Drawing:
        """The same notes at another tempo."""
        return replace(self, bpm=bpm)

    def with_meter(self, meter: Meter) -> Drawing:
        """The same notes, counted in another meter, in as many bars as before or as the notes need."""
        last = int((self.roll.notes[:, 1] + self.roll.notes[:, 2]).max(initial=0))
        bars = max(self.bars, -(-last // _bar_steps(meter)))
        return replace(self, meter=meter, roll=_roll(self.roll.notes, min(bars, MAX_BARS), meter))

    def score(self) -> Score:
        """The melody as a score of one track; raises BadInput where nothing is drawn."""
        if not len(self.roll.notes):
            raise BadInput("Nothing is drawn yet; please draw a note first.")
        track = Track("Melody", self.roll.part(0), self.program)
        pickup = self.roll.pickup_steps / FINE_STEPS
        return Score((track,), (Tempo(0.0, self.bpm),), (self.meter,), pickup=pickup, title=self.name)


@dataclass(frozen=True)
class Drafts:
    """The drawing as it is now, those before it (oldest first), and those that undo took back (next first)."""

    now: Drawing
    past: tuple[Drawing, ...] = ()
    future: tuple[Drawing, ...] = ()

    def then(self, drawing: Drawing) -> Drafts:
        """Another drawing as the newest; the oldest are forgotten where there are very many."""
        return Drafts(drawing, (*self.past, self.now)[-_REMEMBERED:])

    def undone(self) -> Drafts:
        """One step back, or the same where there is none."""
        return Drafts(self.past[-1], self.past[:-1], (self.now, *self.future)) if self.past else self

    def redone(self) -> Drafts:
        """One step on again, or the same where nothing was undone."""
        return Drafts(self.future[0], (*self.past, self.now), self.future[1:]) if self.future else self


def _bar_steps(meter: Meter) -> int:
    return round(meter.bar_quarters * FINE_STEPS)


def _roll(notes: NDArray[np.int32], bars: int, meter: Meter, pickup: int = 0) -> Pianoroll:
    size = _bar_steps(meter)
    return Pianoroll(notes, 1, pickup + bars * size, size, pickup)


def _one_by_one(notes: Notes, start: float) -> Notes:
    """The notes from `start` (in quarters) on, each ending where the next begins at the latest."""
    line = notes.copy()
    line["onset"] = np.maximum(line["onset"] - start, 0)
    line["duration"][:-1] = np.minimum(line["duration"][:-1], np.diff(line["onset"]))
    return line
