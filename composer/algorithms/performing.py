"""From a generator's logits to music the critic can judge, and to losses, in forms that gradients pass through.

Shapes: notes (B, V, P, T) one-hot, attack (B, V, T); hidden, repeat (B, free, T); logits (B, free, P, T).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from composer.algorithms.cells import Cells, moves
from composer.algorithms.drafting import one_a_beat, pick
from composer.algorithms.layers import one_hot


def perform(
    notes: Tensor, attack: Tensor, hidden: Tensor, logits: Tensor, repeat: Tensor, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """The finished music, notes and attacks: hidden cells drawn from the logits, all others as they are.

    The draw is exact forwards and soft backwards (the straight-through estimator, Bengio et al. 2013), so the critic's
    opinion reaches the generator. A note is attacked where its pitch is new or where `repeat` says so.
    """
    given = notes.shape[1] - logits.shape[1]
    draws = torch.rand(2, *repeat.shape, generator=generator)
    soft = logits.softmax(2)
    drawn = one_hot(pick(soft, one_a_beat(draws[0])), soft.shape[2]) + soft - soft.detach()
    free = torch.where(hidden.unsqueeze(2), drawn, notes[:, given:])
    again = (draws[1] < repeat.sigmoid()) + repeat.sigmoid() - repeat.sigmoid().detach()
    again = torch.where(hidden, again, attack[:, given:].to(again.dtype))
    goes_on = (free * F.pad(free, (1, 0))[..., :-1]).sum(2)
    attacks = (1 - goes_on * (1 - again)) * (1 - free[:, :, 0])
    return torch.cat([notes[:, :given], free], 1), torch.cat([attack[:, :given].to(attacks.dtype), attacks], 1)


def reconstruction_losses(cells: Cells, hidden: Tensor, logits: Tensor, repeat: Tensor) -> dict[str, Tensor]:
    """How far the proposals are from the real music, in nats: `reconstruction` of hidden categories and `attack`.

    Each window weighs the same, however few of its cells are hidden. Attacks are judged where a hidden pitch goes
    on from the step before, since elsewhere they are certain.
    """
    free = hidden.shape[1]
    category = cells.category[:, -free:]
    nats = F.cross_entropy(logits.transpose(1, 2), category, reduction="none") * hidden
    windows = (nats.sum((1, 2)) / hidden.sum((1, 2)).clamp(min=1)).mean()
    goes_on = hidden & ~moves(category) & (category > 0)
    attack = F.binary_cross_entropy_with_logits(repeat, cells.attack[:, -free:].float(), reduction="none") * goes_on
    return {"reconstruction": windows, "attack": attack.sum() / goes_on.sum().clamp(min=1)}
