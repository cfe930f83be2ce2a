"""Grooves: when each track strikes, holds and rests in every bar, taken for a whole take from a piece that was learned.

Where notes are written one by one, each in doubt, no track keeps a figure going: chords break up that players strike as
one, and come in another rhythm in every bar. So a take keeps to the rhythm of some piece of the training music, one in
its meter whose tune uses the same steps of a quarter and goes through much the same notes, so that chords may change
where it has them change; which notes are played to it the network chooses, once for all that is held. A track that
rests throughout that piece takes the rhythm of the next best. The network is told the groove and learned to play to
real ones. (The band's 119 valid tunes, one rehearsal: real or generated, AUC 0.925 -> 0.73. The mean difference of the
tonal distances is 0.064 with any tune's groove and 0.044 with that of one alike. String quartets, 30 held out, after
nine minutes of learning: AUC 0.984 -> 0.893. A choir draws none, for its voices move with the melody: 0.857 -> 0.933
with 23 epochs to get used to them.)
Shapes: B batch, M tracks, L lines, T steps, G grooves, K bars of the longest of them, W steps of the longest bar.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from composer.algorithms.musegan.beside import part
from composer.algorithms.musegan.lines import CHANGE, POSITION, REST, STRIKE, UNTOLD, LineCells, Lines, lead_in, pack
from composer.algorithms.musegan.rhythms import rhythm_of, steps_of
from composer.algorithms.musegan.windows import Drawn
from composer.errors import BadInput
from composer.music.pianoroll import FINE_STEPS, Pianoroll

MOST_GROOVES, MOST_BARS = 512, 64
"""Of more pieces the first are taken, and of longer ones the first bars and the last."""
GROOVES = "grooves."
"""What the names of its tensors among a model's weights begin with."""
_TENSORS = {
    "bars": torch.uint8,
    "rows": torch.int32,
    "steps": torch.bool,
    "tunes": torch.uint8,
    "layout": torch.int64,
}
_HALVES = 2
"""Parts of a bar whose notes are compared: chords seldom change more often."""
_NOT_THERE, _OTHER_METER, _LAST, _OFF_PHRASE, _OFF_SECTION = 1e8, 1e6, 1e5, 1e3, 1e2
"""How much worse a bar fits that its track does not play in; a piece in another meter; an inner bar for a last one; a
bar of another place in the phrase of four, or in the section of eight. Else the nearest bar fits best."""
_OTHER_RHYTHM, _OTHER_TUNE = 5.0, 10.0
"""How much worse a groove fits in which a track does nothing of what it is given to do, or whose tune has no note in
common; of those that differ by less than 1 any may be taken. So a bar that is written anew goes with the others and
may still get another rhythm."""


