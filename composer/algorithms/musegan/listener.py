"""A listener, who has heard much finished music, real and generated, and picks the rehearsal that sounds real.

The critic hears music in the making, half real and half drawn in one pass, so that it can advise the generator; of what
the passes end with it knows nothing. The listener learns from just that. It need not be differentiable in the notes,
so it hears what musicians hear: not pitches but intervals, between the lines and from note to note. Picking what a
network gives by a discriminator is discriminator rejection sampling (Azadi et al. 2019); of several rehearsals the
best path through their bars is found by dynamic programming (Viterbi 1967).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from composer.algorithms.cells import PLACES
from composer.algorithms.layers import ChannelDropout, fold_steps
from composer.algorithms.musegan.beside import part
from composer.algorithms.musegan.lines import CATEGORIES, POSITION, SIXTEENTH, UNIT, LineCells, Lines
from composer.errors import BadInput

LISTENER = "listener."
"""What the names of its tensors begin with among a model's weights."""
HEARD = 2 * UNIT
"""Steps that are heard at once: two bars of 4/4."""
_AT_ONCE = 512
"""Windows a batch, so that long music doesn't fill the memory."""
_OCTAVE = 12
_INTERVAL = _OCTAVE + 2
"""Intervals within an octave; 0 is silence, the last one a note that sounds alone."""
_MOVE = 2 * _OCTAVE + 3
"""Moves of up to an octave down or up; 0 is silence, 1 a note after silence."""
_SIZES = (_OCTAVE + 1, _INTERVAL, _INTERVAL, _INTERVAL, _MOVE, CATEGORIES)


