"""Rolls as the networks of MuseGAN see them: a few lines a track, one category a cell.

Line r of a pitched track holds, at each step, the r-th highest pitch that sounds; a drum kit has a line for each of its
instruments. So a chord of three notes is three categories and not 128 bits, of which a network would have to get 125
zeros right; nothing has to be rounded (the paper blames its rounding for broken notes), and repeated notes stay
apart by their attacks. Shapes: B batch, L lines, P categories, T steps (FINE_STEPS a quarter), N positions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from composer.algorithms.cells import place_features
from composer.errors import BadInput
from composer.music.pianoroll import DRUMS, FINE_STEPS, LENGTH, ONSET, PITCH, TRACK, Pianoroll, pianoroll_from_planes

LOWEST, HIGHEST = 22, 100
CATEGORIES = HIGHEST - LOWEST + 2
"""Category 0 is silence, 1 is LOWEST; the hit of a drum is category 1, too."""
SIXTEENTH = FINE_STEPS // 4
POSITION = 2 * SIXTEENTH
"""Steps that the convolutions see as one position: an eighth note."""
UNIT = 48
"""Batches are filled up to a multiple of this many steps, and cells are compared for doubt within it."""
MOST_NOTES = 4
"""Most lines of a pitched track; of larger chords the lowest notes are left out."""
KIT = 16
"""Most lines of a drum kit; of a larger one the drums used least are left out."""
UNTOLD, REST, HOLD, CHANGE, STRIKE = range(5)
"""What a track does at a step: nothing is known, silence, all goes on, some notes begin or end while others go on, all
that sounds begins. Of a drum kit only strokes and rests are told."""
COLUMNS = 5
_DRUM, _LOW, _HIGH, _GRID = range(1, COLUMNS)
SELDOM, SELDOM_SUNG = 0.002, 0.01
"""A track is held not to change at those steps of a quarter where fewer of its notes begin or end. Where one part in a
hundred was left out, a band of which few pieces have sixteenths wrote them as swung eighths; the second is for a choir,
which takes no groove from a piece (see grooves)."""


@dataclass(frozen=True)
class Lines:
    """Which lines there are, as an int64 `table` (L, COLUMNS).

    Its columns are the track, the drum (its pitch, or -1), the lowest and highest MIDI pitch, and the track's grid:
    bit k is set if it changes at step k of a quarter. Music in sixteenths and music in triplets have different grids,
    and without them a note would now and then be broken at a step where no player ever begins one.
    """

    table: Tensor

    @property
    def track(self) -> Tensor:
        """The track of each line, (L,)."""
        return self.table[:, TRACK]

    @property
    def tracks(self) -> int:
        """How many tracks there are."""
        return int(self.track.max()) + 1

    @cached_property
    def drum(self) -> Tensor:
        """Which lines are drums, bool (L,)."""
        return self.table[:, _DRUM] >= 0

    @property
    def drum_tracks(self) -> list[int]:
        """The tracks that are drum kits."""
        return sorted(set(self.track[self.drum].tolist()))

    @property
    def sung(self) -> bool:
        """Whether every track is a single line, as a choir's are, so that the rules of part-writing mean something."""
        return len(self.table) == self.tracks > 1 and not self.drum.any()

    @cached_property
    def grid(self) -> Tensor:
        """At which steps of a quarter each line may change, bool (L, FINE_STEPS)."""
        return (self.table[:, _GRID, None] >> torch.arange(FINE_STEPS)) % 2 > 0

    @cached_property
    def first(self) -> Tensor:
        """Of each line the first one of its track, int64 (L,)."""
        track = self.track.contiguous()
        return torch.searchsorted(track, track)

    @cached_property
    def rhythmic(self) -> Tensor:
        """Which lines have a rhythm of their own, bool (L,): of a drum kit only the first one's is told."""
        return ~self.drum | (self.track != F.pad(self.track, (1, 0), value=-1)[:-1])

    def of(self, track: int) -> list[int]:
        """The lines of one track."""
        return torch.nonzero(self.track == track).flatten().tolist()

    def impossible(self, shifts: Tensor) -> Tensor:
        """Categories that a line never has when its music is moved by `shifts` (B,) semitones: bool (B, L, P)."""
        category = torch.arange(CATEGORIES)
        low, high = (
            torch.where(self.drum, 1, self.table[:, column] - LOWEST + 1 + shifts[:, None])[..., None]
            for column in (_LOW, _HIGH)
        )
        return ((category < low) | (category > high)) & (category > 0)