@dataclass(frozen=True)
class Grooves:
    """The rhythms of pieces. `bars` uint8 (R, W) are all bars of single lines that occur, the first one all rests.

    `rows` int32 (G, K, V) tell which of them each of the V rhythmic lines plays in each bar (see Lines), `steps` bool
    (G, M, FINE_STEPS) which steps of a quarter each track uses, `tunes` uint8 (G, K, _HALVES, 12) for how many steps
    the first track has each pitch class in each half of a bar. `layout` int64 (G, 3) holds the steps of a bar, the
    number of the first bar (-1 for a pickup) and how many bars there are.
    """

    lines: Lines
    bars: Tensor
    rows: Tensor
    steps: Tensor
    tunes: Tensor
    layout: Tensor

    @classmethod
    def learned(cls, pieces: Sequence[Drawn], lines: Lines) -> Self:
        """Those of these pieces."""
        by_piece = [_by_bar(piece, lines) for piece in pieces[:MOST_GROOVES]]
        most, widest = (max(bars.shape[axis] for bars, *_ in by_piece) for axis in (0, 2))
        padded = [
            np.pad(bars, ((0, most - len(bars)), (0, 0), (0, widest - bars.shape[2])), constant_values=REST)
            for bars, *_ in by_piece
        ]
        silence = np.full((1, widest), REST, np.uint8)
        everything = np.concatenate([silence, np.concatenate(padded).reshape(-1, widest)])
        kinds, rows = np.unique(everything, axis=0, return_inverse=True)
        layout = [
            (roll.steps_per_bar, -(roll.pickup_steps > 0), len(bars))
            for (*_, roll), (bars, *_) in zip(pieces, by_piece, strict=False)
        ]
        numbers = rows.reshape(-1)[1:].reshape(len(by_piece), most, -1).astype(np.int32)
        tunes = torch.stack([F.pad(tune, (0, 0, 0, 0, 0, most - len(tune))) for *_, tune in by_piece])
        steps = torch.stack([steps for _, steps, _ in by_piece])
        return cls(lines, torch.from_numpy(kinds), torch.from_numpy(numbers), steps, tunes.byte(), torch.tensor(layout))

    @classmethod
    def from_weights(cls, weights: Mapping[str, Tensor], lines: Lines) -> Self | None:
        """Those among a model's weights, or None; raises BadInput where they are of another band, or make no sense."""
        found = part(weights, GROOVES)
        if not found:
            return None
        if {name: value.dtype for name, value in found.items()} != _TENSORS:
            raise _foreign()
        bars, rows, steps, tunes, layout = (found[name] for name in _TENSORS)
        if bars.dim() != 2 or rows.dim() != 3 or min(*bars.shape, *rows.shape) == 0:
            raise _foreign()
        grooves, most, voices = rows.shape
        shapes = [(grooves, lines.tracks, FINE_STEPS), (grooves, most, _HALVES, 12), (grooves, 3)]
        right = [tensor.shape for tensor in (steps, tunes, layout)] == shapes and voices == int(lines.rhythmic.sum())
        if not right or rows.min() < 0 or rows.max() >= len(bars) or bars.min() < REST or bars.max() > STRIKE:
            raise _foreign()
        if layout[:, 0].min() < 1 or layout[:, 0].max() > bars.shape[1]:
            raise _foreign()
        return cls(lines, bars, rows, steps, tunes, layout)

    def tensors(self) -> dict[str, Tensor]:
        """All of it by name, as `from_weights` reads it."""
        return {GROOVES + name: getattr(self, name) for name in _TENSORS}

    @cached_property
    def _active(self) -> Tensor:
        """In which bars a track of a groove begins something, bool (G, K, M)."""
        active: Tensor = (self.bars >= CHANGE).any(1)[self.rows[..., self._place[self._firsts]].long()]
        return active

    @property
    def _place(self) -> Tensor:
        """In which place of `rows` the rhythm of each line is, (L,)."""
        return self.lines.rhythmic.cumsum(0) - 1

    @property
    def _firsts(self) -> Tensor:
        """The first line of each track, which sounds whenever the track does."""
        return torch.tensor(sorted(set(self.lines.first.tolist())))

    def draw(self, given: Tensor, whole: Tensor, meter: Tensor, uniform: Tensor, unlike: Tensor) -> Tensor:
        """The groove of each track, int64 (B, M), or -1 where none has this `meter` (B,), the steps of a bar.

        It is one at random of those that differ least from what is given: by the steps of a quarter in `given`
        (B, M, FINE_STEPS) that it doesn't use, where a track is given as a `whole` (B, M) also by those that it uses
        besides, and by how `unlike` (B, G, M or 1) it is. `uniform` (B, G) makes the choices.
        """
        lacks = (given[:, None] & ~self.steps).sum((2, 3))
        more = (whole[:, None, :, None] & self.steps & ~given[:, None]).sum((2, 3))
        other = (self.layout[:, 0] != meter[:, None]) * _OTHER_METER
        cost = (lacks + more + other + uniform)[..., None] + unlike + ~self._active.any(1) * _NOT_THERE  # (B, G, M)
        lowest, groove = cost.min(1)
        return torch.where(lowest < _OTHER_METER, groove, -1)

    def unlike(self, rhythm: Tensor, stays: Tensor, cells: LineCells, takes: Sequence[Pianoroll]) -> Tensor:
        """How unlike each groove is to what `stays`, bool (B, M, T), of the tune and of the `rhythm` (B, L, T).

        It is (B, G, M or 1): a track's own rhythm counts twice, so that bars that are written anew go with those around
        them.
        """
        strange = _OTHER_TUNE * (1 - self._common(cells, stays[:, :1], takes))[..., None]
        stays = stays & cells.inside[:, None] & (torch.arange(stays.shape[1]) > 0)[:, None]
        if not stays.any():
            return strange
        every = torch.arange(len(self.layout))[:, None].expand(len(takes), -1, stays.shape[1])
        found = self._rhythm(every, self._firsts, cells, takes)
        differs = ((found != rhythm[:, None, self._firsts]) & stays[:, None]).float().sum(3)
        share = differs / stays.sum(2).clamp(min=1)[:, None]
        return strange + _OTHER_RHYTHM * (share + share.sum(2, keepdim=True))

    def _common(self, cells: LineCells, stays: Tensor, takes: Sequence[Pianoroll]) -> Tensor:
        """How alike the tunes are, half bar by half bar: mean cosine of pitch classes, (B, G), over bars of both."""
        pickup = [int(take.pickup_steps > 0) for take in takes]
        own = _tunes(cells.category * stays, cells, takes)
        here, there = _after_pickup(own, pickup), _after_pickup(self.tunes, (-self.layout[:, 1]).tolist())
        bars = min(here.shape[1], there.shape[1])
        alike = torch.einsum("bkhc,gkhc->bg", *(F.normalize(tunes[:, :bars], dim=3) for tunes in (here, there)))
        sounding = [tunes[:, :bars].flatten(2).any(2).float() for tunes in (here, there)]
        return alike / (_HALVES * torch.einsum("bk,gk->bg", *sounding)).clamp(min=1)

    def rhythm(self, groove: Tensor, cells: LineCells, takes: Sequence[Pianoroll]) -> Tensor:
        """What the lines of takes do in which each track has its `groove` (B, M), int64 (B, L, T); UNTOLD without one.

        A bar is taken from the same place of the piece where its track plays in it, or else from the nearest like it.
        """
        return self._rhythm(groove[:, None], torch.arange(len(self.lines.table)), cells, takes)[:, 0]

    def _rhythm(self, groove: Tensor, lines: Tensor, cells: LineCells, takes: Sequence[Pianoroll]) -> Tensor:
        """That of some `lines` (X,) for C grooves a take (B, C, M): (B, C, X, T)."""
        number, wanted = torch.arange(self.rows.shape[1]), torch.arange(cells.bars)
        pickup = torch.tensor([take.pickup_steps > 0 for take in takes]).long()[:, None]
        last = torch.where(cells.inside[:, ::POSITION], cells.bar, 0).amax(1, keepdim=True)
        first, count = self.layout[groove, 1, None], self.layout[groove, 2, None]  # (B, C, M, 1)
        apart = (number + first).unsqueeze(3) - (wanted - pickup)[:, None, None, :, None]  # (B, C, M, bars, K)
        ends = (number == count - 1).unsqueeze(3) != (wanted == last)[:, None, None, :, None]
        idle = ~self._active[groove, :, torch.arange(groove.shape[2])].unsqueeze(3)
        cost = apart.abs() + (apart % 4 != 0) * _OFF_PHRASE + (apart % 8 != 0) * _OFF_SECTION
        best = (cost + ends * _LAST + idle * _NOT_THERE).argmin(4)
        track = self.lines.track[lines]
        by_line = self.rows[groove[:, :, track], :, self._place[lines]].long()  # (B, C, X, K)
        rows = by_line.gather(3, best[:, :, track])  # (B, C, X, bars)
        piece, bar = torch.arange(len(takes))[:, None], cells.bar.repeat_interleave(POSITION, 1)
        place = torch.stack([_place_in_bar(bar.shape[1], take) for take in takes]).clamp(max=self.bars.shape[1] - 1)
        found = self.bars[rows[piece, :, :, bar].permute(0, 2, 3, 1), place[:, None, None]].long()
        found = torch.where(cells.inside[:, None, None], found, REST)
        return torch.where((groove >= 0)[:, :, track, None], found, UNTOLD)