class Listener(nn.Module):
    """Log odds that windows of HEARD steps are real. It counts what it hears: means over time, of several lengths."""

    def __init__(self, lines: Lines, width: int = 64, dropout: float = 0.3) -> None:
        super().__init__()
        self.drum = lines.drum
        pitched = int((~lines.drum).sum())
        self.table = nn.EmbeddingBag(pitched * sum(_SIZES), 2 * width, mode="sum")
        self.rhythm = nn.Conv1d(len(lines.table) * SIXTEENTH + PLACES, 2 * width, 1)
        self.convolutions = nn.ModuleList(
            [
                nn.Conv1d(2 * width, width, 3, padding=1),
                nn.Conv1d(width, width, 4, stride=2, padding=1),
                nn.Conv1d(width, width, 4, stride=2, padding=1),
            ]
        )
        self.dropout = ChannelDropout(dropout)
        self.dense = nn.Linear(5 * width, 1)

    @classmethod
    def from_weights(cls, weights: Mapping[str, Tensor], lines: Lines) -> Listener | None:
        """The one among a model's weights, where it has one; raises BadInput where it fits no band of these `lines`."""
        heard = part(weights, LISTENER)
        if not heard:
            return None
        with torch.device("meta"):
            listener = cls(lines)
        try:
            listener.load_state_dict(heard, assign=True)
        except RuntimeError:
            heard = {}
        if {value.dtype for value in heard.values()} != {torch.float32}:
            raise BadInput("This model file holds a listener that does not fit its band; choose another model.")
        return listener.eval().requires_grad_(False)

    def tensors(self) -> dict[str, Tensor]:
        """Its weights by the names that `from_weights` reads."""
        return {LISTENER + name: value for name, value in self.state_dict().items()}

    def forward(self, category: Tensor, attack: Tensor, place: Tensor) -> Tensor:
        """Category and attack (B, L, HEARD), place (B, PLACES, HEARD / POSITION) -> (B,)."""
        heard = torch.stack(intervals(category[:, ~self.drum, ::SIXTEENTH]), 1)  # (B, kinds, P, steps)
        kinds = torch.tensor([0, *_SIZES]).cumsum(0)[:-1, None] * heard.shape[2]
        lines = torch.tensor(_SIZES)[:, None] * torch.arange(heard.shape[2])
        numbers = (heard + (kinds + lines)[..., None]).flatten(1, 2).transpose(1, 2)
        harmony = self.table(numbers.flatten(0, 1)).unflatten(0, numbers.shape[:2]).transpose(1, 2)
        beats = place.repeat_interleave(POSITION // SIXTEENTH, 2)
        layers = [F.silu(harmony + self.rhythm(torch.cat([fold_steps(attack.float(), SIXTEENTH), beats], 1)))]
        for convolution in self.convolutions:
            layers.append(F.silu(convolution(self.dropout(layers[-1]))))
        means = torch.cat([layer.mean(2, keepdim=True) for layer in layers], 1)
        score: Tensor = self.dense(self.dropout(means).squeeze(2))
        return score[:, 0]


def intervals(category: Tensor) -> tuple[Tensor, ...]:
    """What is heard of each pitched line: _SIZES kinds of numbers, each (B, P, T) as `category` is.

    They are the pitch class, the intervals above the first line, the lowest note and the line before, the move from the
    step before, and the pitch.
    """
    sounds = category > 0
    lowest = torch.where(sounds, category, CATEGORIES).amin(1, keepdim=True) % CATEGORIES
    before = torch.cat([torch.zeros_like(category[:, :1]), category[:, :-1]], 1)
    last = torch.cat([category[..., :1], category[..., :-1]], 2)

    def above(other: Tensor) -> Tensor:
        """The interval above another line."""
        apart = torch.where(other > 0, (category - other) % _OCTAVE + 1, _INTERVAL - 1)
        return torch.where(sounds, apart, 0)

    move = torch.where(last > 0, (category - last).clamp(-_OCTAVE, _OCTAVE) + _OCTAVE + 2, 1)
    pitch_class = torch.where(sounds, category % _OCTAVE + 1, 0)
    return pitch_class, above(category[:, :1]), above(lowest), above(before), torch.where(sounds, move, 0), category


def best_of(listener: Listener, rehearsals: Sequence[LineCells]) -> LineCells:
    """Of several versions of the same pieces, bar by bar (UNIT steps), those that go together best.

    The way through the rehearsals is the one whose neighbouring bars, two by two, the listener holds for real with the
    greatest odds.
    """
    first, bars = rehearsals[0], rehearsals[0].category.shape[2] // UNIT
    if bars < 2 or len(rehearsals) < 2:
        return first
    category = _by_bar(torch.stack([cells.category for cells in rehearsals], 1), UNIT)
    attack = _by_bar(torch.stack([cells.attack for cells in rehearsals], 1), UNIT)
    place = _by_bar(first.place[:, None], UNIT // POSITION).expand(-1, -1, len(rehearsals), -1, -1)
    path = _best_path(_score_pairs(listener, category, attack, place))
    pieces = torch.arange(len(path))[:, None]

    def along(values: Tensor) -> Tensor:
        """(B, bars, rehearsals, rows, UNIT) -> (B, rows, T) on the path."""
        return values[pieces, torch.arange(bars), path].transpose(1, 2).flatten(2)

    return first.rewritten(torch.ones_like(first.attack), along(category), along(attack))


def _by_bar(values: Tensor, unit: int) -> Tensor:
    """(B, rehearsals, rows, T) -> (B, bars, rehearsals, rows, unit)."""
    return torch.unflatten(values, 3, (-1, unit)).permute(0, 3, 1, 2, 4)


def _score_pairs(listener: Listener, *by_bar: Tensor) -> Tensor:
    """Scores of each bar of each rehearsal followed by the next bar of each: (B, bars - 1, from, to)."""

    def pairs(values: Tensor) -> Tensor:
        """(B, bars - 1, from, to, rows, 2 units)."""
        times = values.shape[2]
        here = values[:, :-1, :, None].expand(-1, -1, -1, times, -1, -1)
        return torch.cat([here, values[:, 1:, None].expand_as(here)], -1)

    heard = [pairs(values) for values in by_bar]
    few = zip(*(torch.split(values.flatten(0, 3), _AT_ONCE) for values in heard), strict=True)
    return torch.cat([listener(*windows) for windows in few]).view(heard[0].shape[:4])


def _best_path(scores: Tensor) -> Tensor:
    """The rehearsal of each bar, (B, bars), along which the `scores` (B, bars - 1, from, to) sum to the most."""
    best, came_from = torch.zeros_like(scores[:, 0, 0]), []
    for bar in range(scores.shape[1]):
        best, arrived = (best[:, :, None] + scores[:, bar]).max(1)
        came_from.append(arrived)
    path = [best.argmax(1)]
    for arrived in reversed(came_from):
        path.append(arrived.gather(1, path[-1][:, None])[:, 0])
    return torch.stack(path[::-1], 1)
