"""What the critics of a MuseGAN think of a finished take (see composer.algorithms.critic_view)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from composer.algorithms.base import Judge
from composer.algorithms.cells import common_key_shift
from composer.algorithms.critic_view import moved, note_wishes, slopes, with_weights
from composer.algorithms.musegan.critic import JUDGED, Critics, judged_groups
from composer.algorithms.musegan.lines import CATEGORIES, LOWEST, Lines, encode, lead_in, lines_of
from composer.algorithms.musegan.networks import onehot
from composer.music.pianoroll import Music, Pianoroll


class BandCritic(Judge):
    """The critics of a MuseGAN with the lines they hear. Of drums, which have no pitch, they have no wishes."""

    def __init__(self, critics: Critics, lines: Lines) -> None:
        self.critics, self.lines = critics.eval().requires_grad_(False), lines

    @classmethod
    def from_weights(
        cls, mode: str, tracks: int, critic: Mapping[str, Tensor], model: Mapping[str, Tensor]
    ) -> BandCritic:
        """The critics with these weights and the `lines` of their model; raises BadInput where they don't fit."""
        lines = lines_of(model, tracks)
        return cls(with_weights(Critics(judged_groups(lines, mode)), critic), lines)

    def wishes(self, take: Music) -> NDArray[np.void]:
        """See Judge.wishes."""
        assert isinstance(take, Pianoroll)
        shift = common_key_shift(take.top_lines([0]))
        cells = encode([take.transposed(shift, self.lines.drum_tracks)], self.lines)
        slope = slopes(self.critics, onehot(cells), cells.attack, cells.place, JUDGED)
        allowed = ~self.lines.impossible(torch.tensor([shift]))[0] & (torch.arange(CATEGORIES) > 0)
        found = note_wishes(slope[0], cells.category[0], cells.attack[0], allowed & ~self.lines.drum[:, None])
        found["part"] = self.lines.track.numpy()[found["part"]]
        return moved(found, LOWEST - 1 - shift, -lead_in(take))