def _by_bar(piece: Drawn, lines: Lines) -> tuple[NDArray[np.uint8], Tensor, Tensor]:
    """What each line of a piece does in each bar (bars, V, steps), a pickup filled up to one; its steps, its tune."""
    cells, roll = pack([piece]), piece[2]
    rhythm = rhythm_of(cells.category, cells.attack, lines)
    start, size = lead_in(roll), roll.steps_per_bar
    before = -roll.pickup_steps % size
    edges = before, -(roll.steps + before) % size
    within = F.pad(rhythm[0, :, start : start + roll.steps], edges, value=REST)
    bars = torch.unflatten(within[lines.rhythmic], 1, (-1, size)).transpose(0, 1)
    tune = _tunes(cells.category, cells, [roll])[0, : len(bars)]
    if len(bars) > MOST_BARS:
        bars, tune = (torch.cat([values[: MOST_BARS - 1], values[-1:]]) for values in (bars, tune))
    return np.asarray(bars.numpy(), np.uint8), steps_of(rhythm, lines)[0], tune


def _tunes(category: Tensor, cells: LineCells, takes: Sequence[Pianoroll]) -> Tensor:
    """How many steps the first line has each pitch class in each half of each bar: (B, bars, _HALVES, 12)."""
    steps = category.shape[2]
    place = torch.stack([_HALVES * _place_in_bar(steps, take) // take.steps_per_bar for take in takes])
    half = _HALVES * cells.bar.repeat_interleave(POSITION, 1) + place
    sung = F.one_hot((category[:, 0] - 1) % 12, 12).float() * (category[:, :1] > 0).transpose(1, 2)
    halves = torch.zeros(len(takes), _HALVES * cells.bars, 12)
    halves.scatter_add_(1, half[..., None].expand_as(sung), sung)
    tunes: Tensor = torch.unflatten(halves, 1, (-1, _HALVES))
    return tunes


def _after_pickup(tunes: Tensor, pickup: Sequence[int]) -> Tensor:
    """`tunes` (n, K, ...) with an empty bar before those that have no pickup, so that bar 1 is the first full one."""
    late = torch.tensor(pickup)[:, None, None, None] > 0
    return torch.where(late, F.pad(tunes, (0, 0, 0, 0, 0, 1)), F.pad(tunes, (0, 0, 0, 0, 1, 0))).float()


def _place_in_bar(steps: int, take: Pianoroll) -> Tensor:
    """Which step of its bar each of so many steps is, those of a lead-in included."""
    return (torch.arange(steps) - lead_in(take) - take.pickup_steps) % take.steps_per_bar


def _foreign() -> BadInput:
    return BadInput("This model file holds grooves that do not fit its band; choose another model.")
