"""New music in a region of a take, with everything else note for note as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from composer.music.pianoroll import LENGTH, ONSET, TRACK, Pianoroll, pianoroll_from_planes
from composer.music.region import Region, open_cells, open_notes
from composer.music.voices import Voices


def with_new_cells(take: Voices, where: Region, new: Voices) -> Voices:
    """A take with the cells of `new`, which has its shape, in a region (see open_cells).

    Notes that stay begin and end where they did: one before the region isn't lengthened, but the new note attacked.
    """
    free = open_cells(take, where)
    first = free & ~np.pad(free, ((0, 0), (1, 0)))[:, :-1]
    pitch = np.where(free, new.pitch, take.pitch)
    return replace(take, pitch=pitch, attack=np.where(free, new.attack | first, take.attack))


def with_new_notes(take: Pianoroll, where: Region, new: Pianoroll) -> Pianoroll:
    """A take with all notes of `new`, which has its size, in place of those that belong to a region.

    A new note does not sound where one that stays has its pitch.
    """
    kept = replace(take, notes=take.notes[~open_notes(take, where)])
    sounding, begins = new.planes()
    sounding &= ~kept.planes()[0]
    added = pianoroll_from_planes(sounding, begins & sounding)
    return replace(take, notes=np.concatenate([kept.notes, added.notes]))


def sounding_inside(roll: Pianoroll, where: Region, drums: Sequence[int] = ()) -> Pianoroll:
    """What the parts of a region play within it: notes that reach into it or out of it are cut to it.

    Of `drums` only what is struck inside counts.
    """
    notes = roll.notes[np.isin(roll.notes[:, TRACK], where.parts)]
    notes = notes[(notes[:, ONSET] >= where.start) | ~np.isin(notes[:, TRACK], drums)]
    onset = np.maximum(notes[:, ONSET], where.start)
    length = np.minimum(notes[:, ONSET] + notes[:, LENGTH], where.end) - onset
    notes[:, ONSET], notes[:, LENGTH] = onset, length
    return replace(roll, notes=notes[length > 0])
