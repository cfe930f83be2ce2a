"""Straight or swung, eighths or sixteenths: which steps of a quarter each track uses, drawn for a whole piece.

Where a beat is written, all that a track ever does is possible: of the band's pieces every other one then mixed swung
and straight eighths in one part, of the rules' one in thirty. So a piece keeps to the steps that some piece of the
training music keeps to, one whose melody (and what else is given) uses the same steps as here. (Real or generated, AUC
on the band's valid tunes, one rehearsal: 0.947 -> 0.919. A choir draws none: its voices run in sixteenths here and
there, whatever the piece; with feels its AUC is 0.83 for 0.80.)
Shapes: B batch, M tracks, L lines, T steps, F feels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor

from composer.algorithms.drafting import pick
from composer.algorithms.musegan.lines import Lines, lead_in
from composer.algorithms.musegan.windows import Drawn
from composer.errors import BadInput
from composer.music.pianoroll import FINE_STEPS

MOST_FEELS = 256
"""Rarer ones are left out."""
_PREFIX = "feels."


@dataclass(frozen=True)
class Feels:
    """The feels of the training music, bool `steps` (F, M, FINE_STEPS), and `counts` (F,), how many pieces have it."""

    steps: Tensor
    counts: Tensor

    @classmethod
    def learned(cls, pieces: Sequence[Drawn], lines: Lines) -> Self:
        """Those of these pieces."""
        found = []
        for category, attack, roll in pieces:
            edges = lead_in(roll), -(roll.steps + lead_in(roll)) % FINE_STEPS
            cells, begins = (F.pad(torch.from_numpy(row)[None], edges) for row in (category, attack))
            found.append(used_steps(cells, begins, torch.ones_like(begins), lines)[0])
        kinds, counts = torch.unique(torch.stack(found), dim=0, return_counts=True)
        common = counts.argsort(descending=True, stable=True)[:MOST_FEELS]
        return cls(kinds[common], counts[common].float())

    @classmethod
    def from_weights(cls, weights: Mapping[str, Tensor], tracks: int) -> Self | None:
        """Those among a model's weights, or None; raises BadInput where they are of another band, or no counts."""
        found = {name.removeprefix(_PREFIX): value for name, value in weights.items() if name.startswith(_PREFIX)}
        if not found:
            return None
        steps, counts = found.get("steps", torch.empty(0)), found.get("counts", torch.empty(0))
        shapes = steps.shape[1:] == (tracks, FINE_STEPS) and counts.shape == steps.shape[:1] and len(counts) > 0
        kinds = {name: value.dtype for name, value in found.items()} == {"steps": torch.bool, "counts": torch.float32}
        if not shapes or not kinds or not bool((counts > 0).all() and counts.isfinite().all()):
            raise BadInput("This model file holds feels that do not fit its band; choose another model.")
        return cls(steps, counts)

    def tensors(self) -> dict[str, Tensor]:
        """All of it by name, as `from_weights` reads it."""
        return {_PREFIX + "steps": self.steps, _PREFIX + "counts": self.counts}

    def draw(self, given: Tensor, whole: Tensor, uniform: Tensor) -> Tensor:
        """Feels (B, M, FINE_STEPS), each by its count of those that differ least from what is `given`, shaped alike.

        A step that is given and not in the feel is a difference, and where the track is given as a `whole` (B, M) also
        one that is in the feel and not given. `uniform` (B,) makes the choices. What is given is always allowed.
        """
        lacks = (given[:, None] & ~self.steps).sum((2, 3))
        more = (whole[:, None, :, None] & self.steps & ~given[:, None]).sum((2, 3))
        differs = lacks + more  # (B, F)
        chances = self.counts * (differs == differs.amin(1, keepdim=True))
        return self.steps[pick(chances[:, None, :, None], uniform[:, None, None])[:, 0, 0]] | given


def used_steps(category: Tensor, attack: Tensor, here: Tensor, lines: Lines) -> Tensor:
    """At which steps of a quarter each track has notes that begin or (but for drums) end, bool (B, M, FINE_STEPS).

    `category`, `attack` and bool `here`, which tells the cells that count, are (B, L, T) and begin on a quarter.
    """
    before = F.pad(category, (1, 0))[..., :-1]
    ends = (before > 0) & (category != before) & ~lines.drum[:, None]
    changes = ((attack & (category > 0)) | ends) & here & F.pad(here, (1, 0), value=True)[..., :-1]
    of_line = torch.unflatten(changes, 2, (-1, FINE_STEPS)).any(2)
    return torch.einsum("bls,lm->bms", of_line.float(), F.one_hot(lines.track, lines.tracks).float()) > 0


def without_feels(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A model's weights but those of its feels."""
    return {name: value for name, value in weights.items() if not name.startswith(_PREFIX)}
