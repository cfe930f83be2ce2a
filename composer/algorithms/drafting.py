"""Writing music in passes: propose every cell, hide some of the draft, propose those again, and so on.

Each pass is one call of a network that sees what is shown. The share hidden falls from pass to pass, so the last
choices are made knowing nearly everything (annealed blocked Gibbs sampling: Yao et al. 2014, Huang et al. 2017 "Coconet").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from composer.algorithms.cells import BEAT, CATEGORIES, Cells

Proposal = Callable[[Cells, Tensor], tuple[Tensor, Tensor]]
"""From cells and `shown` (B, V, T) to logits of the free cells: categories (B, free, P, T), repeats (B, free, T)."""

LAST_SHARE = 0.1
"""Share of the cells still hidden in the last of many passes."""
TEMPERATURE = 1.0


@dataclass(frozen=True)
class Draws:
    """All the random choices of one request, made beforehand: uniform numbers (passes, B, 4, free, T)."""

    uniform: Tensor

    @classmethod
    def of(cls, seeds: list[int], passes: int, free: int, steps: int) -> Draws:
        """Draws for takes with these seeds; each take's are its own, however many stand beside it."""
        takes = [torch.rand(passes, 4, free, steps, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
        return cls(torch.stack(takes, 1))

    def hidden(self, index: int, share: float) -> Tensor:
        """Which free cells a pass hides, bool (B, free, T): whole beats; where few are hidden, one voice a beat."""
        by_beat = self.uniform[index, :, 2:, :, ::BEAT]
        chosen, voice = by_beat[:, 0], by_beat[:, 1]
        free = chosen.shape[1]
        if share * free <= 1:
            alone = F.one_hot(voice.argmax(1), free).transpose(1, 2).bool()
            hidden = alone & (chosen < share * free)
        else:
            hidden = chosen < share
        return hidden.repeat_interleave(BEAT, 2)


def pick(shares: Tensor, uniform: Tensor) -> Tensor:
    """One category a cell, (B, free, T), from shares (B, free, P, T) that sum to 1, by inverting them at `uniform`."""
    return (shares.cumsum(2) < uniform.unsqueeze(2)).sum(2).clamp(max=CATEGORIES - 1)


def fill(propose: Proposal, cells: Cells, hidden: Tensor, uniform: Tensor) -> Cells:
    """`cells` with the `hidden` free ones (B, free, T) written anew; `uniform` is (B, 2, free, T)."""
    given = cells.category.shape[1] - hidden.shape[1]
    shown = F.pad(~hidden, (0, 0, given, 0), value=True) & cells.inside[:, None]
    logits, repeat = propose(cells, shown)
    category = torch.where(hidden, pick((logits / TEMPERATURE).softmax(2), uniform[:, 0]), cells.category[:, given:])
    attack = torch.where(hidden, uniform[:, 1] < repeat.sigmoid(), cells.attack[:, given:])
    category = category * cells.inside[:, None]
    moved = category != F.pad(category, (1, 0))[..., :-1]
    attack = (attack | moved) & (category > 0)
    return replace(
        cells,
        category=torch.cat([cells.category[:, :given], category], 1),
        attack=torch.cat([cells.attack[:, :given], attack], 1),
    )


def write_in_passes(propose: Proposal, cells: Cells, draws: Draws) -> Cells:
    """Every free cell of `cells` written in as many passes as `draws` holds; one pass writes all cells at once."""
    passes, _, _, free, _ = draws.uniform.shape
    for index in range(passes):
        share = 1.0 - index / max(passes - 1, 1) * (1.0 - LAST_SHARE)
        everything = torch.ones_like(cells.attack[:, -free:])
        hidden = draws.hidden(index, share) if index else everything
        cells = fill(propose, cells, hidden, draws.uniform[index, :, :2])
    return cells


def training_mask(batch: int, free: int, steps: int, generator: torch.Generator) -> Tensor:
    """Free cells to hide for learning, bool (B, free, T): a share from 0 to 1, single cells or whole beats.

    Every sixth window hides everything, as the first pass does.
    """
    share = torch.rand(batch, 1, 1, generator=generator)
    cells = torch.rand(batch, free, steps, generator=generator)
    kind = torch.rand(batch, 1, 1, generator=generator)
    beats = cells[..., ::BEAT].repeat_interleave(BEAT, 2)
    return (torch.where(kind < 0.5, cells, beats) < share) | (kind > 5 / 6)
