"""Models whose takes each begin from a seed and a noise of their own, and what follows from that for all of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from torch import Tensor

from composer.algorithms.base import Model
from composer.algorithms.gaussian import blend
from composer.music.pianoroll import Pianoroll
from composer.music.voices import Voices
from composer.settings import Settings

Take = TypeVar("Take", Voices, Pianoroll)
NOISE = 2
"""The stream of `mix` that a take's noise comes from."""


class NoisyModel(Model, Generic[Take]):
    """A model that writes takes from seeds and noises; so the noises of two takes can be blended."""

    def generate(self, melody: Voices, settings: Settings, seed: int, noise_seed: int | None = None) -> list[Take]:
        """Takes of `melody` (1, steps), as many as the settings' `takes`; see Model.generate.

        With `noise_seed` the noise vectors come from that seed, while all other choices still come from `seed`.
        """
        return self.arrange([melody] * int(settings.as_dict()["takes"]), settings, seed, noise_seed)

    def arrange(
        self, melodies: Sequence[Voices], settings: Settings, seed: int, noise_seed: int | None = None
    ) -> list[Take]:
        """One take for each of `melodies` (1, steps), all at once; the k-th take uses the k-th seeds from `seed` on."""
        seeds = [mix(seed, take) for take in range(len(melodies))]
        noise_seeds = seeds if noise_seed is None else [mix(noise_seed, take) for take in range(len(melodies))]
        return self._write(melodies, settings, seeds, lambda extent: self._noise(noise_seeds, extent))

    def blend(self, melody: Voices, settings: Settings, seed: int, takes: tuple[int, int], weight: float) -> Take:
        """The first of two `takes` (numbers from 0) of `generate` with a mix of both takes' noise in place of its own.

        Of the mix, `weight` (0 to 1) is the second's, and it is as large as any noise (see gaussian.blend): where there
        are several kinds of noise, each is blended with its own kind. All other choices stay those of the first take,
        which therefore comes back, note for note, at a weight of 0.
        """
        seeds = [mix(seed, take) for take in takes]
        return self._write([melody], settings, seeds[:1], lambda extent: blend(self._noise(seeds, extent), weight))[0]

    @abstractmethod
    def _write(
        self,
        melodies: Sequence[Voices],
        settings: Settings,
        seeds: Sequence[int],
        noise_for: Callable[[int], Tensor],
    ) -> list[Take]:
        """A take for each of `melodies`, its choices from its seed; `noise_for` gives the noise of an extent."""

    @abstractmethod
    def _noise(self, seeds: Sequence[int], extent: int) -> Tensor:
        """Gaussian noise (B, ...), each row from its own seed, for music of this extent, in steps or in bars."""


def mix(seed: int, stream: int) -> int:
    """A seed of its own for each `stream` of one request (the multiplier is a large prime; seeds are 63 bits)."""
    return (seed * 6364136223846793005 + (stream + 1) * 1442695040888963407) % (1 << 63)
