"""A region of a take: some of its parts for some of its steps, where music can be written anew."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from composer.errors import BadInput
from composer.music.pianoroll import FINE_STEPS, ONSET, TRACK, Music, Pianoroll, part_count
from composer.music.voices import REST, STEPS_PER_QUARTER, Voices

_SCALE = FINE_STEPS // STEPS_PER_QUARTER


@dataclass(frozen=True)
class Region:
    """Some `parts` (numbers from 0) of a take, from step `start` up to but without step `end`, on the take's own grid.

    To it belong the rests inside and the notes that begin inside, each to its own end, which may lie behind the
    region's. A note that began before does not belong to it, even where it is held into the region.
    """

    parts: tuple[int, ...]
    start: int
    end: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple(sorted({int(part) for part in self.parts})))

    @classmethod
    def all_but(cls, locked: Collection[int], take: Music) -> Region:
        """The whole of a take but its `locked` parts."""
        return cls(tuple(part for part in range(part_count(take)) if part not in locked), 0, take.steps)

    def on_fine_grid(self) -> Region:
        """The same region, given in sixteenths, in steps of a Pianoroll."""
        return replace(self, start=self.start * _SCALE, end=self.end * _SCALE)

    def on_sixteenths(self) -> Region:
        """All sixteenths that this region, given in steps of a Pianoroll, touches."""
        return replace(self, start=self.start // _SCALE, end=-(-self.end // _SCALE))

    def within(self, take: Music, given: int = 0) -> Region:
        """This region less what lies before or behind the take.

        Raises BadInput where nothing is left, where a part doesn't exist, and where it holds one of the first `given`
        parts, which are the person's own.
        """
        inside = replace(self, start=max(self.start, 0), end=min(self.end, take.steps))
        if not self.parts or inside.start >= inside.end:
            raise BadInput("There is no music in this region; choose at least one part and a stretch of the piece.")
        count = part_count(take)
        if not 0 <= self.parts[0] <= self.parts[-1] < count:
            raise BadInput(f"The region names a part that isn't there; the music has {count} parts.")
        if self.parts[0] < given:
            raise BadInput("The melody is your own and stays as it is; choose among the other parts.")
        return inside


def open_notes(roll: Pianoroll, where: Region) -> NDArray[np.bool_]:
    """Which of a roll's notes belong to a region, (n,) in the order of `roll.notes`."""
    onset = roll.notes[:, ONSET]
    return np.asarray(np.isin(roll.notes[:, TRACK], where.parts) & (where.start <= onset) & (onset < where.end))


def open_cells(voices: Voices, where: Region) -> NDArray[np.bool_]:
    """Which cells of voices belong to a region, (voices, steps): of its rests, and of its notes from end to end."""
    step = np.arange(voices.steps)
    begun = np.maximum.accumulate(np.where(voices.attack, step, -1), axis=1)
    place = np.where(voices.pitch == REST, step, begun)
    chosen = np.isin(np.arange(len(voices.pitch)), where.parts)
    return np.asarray((where.start <= place) & (place < where.end) & chosen[:, None])
