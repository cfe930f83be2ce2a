"""Music for any number of parts, each with any number of notes at once, on a grid fine enough for triplets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from composer.music.score import DEFAULT_VELOCITY, Notes, make_notes
from composer.music.voices import STEPS_PER_QUARTER as SIXTEENTHS
from composer.music.voices import Voices, voices_from_notes

FINE_STEPS = 12
"""Steps of a quarter note: sixteenths and triplets both lie on this grid."""
TRACK, ONSET, LENGTH, PITCH = range(4)
"""Columns of `Pianoroll.notes`."""
DRUMS = "Drums"
"""The name of the part that is played on a drum kit, where a pitch is an instrument of the kit."""


@dataclass(frozen=True)
class Pianoroll:
    """Polyphonic parts on a grid of FINE_STEPS a quarter, kept as a list of notes; `planes` draws the roll itself.

    `notes` is int32 of shape (n, 4) with the columns TRACK, ONSET and LENGTH (in steps) and PITCH (MIDI), sorted by
    onset, track and pitch. The first full bar starts at `pickup_steps` and each bar has `steps_per_bar` steps. Notes
    that begin outside 0..steps are left out, longer ones are cut at the end; raises ValueError for a track or pitch
    that does not exist.
    """

    notes: NDArray[np.int32]
    tracks: int
    steps: int
    steps_per_bar: int = 4 * FINE_STEPS
    pickup_steps: int = 0

    def __post_init__(self) -> None:
        notes = np.asarray(self.notes, np.int32).reshape(-1, 4)
        if np.any((notes[:, [TRACK, PITCH]] < 0) | (notes[:, [TRACK, PITCH]] >= (self.tracks, 128))):
            raise ValueError(f"a track outside 0..{self.tracks - 1} or a pitch outside 0..127")
        notes = notes[(notes[:, ONSET] >= 0) & (notes[:, ONSET] < self.steps)]
        notes[:, LENGTH] = np.clip(notes[:, LENGTH], 1, self.steps - notes[:, ONSET])
        order = np.lexsort((notes[:, PITCH], notes[:, TRACK], notes[:, ONSET]))
        object.__setattr__(self, "notes", notes[order])

    def planes(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which pitches sound and which begin: two bool arrays of shape (tracks, steps, 128)."""
        edges = np.zeros((self.tracks, self.steps + 1, 128), np.int16)
        track, onset, length, pitch = self.notes.T
        np.add.at(edges, (track, onset, pitch), 1)
        np.add.at(edges, (track, onset + length, pitch), -1)
        begins = np.zeros((self.tracks, self.steps, 128), bool)
        begins[track, onset, pitch] = True
        return edges.cumsum(axis=1)[:, :-1] > 0, begins

    def select(self, tracks: Sequence[int]) -> Pianoroll:
        """Only some of the tracks, in the given order."""
        place = np.full(self.tracks, -1)
        place[list(tracks)] = np.arange(len(tracks))
        notes = self.notes[place[self.notes[:, TRACK]] >= 0].copy()
        notes[:, TRACK] = place[notes[:, TRACK]]
        return replace(self, notes=notes, tracks=len(tracks))

    def window(self, start: int, length: int) -> Pianoroll:
        """Steps start..start+length, with bar lines kept in place; a note cut at the start begins there."""
        notes = self.notes.copy()
        end = np.minimum(notes[:, ONSET] + notes[:, LENGTH], start + length)
        notes[:, ONSET] = np.maximum(notes[:, ONSET], start)
        notes[:, LENGTH] = end - notes[:, ONSET]
        notes = notes[notes[:, LENGTH] > 0]
        notes[:, ONSET] -= start
        return Pianoroll(
            notes, self.tracks, length, self.steps_per_bar, (self.pickup_steps - start) % self.steps_per_bar
        )

    def transposed(self, semitones: int, fixed: Sequence[int] = ()) -> Pianoroll:
        """Every pitch moved by `semitones` but those of the `fixed` tracks (drums); by octaves less at MIDI's ends."""
        notes = self.notes.copy()
        moved = notes[:, PITCH] + semitones
        moved += 12 * (np.maximum(-moved + 11, 0) // 12) - 12 * (np.maximum(moved - 116, 0) // 12)
        notes[:, PITCH] = np.where(np.isin(notes[:, TRACK], list(fixed)), notes[:, PITCH], moved)
        return replace(self, notes=notes)

    def part(self, track: int, velocity: int = DEFAULT_VELOCITY) -> Notes:
        """One track's notes, shape (n,), onset and duration in quarters from step 0."""
        notes = self.notes[self.notes[:, TRACK] == track]
        return make_notes(notes[:, ONSET] / FINE_STEPS, notes[:, LENGTH] / FINE_STEPS, notes[:, PITCH], velocity)

    def top_lines(self, tracks: Sequence[int]) -> Voices:
        """The highest note of each of the `tracks` at a time, as voices on sixteenths; of drums that has no meaning."""
        grid = FINE_STEPS // SIXTEENTHS
        lines = [self.part(track) for track in tracks]
        size = (-(-self.steps // grid), self.steps_per_bar // grid, self.pickup_steps // grid)
        return voices_from_notes(lines, *size)


def pianoroll_from_notes(
    parts: Sequence[Notes], steps: int, steps_per_bar: int = 4 * FINE_STEPS, pickup_steps: int = 0
) -> Pianoroll:
    """A Pianoroll with a track for each array of notes, onset and duration in quarters from step 0.

    Onsets and ends go to the nearest step; where two notes of one track share onset and pitch, the longer is kept, and
    a note ends at the latest where its pitch begins again.
    """
    rows = [_on_grid(number, notes) for number, notes in enumerate(parts)]
    return Pianoroll(np.concatenate([*rows, np.empty((0, 4))]), len(parts), steps, steps_per_bar, pickup_steps)


def pianoroll_from_voices(voices: Voices) -> Pianoroll:
    """The same music with a track a voice, exact."""
    scale = FINE_STEPS // SIXTEENTHS
    parts = [voices.notes(row) for row in range(len(voices.pitch))]
    sizes = (voices.steps * scale, voices.steps_per_bar * scale, voices.pickup_steps * scale)
    return pianoroll_from_notes(parts, *sizes)


def pianoroll_from_planes(
    sounding: NDArray[np.bool_], begins: NDArray[np.bool_], steps_per_bar: int = 4 * FINE_STEPS, pickup_steps: int = 0
) -> Pianoroll:
    """The roll of two planes, (tracks, steps, 128) each, the inverse of `planes` where no note overlaps its own pitch.

    A pitch that did not sound before begins.
    """
    after_end = ((0, 0), (0, 1), (0, 0))
    sounding, begins = np.pad(sounding, after_end), np.pad(begins, after_end)
    before = np.pad(sounding, ((0, 0), (1, 0), (0, 0)))[:, :-1]
    begins |= sounding & ~before
    ends = before & (~sounding | begins)
    track, pitch, onset = np.nonzero(begins.swapaxes(1, 2))
    length = np.nonzero(ends.swapaxes(1, 2))[2] - onset
    notes = np.empty((len(onset), 4), np.int32)
    notes[:, TRACK], notes[:, ONSET], notes[:, LENGTH], notes[:, PITCH] = track, onset, length, pitch
    return Pianoroll(notes, sounding.shape[0], sounding.shape[1] - 1, steps_per_bar, pickup_steps)


def _on_grid(track: int, notes: Notes) -> NDArray[np.int32]:
    """Rows of `Pianoroll.notes`."""
    onset = np.floor(notes["onset"] * FINE_STEPS + 0.5).astype(np.int64)
    end = np.floor((notes["onset"] + notes["duration"]) * FINE_STEPS + 0.5).astype(np.int64)
    pitch, length = notes["pitch"].astype(np.int64), np.maximum(end - onset, 1)
    order = np.lexsort((-length, onset, pitch))
    onset, length, pitch = onset[order], length[order], pitch[order]
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(onset) > 0) | (np.diff(pitch) > 0)
    onset, length, pitch = onset[first], length[first], pitch[first]
    again = np.append(onset[1:], 0) - onset
    same = np.append(np.diff(pitch) == 0, False)[: len(pitch)]
    length = np.where(same, np.minimum(length, again[: len(length)]), length)
    return np.stack([np.full_like(onset, track), onset, length, pitch], axis=1).astype(np.int32)


Music = Voices | Pianoroll
"""Music on a grid, of either kind."""


def part_count(music: Music) -> int:
    """The number of voices or tracks."""
    return music.tracks if isinstance(music, Pianoroll) else len(music.pitch)


def pitched_lines(music: Music, names: Sequence[str]) -> Voices:
    """Voices as they are; of a roll whose tracks have these `names`, the top line of each but the drums."""
    if isinstance(music, Voices):
        return music
    return music.top_lines([track for track, name in enumerate(names) if name != DRUMS])
