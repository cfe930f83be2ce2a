"""Who plays in which bar: drawn for the whole piece before a note of it is written, as an arranger plans a song.

Passes that look four bars to either side decide bar by bar whether a track plays, and rest too seldom or too often, and
never together. So the players of a bar are a state, one bar follows another as in the music that was learned (a Markov
chain), and what is given, such as a person's melody, is evidence for it: the chain is sampled exactly, by messages from
the bars ahead (Rabiner 1989; Scott 2002). The network is told the lineup and writes music for it.
Shapes: B batch, M tracks, L lines, S states, T steps, N positions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from composer.algorithms.drafting import pick
from composer.algorithms.musegan.beside import part
from composer.algorithms.musegan.lines import POSITION, LineCells, Lines
from composer.algorithms.musegan.noises import spread
from composer.errors import BadInput
from composer.music.pianoroll import Pianoroll
from composer.music.roll_measures import sounding_bars

PHRASE = 4
"""Bars of a phrase, the first of which begins with the first full bar. Tracks come and go with phrases: a chain that
knows nothing of them drew too few empty bars for the strings (0.31 for 0.34) and too many for the drums (0.24, 0.20).
"""
MOST_STATES = 256
"""Rarer states count as the state most like them, so that a dataset of many tracks needs no huge table."""
STRICTNESS = 4.0
"""How much less likely a state is, in nats, for each half of a disagreement with what is given."""
LINEUPS = "lineups."
"""What the names of its tensors among a model's weights begin with."""


@dataclass(frozen=True)
class Lineups:
    """A Markov chain over the players of a bar.

    `players` (S, M) are 1 where a track plays and -1 where it rests, `first` (2, S) the chances of the first bar,
    without a pickup and with one, and `following` (PHRASE, S, S) those of a bar of each place in the phrase, by the
    state of the bar before it.
    """

    players: Tensor
    first: Tensor
    following: Tensor

    @classmethod
    def learned(cls, pieces: Sequence[Pianoroll]) -> Self:
        """The chain of these pieces. Each row is smoothed by one bar that may be any, the commoner the likelier."""
        bars = [sounding_bars(piece).T for piece in pieces]
        everything = np.concatenate(bars)
        kinds, counts = np.unique(everything, axis=0, return_counts=True)
        players = torch.from_numpy(kinds[np.argsort(-counts, kind="stable")[:MOST_STATES]]).float() * 2 - 1
        state = (torch.from_numpy(everything).float() * 2 - 1).matmul(players.T).argmax(1)
        usual = torch.bincount(state, minlength=len(players)) / len(state)
        first = usual.expand(2, -1).clone()
        following = usual.expand(PHRASE, len(players), -1).clone()
        for piece, row in zip(pieces, torch.split(state, [len(bar) for bar in bars]), strict=True):
            pickup = int(piece.pickup_steps > 0)
            first[pickup, row[0]] += 1
            place = (torch.arange(1, len(row)) - pickup) % PHRASE
            following.index_put_((place, row[:-1], row[1:]), torch.ones(len(place)), accumulate=True)
        return cls(players, first / first.sum(1, keepdim=True), following / following.sum(2, keepdim=True))

    @classmethod
    def from_weights(cls, weights: Mapping[str, Tensor], tracks: int) -> Self | None:
        """Those among a model's weights, or None; raises BadInput where they are of another band, or no chances."""
        found = part(weights, LINEUPS)
        if not found:
            return None
        players = found.get("players", torch.empty(0))
        states = players.numel() // tracks
        shapes = {"players": (states, tracks), "first": (2, states), "following": (PHRASE, states, states)}
        chances = [found[name] for name in ("first", "following") if name in found]
        sound = {name: tuple(value.shape) for name, value in found.items()} == shapes and states > 0
        sound = sound and bool((players.abs() == 1).all())
        if not sound or any(value.dtype != torch.float32 for value in found.values()):
            raise _foreign()
        if any(not (value > 0).all() or not value.isfinite().all() for value in chances):
            raise _foreign()
        return cls(**found)

    def tensors(self) -> dict[str, Tensor]:
        """All of it by name, as `from_weights` reads it."""
        return {LINEUPS + name: getattr(self, name) for name in ("players", "first", "following")}

    def draw(self, given: Tensor, pickup: Tensor, uniform: Tensor) -> Tensor:
        """Lineups (B, M, bars), 1 or -1, for what is `given`, shaped alike: 1 plays, -1 rests, 0 may do either.

        `pickup`, bool (B,), tells which pieces begin with one; `uniform` (B, bars) makes the choices.
        """
        fits = torch.einsum("sm,bmk->kbs", self.players, given)
        likely = (STRICTNESS * (fits - fits.amax(2, keepdim=True))).exp()
        place = (torch.arange(len(likely))[:, None] - pickup.long()) % PHRASE  # (bars, B)
        ahead = [torch.ones_like(likely[0])]
        for bar in range(len(likely) - 1, 0, -1):
            message = torch.einsum("bst,bt->bs", self.following[place[bar]], likely[bar] * ahead[0])
            ahead.insert(0, message / message.sum(1, keepdim=True))
        states: list[Tensor] = []
        for bar, (fitting, coming, number) in enumerate(zip(likely, ahead, uniform.T, strict=True)):
            chances = self.following[place[bar], states[-1]] if states else self.first[pickup.long()]
            states.append(pick((chances * fitting * coming).T, number))
        drawn = self.players[torch.stack(states, 1)].transpose(1, 2)
        return torch.where(given != 0, given, drawn)


def lineup_of(cells: LineCells, lines: Lines) -> Tensor:
    """Who plays in the music itself, (B, M, bars): 1, or -1 where a track rests."""
    return bars_with(cells.category > 0, cells, lines).float() * 2 - 1


def given_lineup(cells: LineCells, free: Tensor, lines: Lines) -> Tensor:
    """What stays of a lineup where some cells (B, L, T) are `free`: 1, -1, or 0 where it is to be drawn; (B, M, bars).

    A track that has notes in a bar which stay plays there. Bars after the end of a piece say nothing.
    """
    plays = bars_with((cells.category > 0) & ~free, cells, lines)
    stays = bars_with(cells.inside[:, None].expand_as(free), cells, lines) & ~bars_with(free, cells, lines)
    return plays.float() - (stays & ~plays).float()


def bars_with(here: Tensor, cells: LineCells, lines: Lines) -> Tensor:
    """In which bars of a track a bool (B, L, T) holds anywhere: bool (B, M, bars)."""
    positions = torch.unflatten(here, 2, (-1, POSITION)).any(3).float()
    of_track, of_bar = F.one_hot(lines.track, lines.tracks).float(), F.one_hot(cells.bar, cells.bars).float()
    return torch.einsum("bln,lm,bnk->bmk", positions, of_track, of_bar) > 0


def told(cells: LineCells, lineup: Tensor, lines: Lines) -> LineCells:
    """`cells` whose network is told this lineup (B, M, bars); 0 tells it nothing."""
    return replace(cells, lineup=spread(lineup, cells.bar)[:, lines.track])


def _foreign() -> BadInput:
    return BadInput("This model file holds lineups that do not fit its band; choose another model.")
