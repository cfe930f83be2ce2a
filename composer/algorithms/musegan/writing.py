"""Writing the tracks in passes, as composer.algorithms.drafting does for voices, and hiding cells for learning."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from composer.algorithms.cells import moves
from composer.algorithms.drafting import POLISH_ORDER, WHIM, doubtful, one_a_beat, pick
from composer.algorithms.layers import one_hot
from composer.algorithms.musegan.grid import Grid
from composer.algorithms.musegan.lines import SIXTEENTH, UNIT, LineCells, Lines
from composer.algorithms.musegan.spans import Spans
from composer.music.pianoroll import FINE_STEPS

POLISH_TEMPERATURE = 0.5
"""The last passes choose with less chance than they learned with. Cells of one pass are chosen without knowing each
other, and so now and then a single sixteenth strays that no singer would sing (notes of three sixteenths: 1.2 % of the
alto's, and none of Bach's). Real or generated, AUC for one rehearsal of 70 valid chorales: 0.871 with 1.15 in the first
passes and 0.9 in the last ones, 0.853 with 1 and 0.5."""
ALL_HIDDEN = 0.2
"""Share of training windows of which all but a melody that is shown is hidden, as in the first pass."""
_SIXTEENTHS, _QUARTERS, _OF_TRACKS, _WHOLE = 0.25, 0.5, 0.75, 0.9
"""Up to the first of these, a window has single cells hidden; then sixteenths of lines, quarters of lines, quarters of
tracks, and whole tracks, as where a person keeps some of the parts."""
MELODY_SHOWN = 0.7
"""Share of training windows that show the whole first track, as a person's melody is shown."""

Choices = Grid | Spans
Proposal = Callable[[LineCells, Tensor], tuple[Tensor, Tensor]]
"""From cells and `shown` (B, L, T) to logits: of categories for each choice of a Grid, (B, L, P, S), and of attacks for
each step, (B, L, T)."""


def fill(
    propose: Proposal,
    cells: LineCells,
    hidden: Tensor,
    uniform: Tensor,
    grid: Choices,
    temperature: float = 1.0,
) -> tuple[LineCells, Tensor]:
    """`cells` with the `hidden` ones written anew, and how sure each choice is (log-probability), (B, L, T).

    `uniform` (B, 2 or more, L, T) makes the choices, pitches by its first row and attacks by its second. Where a pitch
    goes on, the choice is also whether it is struck again: chords that repeat are else made up knowing nothing of each
    other, as in the first pass, and never doubted (real or generated, AUC of the band: 0.92 -> 0.90).
    """
    logits, again = propose(cells, cells.shown(hidden))
    choice = pick((logits / temperature).softmax(2), grid.chosen(uniform[:, 0]))
    sure = grid.spread(logits.log_softmax(2).gather(2, choice.unsqueeze(2)).squeeze(2))
    chosen = grid.spread(choice)
    struck = uniform[:, 1] < again.sigmoid()
    cells = cells.rewritten(hidden, chosen, struck)
    open_to_both = ~moves(cells.category) & (cells.category > 0) & again.isfinite()
    sure += torch.where(open_to_both, torch.where(struck, F.logsigmoid(again), F.logsigmoid(-again)), 0.0)
    return cells, sure