@dataclass(frozen=True)
class LineCells:
    """A batch of music: `category` int64 and `attack` bool (B, L, T), `inside` bool (B, T), True within the piece.

    `place` (B, PLACES, N) tells where in the bar each position lies and `bar` int64 (B, N) in which bar. `lineup`
    (B, L, N) is what the network is told of who plays in that bar: 1 plays, -1 rests, 0 nothing (see lineups); `rhythm`
    int64 (B, L, T) what it is told of when each line strikes and rests (see rhythms).
    """

    category: Tensor
    attack: Tensor
    inside: Tensor
    place: Tensor
    bar: Tensor
    lineup: Tensor
    rhythm: Tensor

    def __getitem__(self, rows: Tensor | slice) -> LineCells:
        """Some of the batch."""
        return LineCells(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def rests(self) -> Tensor:
        """Cells in which their track is known to rest, by lineup or rhythm, bool (B, L, T)."""
        return (self.lineup < 0).repeat_interleave(POSITION, 2) | (self.rhythm == REST)

    @property
    def bars(self) -> int:
        """The number of bars of the longest piece."""
        return int(self.bar.max()) + 1

    def shown(self, hidden: Tensor) -> Tensor:
        """Which cells are shown where the `hidden` ones, bool (B, L, T), aren't."""
        return self.inside[:, None] & ~hidden

    def keeping(self, free: Tensor) -> LineCells:
        """These cells: notes beside the `free` ones keep their beginnings and ends, as they are not read from cells."""
        return self

    def rewritten(self, hidden: Tensor, category: Tensor, again: Tensor) -> LineCells:
        """These cells with `category` and, where a note may begin again, `again` wherever `hidden`; all (B, L, T)."""
        category = torch.where(hidden, category, self.category) * self.inside[:, None]
        attack = torch.where(hidden, again, self.attack) & (category > 0)
        return replace(self, category=category, attack=attack)

    def transposed(self, semitones: Tensor, lines: Lines) -> LineCells:
        """Each piece moved by its own number of `semitones` (B,), less where a note would leave the categories."""
        moving = (self.category > 0) & ~lines.drum[:, None]
        top = torch.where(moving, self.category, 1).amax((1, 2))
        low = torch.where(moving, self.category, CATEGORIES - 1).amin((1, 2))
        shift = torch.maximum(torch.minimum(semitones, CATEGORIES - 1 - top), 1 - low)
        return replace(self, category=torch.where(moving, self.category + shift[:, None, None], self.category))


def lines_of(weights: Mapping[str, Tensor], tracks: int) -> Lines:
    """The lines a model's weights were made for; raises BadInput where there are none, or of another band."""
    table = weights.get("lines", torch.empty(0))
    if table.shape[1:] != (COLUMNS,) or table.dtype != torch.int64 or {*table[:, TRACK].tolist()} != {*range(tracks)}:
        raise BadInput("This model file was made for other parts than its config.json says; choose another model.")
    return Lines(table)


def find_lines(rolls: Sequence[Pianoroll], names: Sequence[str]) -> Lines:
    """The lines that music with tracks of these `names` needs: as many as sound at once in 99 % of its steps."""
    rows: list[tuple[int, ...]] = []
    aligned = np.concatenate([roll.notes + np.array([0, lead_in(roll), 0, 0]) for roll in rolls])
    depths = [0 if name == DRUMS else _depth(rolls, track) for track, name in enumerate(names)]
    seldom = SELDOM_SUNG if set(depths) == {1} else SELDOM
    for track, depth in enumerate(depths):
        notes = aligned[aligned[:, TRACK] == track]
        if not depth:
            pitches, counts = np.unique(notes[:, PITCH], return_counts=True)
            hits = _grid(notes[:, ONSET], seldom)
            rows += [(track, int(pitch), 0, 0, hits) for pitch in np.sort(pitches[np.argsort(-counts)[:KIT]])]
        else:
            spread = notes[:, PITCH].min(initial=60), notes[:, PITCH].max(initial=60)
            changes = _grid(np.concatenate([notes[:, ONSET], notes[:, ONSET] + notes[:, LENGTH]]), seldom)
            rows += [(track, -1, int(spread[0]), int(spread[1]), changes)] * depth
    return Lines(torch.tensor(rows, dtype=torch.int64))


def _grid(steps: NDArray[np.int32], seldom: float) -> int:
    """The bits of the steps of a quarter at which something happens often enough; the first step always counts."""
    counts = np.bincount(steps % FINE_STEPS, minlength=FINE_STEPS)
    return int(((counts >= max(seldom * counts.sum(), 1)) << np.arange(FINE_STEPS)).sum()) | 1


def _depth(rolls: Sequence[Pianoroll], track: int) -> int:
    counts = np.concatenate([roll.select([track]).planes()[0].sum(axis=2).ravel() for roll in rolls])
    return int(np.clip(np.quantile(counts[counts > 0], 0.99) if counts.any() else 1, 1, MOST_NOTES))


def draw_lines(roll: Pianoroll, lines: Lines) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Category and attack, (L, T) each, of a whole roll; a pitch without a category goes to the nearest octave."""
    sounding, begins = roll.planes()
    category, attack = np.zeros((2, len(lines.table), roll.steps), np.int64)
    for line, (track, drum, *_) in enumerate(lines.table.tolist()):
        if drum >= 0:
            category[line] = attack[line] = begins[track, :, drum]
            continue
        chosen = of_rank(sounding[track], line - lines.of(track)[0])
        pitch = chosen.argmax(axis=1)
        attack[line] = begins[track, np.arange(roll.steps), pitch] & chosen.any(axis=1)
        folded = pitch + 12 * (np.maximum(LOWEST - pitch + 11, 0) // 12 - np.maximum(pitch - HIGHEST + 11, 0) // 12)
        category[line] = np.where(chosen.any(axis=1), folded - LOWEST + 1, 0)
    return category, attack.astype(bool)


def of_rank(sounding: NDArray[np.bool_], rank: int) -> NDArray[np.bool_]:
    """Of the pitches that sound, (T, 128), the one with so many higher ones at each step."""
    place = sounding[:, ::-1].cumsum(axis=1)[:, ::-1]  # 1 for the highest
    return np.asarray(sounding & (place == rank + 1))


def read_lines(category: NDArray[np.int64], attack: NDArray[np.bool_], lines: Lines, like: Pianoroll) -> Pianoroll:
    """The roll of cells (L, T) with the length and bar lines of `like`, the inverse of `draw_lines`.

    Of lines of one track that name the same pitch at once, it sounds once; a pitch that did not sound before begins.
    How long a drum is held can't be heard and isn't learned: a hit is written as a sixteenth, or up to the next one.
    """
    sounding, begins = np.zeros((2, lines.tracks, like.steps, 128), bool)
    for line, (track, drum, *_) in enumerate(lines.table.tolist()):
        step = np.flatnonzero(category[line, : like.steps])
        if drum >= 0:
            held = np.add.outer(np.arange(SIXTEENTH), step)
            sounding[track, held[held < like.steps], drum] = begins[track, step, drum] = True
            continue
        pitch = category[line, step] + LOWEST - 1
        sounding[track, step, pitch] = True
        begins[track, step, pitch] |= attack[line, step]
    return pianoroll_from_planes(sounding, begins, like.steps_per_bar, like.pickup_steps)


def lead_in(roll: Pianoroll) -> int:
    """Empty steps before a roll that make it begin on a quarter, or on an eighth where bars aren't whole quarters."""
    return -roll.pickup_steps % (FINE_STEPS if roll.steps_per_bar % FINE_STEPS == 0 else POSITION)


def encode(rolls: Sequence[Pianoroll], lines: Lines, length: int | None = None) -> LineCells:
    """Rolls as one batch, each begun on a quarter, filled up to one length: a multiple of UNIT, at least `length`."""
    return pack([(*draw_lines(roll, lines), roll) for roll in rolls], length)


def pack(
    drawn: Sequence[tuple[NDArray[np.int64], NDArray[np.bool_], Pianoroll]], length: int | None = None
) -> LineCells:
    """Rolls that are drawn as lines already, with the roll that tells length and bar lines, as one batch."""
    steps = max(*(roll.steps + lead_in(roll) for *_, roll in drawn), length or 0)
    steps += -steps % UNIT
    shape = (len(drawn), len(drawn[0][0]), steps)
    category, attack, inside = np.zeros(shape, np.int64), np.zeros(shape, bool), np.zeros((len(drawn), steps), bool)
    for row, (categories, attacks, roll) in enumerate(drawn):
        span = slice(lead_in(roll), lead_in(roll) + roll.steps)
        category[row, :, span], attack[row, :, span], inside[row, span] = categories, attacks, True
    known = torch.from_numpy(inside)
    first = torch.tensor([lead_in(roll) + roll.pickup_steps for *_, roll in drawn])[:, None]
    bar_steps = torch.tensor([roll.steps_per_bar for *_, roll in drawn])[:, None]
    step = torch.arange(0, steps, POSITION)
    sixteenths = ((step - first) % bar_steps // 3, bar_steps[:, 0] // 3)
    place = place_features(*sixteenths, known[:, ::POSITION])
    pickup = (first > 0).long()
    bar = torch.div(step - first, bar_steps, rounding_mode="floor") + pickup
    lineup = torch.zeros(len(drawn), shape[1], steps // POSITION)
    rhythm = torch.full(shape, UNTOLD)
    told = torch.from_numpy(category), torch.from_numpy(attack)
    return LineCells(*told, known, place, bar.clamp(min=0), lineup, rhythm)
