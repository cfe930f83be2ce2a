"""A trained U-Net as a musician: given a melody, it writes the other voices, in as many takes as are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from composer.algorithms.base import foreign_take
from composer.algorithms.cells import CATEGORIES, LOWEST, Cells, common_key_shift, decode, encode, lay_out, lead_in
from composer.algorithms.drafting import Proposal, draws, write_in_passes
from composer.algorithms.noisy import NOISE, NoisyModel, check_free, mix
from composer.algorithms.repair import repair
from composer.algorithms.unet import STRIDE, UNet, onehot
from composer.errors import BadInput
from composer.music.pianoroll import Music
from composer.music.region import Region, open_cells
from composer.music.splicing import with_new_cells
from composer.music.voices import REST, Voices
from composer.settings import Settings, setting


@dataclass(frozen=True)
class AccompanySettings(Settings):
    """How a melody is arranged."""

    takes: int = setting(
        3, "Takes", help="How many versions to make, each from its own noise.", minimum=1, maximum=6, step=1
    )
    creativity: float = setting(
        0.1,
        "Creativity",
        help="Scale of the noise vector: 0 stays with what the model expects, more gives a flavour of its own.",
        minimum=0.0,
        maximum=2.0,
        step=0.1,
    )
    passes: int = setting(
        15,
        "Passes",
        help="How often the model looks at its own draft and rewrites part of it. 1 is the plain textbook U-Net.",
        minimum=1,
        maximum=64,
        step=1,
        advanced=True,
    )
    repair: bool = setting(
        True, "Repair clashes", help="Rewrite the few notes that still break a rule of part-writing.", advanced=True
    )


class Accompanist(NoisyModel[Voices]):
    """A generator network with the voice ranges it learned from. Generating changes nothing, so threads share it."""

    def __init__(self, network: UNet, ranges: Tensor) -> None:
        self.network = network.eval().requires_grad_(False)
        self.table = self.network.cell_table()
        self.ranges = ranges

    @classmethod
    def from_weights(cls, voices: int, noise_size: int, weights: Mapping[str, Tensor]) -> Accompanist:
        """The model with these weights (and `ranges`); raises BadInput where they fit no such network."""
        with torch.device("meta"):
            network = UNet(voices, noise_size)
        tensors = dict(weights)
        ranges = tensors.pop("ranges", torch.empty(0))
        try:
            network.load_state_dict(tensors, assign=True)
        except RuntimeError:
            ranges = torch.empty(0)
        kinds = {tensor.dtype for tensor in network.state_dict().values()}
        if ranges.shape != (voices, 2) or kinds != {torch.float32}:
            raise BadInput("This model file holds other networks than its config.json says; choose another model.")
        return cls(network, ranges)

    def _own(self, take: Music) -> Voices:
        if not isinstance(take, Voices) or len(take.pitch) != len(self.ranges):
            raise foreign_take()
        return take

    def _alone(self, melody: Voices) -> Voices:
        below = ((0, self.network.free), (0, 0))
        pitch = np.pad(melody.pitch, below, constant_values=REST)
        return replace(melody, pitch=pitch, attack=np.pad(melody.attack, below))

    def _write(
        self,
        takes: Sequence[Voices],
        regions: Sequence[Region],
        settings: Settings,
        seeds: Sequence[int],
        noise_for: Callable[[int], Tensor],
    ) -> list[Voices]:
        """See NoisyModel._write; `noise_for` so many steps gives (B, Z, bars)."""
        assert isinstance(settings, AccompanySettings)
        shifts = [common_key_shift(take) for take in takes]
        cells = encode([take.transposed(shift) for take, shift in zip(takes, shifts, strict=True)], STRIDE)
        voices, steps = self.network.free, cells.category.shape[2]
        masks = [open_cells(take, where) for take, where in zip(takes, regions, strict=True)]
        free = lay_out(masks, [lead_in(take) for take in takes], steps)[:, -voices:]
        check_free(free)
        noise, semitones = settings.creativity * noise_for(steps), torch.tensor(shifts)

        def propose_for(rows: Tensor) -> Proposal:
            """See repair: the network for these takes."""
            return self._proposal(cells.place[rows], noise[rows], semitones[rows])

        with torch.inference_mode():
            cells = write_in_passes(
                propose_for(torch.arange(len(takes))), cells, free, draws(seeds, settings.passes, voices, steps)
            )
            if settings.repair:
                cells = repair(propose_for, cells, free, [mix(s, 1) for s in seeds])
        rows = zip(cells.category, cells.attack, takes, regions, shifts, strict=True)
        return [
            with_new_cells(take, where, decode(category, attack, take).transposed(-shift))
            for category, attack, take, where, shift in rows
        ]

    def nll(self, pieces: Sequence[Voices], seed: int, orders: int = 8) -> float:
        """Nats a pitch cell of the free voices at random orders: mean cross-entropy of hidden single cells.

        The share hidden is spread evenly over 0..1 (`orders` shares a piece), the first voice is shown, the noise is
        0 and whole pieces are read, each weighing the same.
        """
        return sum(self._nll(piece, orders, seed + index) for index, piece in enumerate(pieces)) / len(pieces)

    @torch.inference_mode()
    def _nll(self, piece: Voices, orders: int, seed: int) -> float:
        cells = encode([piece.transposed(common_key_shift(piece))] * orders, STRIDE)
        generator = torch.Generator().manual_seed(seed)
        free, steps = self.network.free, cells.category.shape[2]
        share = (torch.arange(orders).view(-1, 1, 1) + torch.rand(orders, 1, 1, generator=generator)) / orders
        hidden = (torch.rand(orders, free, steps, generator=generator) < share) & cells.inside[:, None]
        noise = torch.zeros(orders, self.network.noise.in_channels, steps // STRIDE)
        logits, _ = self.network(onehot(cells), cells.attack, cells.shown(hidden), cells.place, noise)
        nats = F.cross_entropy(logits.transpose(1, 2), cells.category[:, -free:], reduction="none") * hidden
        return float((nats.sum((1, 2)) / hidden.sum((1, 2)).clamp(min=1)).mean())

    def _noise(self, seeds: Sequence[int], steps: int) -> Tensor:
        """Gaussian noise (B, Z, steps / STRIDE), a vector a bar, each row from its own seed."""
        shape = (steps // STRIDE, self.network.noise.in_channels)
        rows = [torch.randn(shape, generator=torch.Generator().manual_seed(mix(s, NOISE))) for s in seeds]
        return torch.stack(rows).transpose(1, 2)

    def _proposal(self, place: Tensor, noise: Tensor, shifts: Tensor) -> Proposal:
        """The network as a Proposal that never leaves the ranges of the free voices (moved by `shifts`, (B,))."""
        hear = self.network.hearing(place, self.table)
        ranges = self.ranges[-self.network.free :] - LOWEST + 1 + shifts.view(-1, 1, 1)  # (B, free, 2)
        category = torch.arange(CATEGORIES)
        outside = ((category < ranges[..., :1]) | (category > ranges[..., 1:])) & (category > 0)  # (B, free, P)

        def propose(cells: Cells, shown: Tensor) -> tuple[Tensor, Tensor]:
            logits, repeat = self.network.think(hear(cells.category, cells.attack, shown), noise)
            return logits.masked_fill(outside.unsqueeze(3), -torch.inf), repeat

        return propose