def write_in_passes(
    propose: Proposal, cells: LineCells, free: Tensor, uniform: Tensor, grid: Choices, begin: float = 0.0
) -> LineCells:
    """Every `free` cell, bool (B, L, T), written in passes; `uniform` (passes, B, 3, L, T) makes all choices.

    The steps of one choice of the `grid` are hidden together. The first passes hide what is doubtful; where the
    cells are written already and only in part to be anew, those before a share of them (`begin`) are left out, and the
    first one hides by chance. Where no rhythm is told the last ones (four, of few passes a quarter) rewrite one
    sixteenth of each beat after another; with one, that would be all tracks of a beat at once, which then don't know of
    each other's chords (mean difference of the tonal distances 0.068 -> 0.083).
    """
    passes, steps = len(uniform), uniform.shape[-1]
    drafting = passes - (0 if isinstance(grid, Spans) else min(passes // 4, len(POLISH_ORDER)))
    sure = torch.zeros(free.shape)
    for index in range(round(begin * drafting), drafting):
        done = index / drafting
        share = math.cos(done * math.pi / 2)
        whim = WHIM * (1 - done), grid.shared(uniform[index, :, 2])
        hidden = grid.shared(doubtful(sure, free, share, *whim, UNIT)) & free if index else free
        cells, fresh = fill(propose, cells, hidden, uniform[index], grid)
        sure = torch.where(hidden, fresh, sure)
    sixteenth = torch.arange(steps) // SIXTEENTH % 4
    for index in range(drafting, passes):
        here = sixteenth == POLISH_ORDER[index - drafting]
        hidden = free & grid.shared(here.expand_as(free))
        cells, _ = fill(propose, cells, hidden, uniform[index], grid, POLISH_TEMPERATURE)
    return cells


def couple(uniform: Tensor, lines: Lines) -> Tensor:
    """`uniform` (..., 2 or more, L, T) with the same numbers for all lines of a pitched track.

    The lines of a track are sorted by pitch, so one number for all of them gives chords that move as one. For pitches,
    the first row, it is one number a quarter; for attacks, the second, one a step.
    """
    pitches, attacks = one_a_beat(uniform[..., :1, :, :], FINE_STEPS), uniform[..., 1:2, :, :]
    together = torch.cat([pitches, attacks], -3)[..., lines.first, :]
    return torch.cat([torch.where(lines.drum[:, None], uniform[..., :2, :, :], together), uniform[..., 2:, :, :]], -3)


def training_mask(cells: LineCells, lines: Lines, generator: torch.Generator) -> Tensor:
    """Cells to hide for learning, bool (B, L, T): of each window by chance a smaller or larger share, of one kind."""
    batch, count, steps = cells.category.shape
    share, kind, melody, everything = torch.rand(4, batch, 1, 1, generator=generator)
    chances = torch.rand(batch, count, steps, generator=generator)
    quarters = one_a_beat(chances, FINE_STEPS)
    tracks = quarters[:, lines.first]
    sixteenths = one_a_beat(chances, SIXTEENTH)
    chance = torch.where(kind < _SIXTEENTHS, chances, torch.where(kind < _QUARTERS, sixteenths, quarters))
    chance = torch.where(kind > _WHOLE, tracks[..., :1], torch.where(kind > _OF_TRACKS, tracks, chance))
    hidden = (chance < share) | (everything < ALL_HIDDEN)
    shown = (melody < MELODY_SHOWN) & (lines.track == 0)[:, None]
    mask: Tensor = hidden & ~shown & cells.inside[:, None]
    return mask


def perform(
    cells: LineCells,
    notes: Tensor,
    hidden: Tensor,
    logits: Tensor,
    again: Tensor,
    uniform: Tensor,
    grid: Choices,
) -> tuple[Tensor, Tensor]:
    """The finished music for the critic, notes (B, L, P, T) and attacks (B, L, T): hidden cells drawn, others real.

    `logits` (B, L, P, S) and `again` (B, L, T) are those of a Proposal; `uniform` (2, B, L, T) makes the choices,
    pitches by its first row and attacks by its second. A draw is exact forwards and soft backwards (straight-through,
    Bengio et al. 2013).
    """
    shares = logits.softmax(2)
    chosen = grid.spread(pick(shares, grid.chosen(uniform[0])))
    soft = by_step(shares, grid)
    drawn = one_hot(chosen, soft.shape[2]) + soft - soft.detach()
    chance = again.sigmoid()
    begins = (uniform[1] < chance) + chance - chance.detach()
    finished = torch.where(hidden.unsqueeze(2), drawn, notes)
    goes_on = (finished * F.pad(finished, (1, 0))[..., :-1]).sum(2)
    attack = (1 - goes_on * (1 - begins)) * (1 - finished[:, :, 0])
    return finished, torch.where(hidden, attack, cells.attack.to(attack.dtype))


def reconstruction_losses(
    cells: LineCells, lines: Lines, hidden: Tensor, logits: Tensor, again: Tensor, grid: Choices
) -> dict[str, Tensor]:
    """How far a Proposal is from the real music, in nats: `reconstruction` of hidden categories and `attack`.

    A choice counts as many times as it has steps, and each window the same, however few of its cells are hidden.
    Attacks are judged where a pitch goes on: judged where it may change, too, they would tell how likely a change is,
    and notes that stay would be struck again. Where they are no choice they are not judged.
    """
    weight = grid.chosen(hidden) * grid.steps_of_choices(hidden.shape[2])
    nats = F.cross_entropy(logits.transpose(1, 2), grid.chosen(cells.category), reduction="none") * weight
    windows = (nats.sum((1, 2)) / weight.sum((1, 2)).clamp(min=1)).mean()
    goes_on = hidden & (cells.category > 0) & ~moves(cells.category) & ~lines.drum[:, None] & again.isfinite()
    odds = torch.where(goes_on, again, 0.0)
    attack = F.binary_cross_entropy_with_logits(odds, cells.attack.float(), reduction="none") * goes_on
    return {"reconstruction": windows, "attack": attack.sum() / goes_on.sum().clamp(min=1)}


def by_step(values: Tensor, grid: Choices) -> Tensor:
    """`values` of the categories of each choice, (B, L, P, S), at all of its steps, (B, L, P, T)."""
    return grid.spread(values.permute(2, 0, 1, 3)).permute(1, 2, 0, 3)
