"""Voices as the networks see them: one category a cell, on a common key, with the place in the bar.

Shapes here and in the networks: B batch, V voices, T steps, P pitch categories, K place features.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from composer.music.theory import find_key, key_fifths
from composer.music.voices import REST, Voices

LOWEST, HIGHEST = 28, 92
"""MIDI pitches that have a category: the four voices of a choir, moved by up to half an octave either way."""
CATEGORIES = HIGHEST - LOWEST + 2
"""Category 0 is a rest, category 1 is LOWEST."""
BEAT = 4
"""Steps of a quarter note: windows and padded music start on one."""
PLACES = 11


@dataclass(frozen=True)
class Cells:
    """A batch of music of one length.

    `category` int64 (B, V, T), `attack` bool (B, V, T), `place` float (B, PLACES, T) and `inside` bool (B, T): False
    where a shorter piece has been filled up; categories are rests there. What sounds where `struck`, bool (B, V, T), is
    attacked there, also after its own pitch.
    """

    category: Tensor
    attack: Tensor
    place: Tensor
    inside: Tensor
    struck: Tensor

    def __getitem__(self, rows: Tensor | slice) -> Cells:
        """Some of the batch."""
        return Cells(*(getattr(self, field.name)[rows] for field in fields(self)))

    def transposed(self, semitones: Tensor) -> Cells:
        """Each piece moved by its own number of `semitones` (B,), less where a note would leave the categories."""
        sounding = self.category > 0
        top = self.category.amax((1, 2))
        low = torch.where(sounding, self.category, CATEGORIES).amin((1, 2))
        shift = torch.maximum(torch.minimum(semitones, CATEGORIES - 1 - top), 1 - low)
        return replace(self, category=torch.where(sounding, self.category + shift[:, None, None], 0))

    def shown(self, hidden: Tensor) -> Tensor:
        """What a network may see, bool (B, V, T): all inside the piece but `hidden` (B, free, T) of the last voices."""
        given = self.category.shape[1] - hidden.shape[1]
        return F.pad(~hidden, (0, 0, given, 0), value=True) & self.inside[:, None]

    def keeping(self, free: Tensor) -> Cells:
        """These cells, in which notes keep their beginnings and ends whatever is written in `free` cells beside them.

        `free` is bool (B, free, T), of the last voices.
        """
        given = self.category.shape[1] - free.shape[1]
        first = free & ~F.pad(free, (1, 0))[..., :-1]
        struck = torch.where(free, first, self.attack[:, given:])
        return replace(self, struck=F.pad(struck, (0, 0, given, 0)))

    def rewritten(self, hidden: Tensor, category: Tensor, again: Tensor) -> Cells:
        """These cells with `category` where `hidden`; all three are (B, free, T) of the last voices.

        A move is always an attack, and so is what is struck. Where a pitch goes on it is attacked if `again` says so in
        a hidden cell, and if it was repeated before in any other.
        """
        given = self.category.shape[1] - hidden.shape[1]
        before, attacked = self.category[:, given:], self.attack[:, given:]
        category = torch.where(hidden, category, before) * self.inside[:, None]
        repeated = torch.where(hidden, again, attacked & ~moves(before))
        attack = (repeated | moves(category) | self.struck[:, given:]) & (category > 0)
        return replace(
            self,
            category=torch.cat([self.category[:, :given], category], 1),
            attack=torch.cat([self.attack[:, :given], attack], 1),
        )


def moves(category: Tensor) -> Tensor:
    """Where a voice's category (B, voices, T) differs from the step before, bool of the same shape."""
    return category != F.pad(category, (1, 0))[..., :-1]


def place_features(position: Tensor, steps_per_bar: Tensor, inside: Tensor) -> Tensor:
    """Where in the bar each step lies, as PLACES numbers: (B, PLACES, T) from positions and `inside` (B, T).

    The step of the beat (one of 4), two harmonics of the bar, its first step, triple time, and being inside the piece.
    """
    bar = steps_per_bar[:, None].expand_as(position)
    angle = 2 * math.pi * position / bar
    waves = [angle.sin(), angle.cos(), (2 * angle).sin(), (2 * angle).cos()]
    flags = [position == 0, bar % 12 == 0, inside]
    beat = F.one_hot(position % BEAT, BEAT).movedim(-1, 1).float()
    return torch.cat([beat, torch.stack(waves + [flag.float() for flag in flags], 1)], 1) * inside[:, None]


def encode(pieces: Sequence[Voices], multiple: int = 1) -> Cells:
    """Pieces with the same number of voices as one batch, each begun on a beat, all filled up to one length.

    The length is a multiple of `multiple` steps. Pitches outside LOWEST..HIGHEST are taken to the nearest category.
    """
    length = max(piece.steps + lead_in(piece) for piece in pieces)
    length += -length % multiple
    category = np.zeros((len(pieces), len(pieces[0].pitch), length), np.int64)
    attack, inside = np.zeros(category.shape, bool), np.zeros((len(pieces), length), bool)
    for row, piece in enumerate(pieces):
        span = slice(lead := lead_in(piece), lead + piece.steps)
        category[row, :, span] = np.where(piece.pitch == REST, 0, np.clip(piece.pitch, LOWEST, HIGHEST) - LOWEST + 1)
        attack[row, :, span], inside[row, span] = piece.attack, True
    steps_per_bar = torch.tensor([piece.steps_per_bar for piece in pieces])
    first = torch.tensor([lead_in(piece) + piece.pickup_steps for piece in pieces])
    position = (torch.arange(length) - first[:, None]) % steps_per_bar[:, None]
    known = torch.from_numpy(inside)
    place, nowhere = place_features(position, steps_per_bar, known), torch.zeros(category.shape, dtype=torch.bool)
    return Cells(torch.from_numpy(category), torch.from_numpy(attack), place, known, nowhere)


def lay_out(masks: Sequence[NDArray[np.bool_]], leads: Sequence[int], steps: int) -> Tensor:
    """Masks of the cells of pieces, (V, its steps) each, as one batch (B, V, T), each behind so many empty steps."""
    batch = np.zeros((len(masks), len(masks[0]), steps), bool)
    for row, mask, lead in zip(batch, masks, leads, strict=True):
        row[:, lead : lead + mask.shape[1]] = mask
    return torch.from_numpy(batch)


def lead_in(piece: Voices) -> int:
    """Empty steps before a piece that make it begin on a beat; none where bars aren't whole quarter notes."""
    return -piece.pickup_steps % BEAT if piece.steps_per_bar % BEAT == 0 else 0


def decode(category: Tensor, attack: Tensor, like: Voices) -> Voices:
    """The music of one batch row, (V, T) each, cut to the length and bar lines of `like`."""
    span = slice(lead_in(like), lead_in(like) + like.steps)
    pitch = category[:, span].numpy().astype(np.int16)
    pitch = np.where(pitch == 0, REST, pitch + LOWEST - 1)
    return Voices(pitch, attack[:, span].numpy(), like.steps_per_bar, like.pickup_steps)


def common_key_shift(piece: Voices) -> int:
    """Semitones, -6..5, that bring a piece to no sharps and flats, judged by its first voice alone.

    Learning every piece in one key takes the place of showing each in all twelve: as good in about half the time on
    these data. Only the first voice is asked because a melody is all there is when a person brings one.
    """
    tonic = key_fifths(find_key(piece.notes(0))) * 7 % 12
    return -tonic if tonic <= 6 else 12 - tonic
