"""Rewriting what still breaks a rule of four-part writing after the last pass."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from composer.algorithms.cells import Cells
from composer.algorithms.drafting import Proposal, draws, fill

ROUNDS = 30
"""Most rounds of repair; most music needs about ten."""
WIDTH = 5
"""Steps written anew around a fault; of three, one piece in two keeps a fault that has no way out."""
WARMING = 0.03
"""What each round adds to the temperature, so that a stubborn fault meets less and less likely notes."""


def faults(category: Tensor) -> Tensor:
    """Where two voices move in parallel fifths or octaves, or cross: bool (B, pairs, T), at the step of arrival.

    `category` is (B, V, T); pairs are all (upper, lower) in the order of `pairs`. The definitions are those of
    composer.music.measures.
    """
    upper, lower = (category[:, rows] for rows in pairs(category.shape[1]))
    sounding = (upper > 0) & (lower > 0)
    gap = (upper - lower).abs() % 12
    moves = upper.diff(dim=-1), lower.diff(dim=-1)
    perfect = (gap[..., 1:] == gap[..., :-1]) & ((gap[..., 1:] == 0) | (gap[..., 1:] == 7))
    parallel = (moves[0].sign() * moves[1].sign() > 0) & perfect & sounding[..., 1:] & sounding[..., :-1]
    return F.pad(parallel, (1, 0)) | (sounding & (upper < lower))


def pairs(voices: int) -> tuple[Tensor, Tensor]:
    """Indices of the upper and of the lower voice of every pair; each of shape (pairs,)."""
    upper, lower = torch.triu_indices(voices, voices, 1)
    return upper, lower


def repair(propose: Proposal, cells: Cells, free: int, seeds: Sequence[int]) -> Cells:
    """`cells` after up to ROUNDS rounds: around each fault, one of its two voices is hidden and written anew.

    Hidden are WIDTH cells around the arrival, in a free voice chosen by chance. Each batch row has its own seed, and
    one without faults is left alone, so a take does not depend on those beside it.
    """
    voices, steps = cells.category.shape[1:]
    upper, lower = (rows[:, None] for rows in pairs(voices))
    uniform = draws(seeds, ROUNDS, free, steps)
    for index in range(ROUNDS):
        found = faults(cells.category)
        if not found.any():
            break
        take_lower = (uniform[index, :, 2, :1] < 0.5) | (upper < voices - free)
        victim = F.one_hot(torch.where(take_lower, lower, upper), voices).bool() & found.unsqueeze(3)
        around = F.max_pool1d(victim.any(1).transpose(1, 2).float(), WIDTH, stride=1, padding=WIDTH // 2).bool()
        cells, _ = fill(propose, cells, around[:, -free:], uniform[index], temperature=1 + WARMING * index)
    return cells
