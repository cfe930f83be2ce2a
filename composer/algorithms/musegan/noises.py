"""The noises of MuseGAN: shared by all tracks or a track's own, each fixed over the bars or changing with them.

A request's noise is one tensor (B, 1 + M, 2, Z, bars): group 0 is shared by all M tracks and groups 1.. are the tracks'
own; kind 0 is the same vector in every bar, kind 1 a new one in each. (Dong et al. 2018, section 3.2 and figure 5.)
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from composer.errors import BadInput

FIXED, CHANGING = 0, 1
NOISE_SCALE = "noise_scale"
"""The name of a model's noise scale among its weights: the size of noise that suits it, a creativity of 1."""
SUITABLE = 0.3
"""The noise scale of what learned what noise means from real music (see NoiseEncoder). With more of it, the parts
share less: for a choir after 14 minutes of learning (70 valid chorales, two seeds of one rehearsal) real or generated,
AUC, is 0.89 at 0.1, 0.88 at 0.3, 0.91 at 0.5, 0.92 at 0.7 and 0.95 at 1, the mean difference of the tonal distances
0.03, 0.03, 0.04, 0.07 and 0.10. The network's own draws make takes differ, too."""
MOST_NOISE = 10.0
MODES = {
    "hybrid": "Hybrid: each player has ideas of their own and hears the composer's",
    "jamming": "Jamming: each player has only ideas of their own, and a critic of their own",
    "composer": "Composer: one composer writes all parts, with one idea",
}


def draw_noise(tracks: int, size: int, bars: int, generator: torch.Generator) -> Tensor:
    """Gaussian noise for one piece, (1 + M, 2, Z, bars); the first bars do not depend on how many follow."""
    fixed = torch.randn(1 + tracks, 1, size, 1, generator=generator).expand(-1, -1, -1, bars)
    changing = torch.randn(bars, 1 + tracks, 1, size, generator=generator).permute(1, 2, 3, 0)
    return torch.cat([fixed, changing], 1)


def noise_scale_of(weights: Mapping[str, Tensor]) -> float:
    """The noise scale among a model's weights, 1 where none is; raises BadInput for nonsense."""
    scale = weights.get(NOISE_SCALE, torch.ones(()))
    if scale.shape != () or scale.dtype != torch.float32 or not 0 <= scale <= MOST_NOISE:
        raise BadInput("This model file holds a noise scale that is none; choose another model.")
    return float(scale)


class TemporalGenerator(nn.Module):
    """Turns the noises that change from bar to bar into latent vectors that know their neighbours, group by group.

    It is convolutional over bars, so music may have any number of them (the paper's makes exactly four).
    """

    def __init__(self, tracks: int, size: int) -> None:
        super().__init__()
        groups, channels = 1 + tracks, (1 + tracks) * size
        self.convolutions = nn.ModuleList(
            [nn.Conv1d(channels, channels, 3, padding=1, groups=groups) for _ in range(2)]
        )

    def forward(self, noise: Tensor) -> Tensor:
        """Noise (B, 1 + M, 2, Z, bars) -> latent vectors of the same shape; what is fixed stays as it is."""
        changing = noise[:, :, CHANGING].flatten(1, 2)
        mixed = self.convolutions[1](F.silu(self.convolutions[0](changing))) + changing
        return torch.stack([noise[:, :, FIXED], mixed.view_as(noise[:, :, CHANGING])], 2)


def latents_of(latent: Tensor, track: int, mode: str) -> Tensor:
    """What one track's generator is given in each bar, (B, 4 Z, bars): shared and own, with 0 for what `mode` lacks."""
    shared, own = latent[:, 0], latent[:, 1 + track]
    if mode == "jamming":
        shared = torch.zeros_like(shared)
    if mode == "composer":
        own = torch.zeros_like(own)
    return torch.cat([shared, own], 1).flatten(1, 2)


def spread(latent: Tensor, bar: Tensor) -> Tensor:
    """Vectors a bar (B, C, bars) at every position: (B, C, N) for the bars (B, N) in which the positions lie."""
    return latent.gather(2, bar[:, None].expand(-1, latent.shape[1], -1))
